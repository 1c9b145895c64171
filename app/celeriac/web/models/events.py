"""What is asked of streams."""

from typing import Literal

from celeriac.web.models.shapes import Asked

Level = Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR"]


class WatchTopics(Asked):
    """topics: names, repeated or with commas between them."""

    topics: list[str] = []


class FollowLogs(Asked):
    """minLevel: lines of lower levels are left out."""

    min_level: Level = "TRACE"
