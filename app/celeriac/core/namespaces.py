"""Names of namespaces: dots make a hierarchy."""

import re
from collections.abc import Iterable

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)*")
LONGEST = 150


def is_namespace(text: str) -> bool:
    """True for the name of a namespace that may have files and keys."""
    return len(text) <= LONGEST and _NAME.fullmatch(text) is not None


def above(namespace: str) -> list[str]:
    """The namespaces above, nearest first."""
    parts = namespace.split(".")
    return [".".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]


def with_those_above(namespaces: Iterable[str]) -> list[str]:
    """These and all above them, in order."""
    return sorted({name for one in namespaces for name in (one, *above(one)) if name})
