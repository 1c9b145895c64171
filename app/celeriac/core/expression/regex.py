"""Java's regular expressions on Python's: other spellings are translated, explosive patterns refused."""

import re
from functools import lru_cache
from re import _compiler, _parser  # type: ignore[attr-defined]
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.operators import bounded
from celeriac.core.expression.scope import Scope

_POSIX = {
    "Lower": "a-z",
    "Upper": "A-Z",
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Punct": r"!-/:-@\[-`{-~",
    "Space": r"\s",
    "XDigit": "0-9a-fA-F",
    "ASCII": r"\x00-\x7f",
    "Blank": r" \t",
    "Cntrl": r"\x00-\x1f\x7f",
    "L": "a-zA-Z\u00aa-\u024f\u0370-\u1fff\u3040-\ud7ff",
    "IsAlphabetic": "a-zA-Z\u00aa-\u024f\u0370-\u1fff\u3040-\ud7ff",
    "Lu": "A-Z\u00c0-\u00de",
    "Ll": "a-z\u00df-\u00ff",
    "N": "0-9",
    "Nd": "0-9",
    "P": r"!-#%-*,-/:;?@\[-\]_{}\u2010-\u2027",
    "M": "\u0300-\u036f",
    "Mn": "\u0300-\u036f",
    "InCombiningDiacriticalMarks": "\u0300-\u036f",
    "Sc": "$\u00a2-\u00a5\u20a0-\u20c0",
}
_ESCAPE = re.compile(
    r"\\Q(?P<quoted>.*?)(?:\\E|\Z)|\\p\{(?P<posix>\w+)\}|\\P\{(?P<negated>\w+)\}|\\k<(?P<back>\w+)>|(?P<named>\(\?<(?=\w))"
    r"|(?P<end>\\z)|(?P<last>\\Z)|(?P<blank>\\h)|(?P<break>\\R)|(?P<other>\\.)|(?P<class>\[\^?|\])",
    re.DOTALL,
)
_REFERENCE = re.compile(r"\\(?P<escaped>.)|\$\{(?P<name>\w+)\}|\$(?P<number>\d+)", re.DOTALL)
_SAFE_LENGTH = 24
"""Subjects up to this length cannot explode for more than a second or so."""


def search(scope: Scope, text: str, pattern: str) -> re.Match[str] | None:
    """The first match anywhere. Raises: ExpressionError."""
    return _ready(scope, text, pattern).search(text)


def matches_fully(scope: Scope, text: str, pattern: str) -> bool:
    """True when all of the text matches."""
    return _ready(scope, text, pattern).fullmatch(text) is not None


def replace(scope: Scope, text: str, pattern: str, replacement: str, count: int = 0) -> str:
    """Replaces matches; `$1`, `${name}` and `\\$` in the replacement as in Java."""
    compiled = _ready(scope, text, pattern)
    length = 0

    def expand(match: re.Match[str]) -> str:
        nonlocal length
        scope.budget.spend(2)
        part = _REFERENCE.sub(lambda reference: _referenced(match, reference), replacement)
        length += len(part)
        if length > 1 << 24:
            raise ExpressionError("The replaced text is too long for an expression")
        return part

    return bounded(scope, compiled.sub(expand, text, count))


def split(scope: Scope, text: str, pattern: str, limit: int = 0) -> list[str]:
    """Java's split: limit 0 drops empty texts at the end, below 0 keeps them, above 0 is the number of parts."""
    if limit == 1:
        return [text]
    parts: list[str] = []
    start = 0
    for match in _ready(scope, text, pattern).finditer(text):
        if match.end() == 0 or (match.start() == match.end() == len(text)):
            continue
        parts.append(text[start : match.start()])
        start = match.end()
        if len(parts) == limit - 1:
            break
    if not parts:
        return [text]
    parts.append(text[start:])
    while limit == 0 and parts and not parts[-1]:
        parts.pop()
    return parts


def _ready(scope: Scope, text: str, pattern: str) -> re.Pattern[str]:
    compiled, explosive = _compiled(pattern)
    if explosive and len(text) > _SAFE_LENGTH:
        raise ExpressionError(f"The pattern `{pattern}` repeats a repetition and may never end")
    scope.budget.spend(1 + len(text) // 100)
    return compiled


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> tuple[re.Pattern[str], bool]:
    translated = _translated(pattern)
    try:
        return re.compile(translated, re.ASCII), _is_explosive(_parser.parse(translated, re.ASCII), inside=False)
    except (re.error, RecursionError, OverflowError, ValueError) as error:
        raise ExpressionError(f"The pattern `{pattern}` is no regular expression: {error}") from None


def _translated(pattern: str) -> str:
    """Python's spelling of a Java pattern."""
    in_class = False

    def spelled(match: re.Match[str]) -> str:
        nonlocal in_class
        kind, text = match.lastgroup, match[0]
        if kind == "class":
            was, in_class = in_class, text != "]"
            return "\\[" if was and in_class else text
        if kind == "quoted":
            return re.escape(match["quoted"])
        if kind in ("posix", "negated"):
            members = _POSIX.get(match[kind])
            if members is None:
                raise ExpressionError(f"Unknown character property in the pattern `{pattern}`: {text}")
            return members if in_class and kind == "posix" else f"[{'^' if kind == 'negated' else ''}{members}]"
        named = {"back": f"(?P={match['back']})", "named": "(?P<", "end": r"\Z", "last": r"(?=\n?\Z)"}
        named |= {"blank": r" \t" if in_class else r"[ \t]", "break": r"(?:\r\n|[\n-\r])"}
        return named.get(kind or "", text)

    return _ESCAPE.sub(spelled, pattern)


def _is_explosive(tree: Any, *, inside: bool) -> bool:
    """True when an unbounded repetition holds nothing but repetitions, or alternatives that may overlap."""
    for name, value in tree:
        operation = str(name)
        if operation in ("MAX_REPEAT", "MIN_REPEAT"):
            _, high, body = value
            unbounded = high == _parser.MAXREPEAT or high > 10
            if unbounded and inside and not _is_anchored(tree, body):
                return True
            if _is_explosive(body, inside=inside or unbounded):
                return True
        elif operation == "BRANCH":
            if (inside and _overlaps(value[1])) or any(_is_explosive(part, inside=inside) for part in value[1]):
                return True
        elif operation == "SUBPATTERN" and _is_explosive(value[3], inside=inside):
            return True
    return False


def _is_anchored(sequence: Any, repeated: Any) -> bool:
    """True when a letter beside a repetition cannot be part of it: there is one way to cut the text."""
    letters = [chr(value) for name, value in sequence if str(name) == "LITERAL"]
    return any(_compiler.compile(repeated, re.ASCII).match(letter) is None for letter in letters)


def _overlaps(parts: Any) -> bool:
    heads = [tuple(map(str, part[0])) if len(part) else () for part in parts]
    literal = all(head and head[0] == "LITERAL" for head in heads)
    return not literal or len(set(heads)) < len(heads)


def _referenced(match: re.Match[str], reference: re.Match[str]) -> str:
    if reference["escaped"] is not None:
        return reference["escaped"]
    if reference["name"] is not None:
        return match[reference["name"]] or ""
    number = reference["number"]
    groups = match.re.groups
    for end in range(len(number), 0, -1):
        if int(number[:end]) <= groups:
            return (match[int(number[:end])] or "") + number[end:]
    raise ExpressionError(f"No group {number}")
