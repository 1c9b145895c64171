"""What stands in queries beside plain values: sorting, labels, and Kestra's `filters[field][OPERATION]`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import request

from celeriac.core.errors import Problem
from celeriac.web.errors import RequestInvalid

_FILTER = re.compile(r"filters\[(?P<field>\w+)\]\[(?P<operation>[A-Z_]+)\](?:\[(?P<key>[^\[\]]+)\])?")


@dataclass(frozen=True, slots=True)
class Filter:
    """`filters[labels][EQUALS][team]=data`. key: of labels, "" for other fields."""

    field: str
    operation: str
    value: str
    key: str = ""


def sorting(texts: Sequence[str], names: Sequence[str]) -> tuple[tuple[str, bool], ...]:
    """`name:desc` → (name, is descending). names: those there are. Raises: RequestInvalid."""
    found = []
    for text in texts:
        name, _, direction = text.partition(":")
        if not name or direction not in ("", "asc", "desc"):
            raise wrong("sort", f"`{text}`: write name:asc or name:desc")
        if name not in names:
            raise wrong("sort", f"`{name}`: there is {', '.join(names)}")
        found.append((name, direction == "desc"))
    return tuple(found)


def labels(texts: Sequence[str]) -> dict[str, str]:
    """`key:value` → {key: value}. Raises: RequestInvalid."""
    found = {}
    for text in texts:
        key, separator, value = text.partition(":")
        if not separator or not key or not value:
            raise wrong("labels", f"`{text}`: a label is written key:value")
        found[key] = value
    return found


def filters() -> list[Filter]:
    """The filters in the query of the present request. Raises: RequestInvalid for what looks like one and is none."""
    found = []
    for name, value in request.args.items(multi=True):
        if not name.startswith("filters["):
            continue
        match = _FILTER.fullmatch(name)
        if match is None:
            raise wrong(name, "a filter is written filters[field][OPERATION]=value")
        found.append(Filter(match["field"], match["operation"], value, match["key"] or ""))
    return found


def wrong(name: str, message: str) -> RequestInvalid:
    """The error for one parameter of the query."""
    return RequestInvalid([Problem(message, f"query/{name}")])
