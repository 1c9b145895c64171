"""Exit codes of the `celeriac` command."""

from enum import IntEnum


class Exit(IntEnum):
    """What the shell is told."""

    OK = 0
    FAILED = 1
    USAGE = 2
    INVALID = 3
    NOT_FOUND = 4
    CONFLICT = 6
    UNREACHABLE = 7
    INTERRUPTED = 130
