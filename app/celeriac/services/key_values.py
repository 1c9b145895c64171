"""The KV store for people and programs outside: keys with their types, dates of expiry and descriptions."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import orjson

from celeriac.core.dates import parse_iso_duration
from celeriac.core.errors import InputsInvalid, KeyNotFound, Problem
from celeriac.core.namespaces import above, is_namespace
from celeriac.core.page import Page
from celeriac.store.key_list_store import KeyListStore, KeyRow
from celeriac.store.kv_store import KeyValueStore, kind_of

_KEY = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]{0,255}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*")
LONGEST_TTL = timedelta(days=365_000)


class KeyValues:
    """Reads and writes keys."""

    def __init__(self, store: KeyValueStore, lists: KeyListStore) -> None:
        self._store = store
        self._lists = lists

    def get(self, namespace: str, key: str) -> tuple[KeyRow, Any]:
        """A key with its value. Raises: KeyNotFound, for one that has expired too."""
        found = self._lists.find(namespace, key)
        if found is None:
            raise KeyNotFound(f"No value found for key '{key}' in namespace '{namespace}'")
        return found

    def put(
        self, namespace: str, key: str, text: str, *, ttl: timedelta | None = None, description: str | None = None
    ) -> None:
        """Stores what a text stands for: JSON, a date, a duration, else the text itself. Raises: InputsInvalid."""
        problems = list(_wrong_names(namespace, key))
        if ttl is not None and not timedelta(0) < ttl <= LONGEST_TTL:
            problems.append(Problem("must be longer than nothing, and no longer than 1,000 years", "ttl"))
        if problems:
            raise InputsInvalid(problems)
        value, kind = typed(text)
        ttl_s = None if ttl is None else ttl.total_seconds()
        self._store.set(namespace, key, value, ttl_s=ttl_s, kind=kind, description=description)

    def delete(self, namespace: str, keys: Sequence[str]) -> list[str]:
        """Removes keys; returns those that were there."""
        return [key for key in dict.fromkeys(keys) if self._store.delete(namespace, key)]

    def search(self, q: str = "", namespace: str | None = None, page: int = 1, size: int = 25) -> Page[KeyRow]:
        """Keys of one namespace, None = of all, by a part of their names."""
        return self._lists.search(q, None if namespace is None else [namespace], page, size)

    def inherited(self, namespace: str, size: int) -> list[KeyRow]:
        """The keys of the namespaces above, nearest first; one that is set nearer hides those above."""
        order = {name: number for number, name in enumerate(above(namespace))}
        found = self._lists.search("", list(order), 1, size).results
        nearest: dict[str, KeyRow] = {}
        for row in sorted(found, key=lambda row: order[row.namespace]):
            nearest.setdefault(row.key, row)
        return list(nearest.values())


def typed(text: str) -> tuple[Any, str]:
    """(the value that a text stands for, its type as Kestra names it)."""
    stripped = text.strip()
    try:
        value = orjson.loads(stripped)
    except orjson.JSONDecodeError:
        kind = _temporal(stripped)
        return (text, "STRING") if kind is None else (stripped, kind)
    return value, (_duration(value) if isinstance(value, str) else None) or kind_of(value)


def _temporal(text: str) -> str | None:
    for pattern, parse, kind in ((_DATE, date.fromisoformat, "DATE"), (_DATETIME, datetime.fromisoformat, "DATETIME")):
        if pattern.fullmatch(text):
            try:
                parse(text)
            except ValueError:
                return None
            return kind
    return _duration(text)


def _duration(text: str) -> str | None:
    try:
        parse_iso_duration(text)
    except (ValueError, OverflowError):
        return None
    return "DURATION"


def _wrong_names(namespace: str, key: str) -> Iterator[Problem]:
    if not _KEY.fullmatch(key):
        yield Problem(
            f"`{key[:200]}` must start with a letter or digit, and hold letters, digits, `.`, `_`, `-` only", "key"
        )
    if not is_namespace(namespace):
        yield Problem(f"`{namespace[:200]}` is no namespace such as company.team", "namespace")
