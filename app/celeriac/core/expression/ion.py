"""Ion text ⇄ values. Source: the Ion specification.

Symbols become texts, s-expressions lists; annotations are dropped.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.printing import ensure_moderate, iso_text, java_double, java_text

_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_TOKEN = re.compile(
    r"'''(?P<long>(?:[^'\\]|\\.|'(?!''))*)'''"
    r'|"(?P<text>(?:[^"\\]|\\.)*)"'
    r"|'(?P<symbol>(?:[^'\\]|\\.)*)'"
    r"|(?P<timestamp>\d{4}(?:-\d{2}(?:-\d{2})?)?T(?:\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?|\d{4}-\d{2}-\d{2})"
    r"|(?P<number>-?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eEdD][+-]?\d+)?)|[+-]inf|nan)"
    r"|(?P<word>[A-Za-z_$][\w$]*(?:\.[a-z]+)?)|(?P<blob>\{\{.*?\}\})|(?P<open>[\[{(])|(?P<operator>[-+*/<>=!|&%^~#@;?.`]+)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "f": "\f", "a": "\a", "v": "\v"}
_CONSTANTS = {"true": True, "false": False, "nan": float("nan"), "+inf": float("inf"), "-inf": float("-inf")}
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)
_CLOSING = {"[": "]", "(": ")", "{": "}"}


def read_ion(text: str) -> list[Any]:
    """All top-level values of a text. Raises: ExpressionError."""
    reader = _Reader(text)
    values: list[Any] = []
    while not reader.at_end():
        values.append(reader.value())
    return values


def write_ion(value: Any) -> str:
    """One value as compact Ion text."""
    ensure_moderate(value)
    return _written(value)


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.depth = 0

    def at_end(self) -> bool:
        self._skip_space()
        return self.position >= len(self.text)

    def value(self) -> Any:
        self._skip_space()
        match = _TOKEN.match(self.text, self.position)
        if match is None:
            raise self._error()
        self.position = match.end()
        if match["open"]:
            return self._collection(match["open"])
        if match["symbol"] is not None or match["word"]:
            self._skip_space()
            if self.text.startswith("::", self.position):
                self.position += 2
                return self.value()
        return self._long_text(match) if match["long"] is not None else _scalar(match)

    def _long_text(self, match: re.Match[str]) -> str:
        text = _unescaped(match["long"])
        self._skip_space()
        while (more := _TOKEN.match(self.text, self.position)) and more["long"] is not None:
            text += _unescaped(more["long"])
            self.position = more.end()
            self._skip_space()
        return text

    def _collection(self, opening: str) -> Any:
        self.depth += 1
        if self.depth > 100:
            raise ExpressionError("The Ion text is nested more than 100 deep")
        closing = _CLOSING[opening]
        fields: dict[str, Any] = {}
        items: list[Any] = []
        while not self._skip(closing):
            if opening == "{":
                name = self.value()
                if not self._skip(":"):
                    raise self._error()
                fields[java_text(name)] = self.value()
            else:
                items.append(self.value())
            if not self._skip(",") and opening != "(" and not self._is_at(closing):
                raise self._error()
        self.depth -= 1
        return fields if opening == "{" else items

    def _skip(self, text: str) -> bool:
        found = self._is_at(text)
        self.position += len(text) if found else 0
        return found

    def _is_at(self, text: str) -> bool:
        self._skip_space()
        return self.text.startswith(text, self.position)

    def _skip_space(self) -> None:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def _error(self) -> ExpressionError:
        line = self.text.count("\n", 0, self.position) + 1
        found = self.text[self.position : self.position + 20] or "the end"
        return ExpressionError(f"Invalid Ion at line {line}: unexpected `{found}`")


def _scalar(match: re.Match[str]) -> Any:
    kind, text = match.lastgroup, match[match.lastgroup or 0]
    if kind in ("text", "symbol"):
        return _unescaped(text)
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if kind == "number":
        return _number(text.replace("_", ""))
    if kind == "word":
        return None if text == "null" or text.startswith("null.") else text
    if kind == "timestamp":
        return _timestamp(text)
    if kind == "blob":
        return _blob(text[2:-2].strip())
    return text


def _number(text: str) -> Any:
    if text.lstrip("-")[:2].lower() in ("0x", "0b"):
        return int(text, 0)
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return float(text.lower().replace("d", "e"))


def _timestamp(text: str) -> datetime:
    day, _, clock = text.partition("T")
    day += "-01-01"[len(day) - 4 :] if len(day) < 10 else ""
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}" if clock else day)
    except ValueError as error:
        raise ExpressionError(f"Invalid Ion timestamp `{text}`: {error}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _blob(text: str) -> Any:
    if text.startswith('"'):
        return _unescaped(text[1:-1])
    try:
        return base64.b64decode(text)
    except ValueError as error:
        raise ExpressionError(f"Invalid Ion blob: {error}") from None


def _unescaped(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "xuU" and len(code) > 1:
            return chr(int(code[1:], 16))
        return "" if code.endswith("\n") else _ESCAPES.get(code, code)

    return _ESCAPE.sub(character, text) if "\\" in text else text


def _written(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value, '"')
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_field(java_text(key))}:{_written(value[key])}" for key in value) + "}"
    if isinstance(value, bytes):
        return "{{" + base64.b64encode(value).decode() + "}}"
    if isinstance(value, Sequence):
        return "[" + ",".join(map(_written, value)) + "]"
    if isinstance(value, Decimal | datetime):
        return str(value) if isinstance(value, Decimal) else iso_text(value)
    return java_text(value) if isinstance(value, int) else _quoted(java_text(value), '"')


def _float(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return {"Infinity": "+inf", "-Infinity": "-inf"}.get(java_double(value), "nan")
    text = repr(value).removesuffix(".0")
    return text.replace("e+", "e") if "e" in text else f"{text}e0"


def _field(name: str) -> str:
    is_word = _IDENTIFIER.fullmatch(name) and name not in ("null", "true", "false", "nan")
    return name if is_word else _quoted(name, "'")


def _quoted(text: str, quote: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n")
    escaped = escaped.replace("\r", "\\r").replace("\t", "\\t")
    return f"{quote}{escaped}{quote}"
