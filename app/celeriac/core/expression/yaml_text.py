"""Values ⇄ YAML text, in the shape that the engines write (list items moved by one space) and read (YAML 1.1)."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.operators import is_list
from celeriac.core.expression.printing import ensure_moderate, java_text

_WORDS = frozenset({"~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_DOUBLE = re.compile(r"[,\[\]{}]|: |:$| #|^#|[\x00-\x08\x0b-\x1f\x7f\ufeff]|\t")
_SINGLE = re.compile(r"^[-?](?: |$)|^[@`%&*!|>'\"]|^:|^\s|\s$|^0\d+$")
_OCTAL_KEY = re.compile(r"[-+]?\d[\d_]*")


class _Loader(yaml.SafeLoader):
    """Dates stay texts."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(text: str) -> Any:
    """The value of one document. Raises: ExpressionError."""
    if not text.strip():
        raise ExpressionError("Invalid yaml: there is no content")
    try:
        value = yaml.load(text, _Loader)
    except (yaml.YAMLError, ValueError) as error:
        raise ExpressionError(f"Invalid yaml: {error}") from None
    ensure_moderate(value)
    return value


def write_yaml(value: Any) -> str:
    """A value as a YAML document."""
    ensure_moderate(value)
    if value is None:
        return "null"
    lines: list[str] = []
    if is_list(value) and value:
        _list(value, 0, lines)
    elif isinstance(value, Mapping) and value:
        _map(value, 0, lines)
    else:
        lines.append(_scalar(value, 0))
    return "\n".join(lines) + "\n" if not lines[-1].endswith("\n") else "\n".join(lines)


def _map(value: Mapping[Any, Any], indent: int, lines: list[str]) -> None:
    for key in value:
        name = _key(java_text(key))
        item = value[key]
        if isinstance(item, Mapping) and item:
            lines.append(f"{' ' * indent}{name}:")
            _map(item, indent + 2, lines)
        elif is_list(item) and item:
            lines.append(f"{' ' * indent}{name}:")
            _list(item, indent, lines)
        else:
            lines.append(f"{' ' * indent}{name}: {_scalar(item, indent)}")


def _list(value: Any, indent: int, lines: list[str]) -> None:
    margin = " " * (indent + 1)
    for item in value:
        if isinstance(item, Mapping) and item:
            lines.append(f"{margin}-")
            _map(item, indent + 2, lines)
        elif is_list(item) and item:
            lines.append(f"{margin}-")
            _list(item, indent + 2, lines)
        else:
            lines.append(f"{margin}- {_scalar(item, indent)}")


def _scalar(value: Any, indent: int) -> str:
    if isinstance(value, Mapping):
        return "{}"
    if is_list(value):
        return "[]"
    if not isinstance(value, str):
        return java_text(value)
    if "\n" in value and value.strip() and not _DOUBLE.search(value.replace("\n", "").replace(": ", "")):
        return _literal(value, indent)
    return _quoted(value)


def _literal(text: str, indent: int) -> str:
    body = text[:-1] if text.endswith("\n") else text
    margin = " " * (indent + 2)
    lines = [f"{margin}{line}" if line else "" for line in body.split("\n")]
    return "\n".join([f"|{'' if text.endswith(chr(10)) else '-'}", *lines])


def _quoted(text: str) -> str:
    if not text or text.lower() in _WORDS or "\n" in text or _DOUBLE.search(text):
        return _double(text)
    return "'" + text.replace("'", "''") + "'" if _SINGLE.search(text) else text


def _key(text: str) -> str:
    if text.lower() in _WORDS or _OCTAL_KEY.fullmatch(text):
        return _double(text)
    return _quoted(text)


def _double(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped.replace(chr(9), chr(92) + "t")}"'
