"""Who rings at the dates of triggers. The database knows the dates: a lost, late or double alarm does no harm."""

from collections.abc import Mapping
from typing import Protocol

from celeriac.core.dated_trigger import Alarm

Key = tuple[str, str, str]
"""(namespace, flow id, trigger id)."""


class Alarms(Protocol):
    """An alarm clock. Nothing here raises when it is away: its memory is made again from the database."""

    def set(self, key: Key, alarm: Alarm | None) -> None:
        """Rings for a trigger from now on; None = no more."""

    def restore(self, wanted: Mapping[Key, Alarm]) -> None:
        """Rings for these triggers and for no others."""

    def has_forgotten(self) -> bool:
        """True when it must be told everything again."""


class NoAlarms:
    """Rings never: for processes of which others find the dates that have come."""

    def set(self, key: Key, alarm: Alarm | None) -> None:
        return

    def restore(self, wanted: Mapping[Key, Alarm]) -> None:
        return

    def has_forgotten(self) -> bool:
        return False
