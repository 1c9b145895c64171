"""The methods of Java objects that flows call: `s.length()`, `map.keySet()`. Nothing else is reachable."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.expression import regex
from celeriac.core.expression.arithmetic import is_number
from celeriac.core.expression.operators import bounded, is_list, same
from celeriac.core.expression.printing import Entry, ensure_moderate, java_text
from celeriac.core.expression.scope import Scope

Method = Callable[..., Any]


def method_of(value: Any, name: str) -> Method | None:
    """The method `name` of a value, to be called with scope, value and arguments; None when there is none."""
    for fits, methods in _KINDS:
        if fits(value) and name in methods:
            return methods[name]
    return None


def getter_of(value: Any, name: str) -> Method | None:
    """What `value.name` calls when there is no such key: `size` → size(), `empty` → isEmpty(), `first` → getFirst()."""
    capital = name[:1].upper() + name[1:]
    for candidate in (name, f"get{capital}", f"is{capital}"):
        is_hidden = candidate == "isEmpty" and isinstance(value, Mapping)
        if candidate in _GETTERS and not is_hidden and (method := method_of(value, candidate)):
            return method
    return None


def utf16_length(text: str) -> int:
    """Length as Java counts it: characters outside the basic plane count twice."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def _replace_regex(scope: Scope, text: str, pattern: Any, replacement: Any, count: int = 0) -> str:
    return regex.replace(scope, text, java_text(pattern), java_text(replacement), count)


def _substring(_: Scope, text: str, start: int, end: int | None = None) -> str:
    end = len(text) if end is None else end
    if not 0 <= start <= end <= len(text):
        raise IndexError(f"begin {start}, end {end}, length {len(text)}")
    return text[start:end]


def _replace(scope: Scope, text: str, old: Any, new: Any) -> str:
    old, new = java_text(old), java_text(new)
    count = len(text) + 1 if not old else text.count(old)
    bounded(scope, " " * max(0, min(1 << 25, len(text) + count * (len(new) - len(old)))))
    return text.replace(old, new)


_TEXT: Mapping[str, Method] = {
    "length": lambda _, text: utf16_length(text),
    "isEmpty": lambda _, text: not text,
    "isBlank": lambda _, text: not text.strip(),
    "getBytes": lambda _, text: text.encode(),
    "toUpperCase": lambda _, text: text.upper(),
    "toLowerCase": lambda _, text: text.lower(),
    "trim": lambda _, text: text.strip(),
    "strip": lambda _, text: text.strip(),
    "stripLeading": lambda _, text: text.lstrip(),
    "stripTrailing": lambda _, text: text.rstrip(),
    "substring": _substring,
    "charAt": lambda scope, text, index: _substring(scope, text, index, index + 1),
    "startsWith": lambda _, text, part: text.startswith(java_text(part)),
    "endsWith": lambda _, text, part: text.endswith(java_text(part)),
    "indexOf": lambda _, text, part: text.find(java_text(part)),
    "lastIndexOf": lambda _, text, part: text.rfind(java_text(part)),
    "equalsIgnoreCase": lambda _, text, other: isinstance(other, str) and text.casefold() == other.casefold(),
    "compareTo": lambda _, text, other: (text > other) - (text < other),
    "concat": lambda scope, text, other: bounded(scope, text + java_text(other)),
    "replace": _replace,
    "replaceAll": _replace_regex,
    "replaceFirst": lambda scope, text, pattern, new: _replace_regex(scope, text, pattern, new, 1),
    "matches": lambda scope, text, pattern: regex.matches_fully(scope, text, java_text(pattern)),
    "split": lambda scope, text, pattern, limit=0: regex.split(scope, text, java_text(pattern), limit),
    "lines": lambda _, text: re.split(r"\r\n|\r|\n", text.rstrip("\r\n")) if text else [],
    "repeat": lambda scope, text, count: bounded(scope, " " * min(1 << 25, len(text) * count)) and text * count,
}
_LIST: Mapping[str, Method] = {
    "size": lambda _, items: len(items),
    "isEmpty": lambda _, items: not items,
    "get": lambda _, items, index: _item(items, index),
    "getFirst": lambda _, items: _item(items, 0),
    "getLast": lambda _, items: _item(items, len(items) - 1),
    "indexOf": lambda _, items, wanted: _index_of(items, wanted),
    "subList": lambda _, items, start, end: _sublist(items, start, end),
    "reversed": lambda _, items: [*reversed(items)],
}
_MAP: Mapping[str, Method] = {
    "size": lambda _, values: len(values),
    "isEmpty": lambda _, values: not values,
    "get": lambda _, values, key: values.get(key),
    "getOrDefault": lambda _, values, key, default: values.get(key, default),
    "containsKey": lambda _, values, key: key in values,
    "containsValue": lambda _, values, wanted: _index_of([*values.values()], wanted) >= 0,
    "keySet": lambda _, values: tuple(values),
    "values": lambda _, values: tuple(values.values()),
    "entrySet": lambda _, values: tuple(Entry(key, values[key]) for key in values),
}
_ENTRY: Mapping[str, Method] = {
    "getKey": lambda _, entry: entry["key"],
    "getValue": lambda _, entry: entry["value"],
}
_NUMBER: Mapping[str, Method] = {
    "intValue": lambda _, number: int(number),
    "longValue": lambda _, number: int(number),
    "doubleValue": lambda _, number: float(number),
    "floatValue": lambda _, number: float(number),
}
_ANY: Mapping[str, Method] = {"toString": lambda scope, value: bounded(scope, java_text(value))}
_GETTERS = frozenset(
    {"size", "length", "isEmpty", "isBlank", "getBytes", "keySet", "values", "entrySet", "getFirst", "getLast"}
)
_KINDS: tuple[tuple[Callable[[Any], bool], Mapping[str, Method]], ...] = (
    (lambda value: isinstance(value, str), _TEXT),
    (lambda value: isinstance(value, Entry), _ENTRY),
    (lambda value: isinstance(value, Mapping), _MAP),
    (is_list, _LIST),
    (is_number, _NUMBER),
    (lambda value: value is not None, _ANY),
)


def _item(items: Any, index: int) -> Any:
    if not 0 <= index < len(items):
        raise IndexError(f"Index {index} out of bounds for length {len(items)}")
    return items[index]


def _index_of(items: Any, wanted: Any) -> int:
    ensure_moderate(items)
    return next((index for index, item in enumerate(items) if same(item, wanted)), -1)


def _sublist(items: Any, start: int, end: int) -> list[Any]:
    if not 0 <= start <= end <= len(items):
        raise IndexError(f"fromIndex {start}, toIndex {end}, size {len(items)}")
    return list(items[start:end])
