"""Regular expressions as flows write them (Java's), compiled for Python.

Translated: Unicode and POSIX classes (`\\p{L}`, `\\p{Alpha}`), `\\h`, `\\R`, `\\z`, `\\Q…\\E` and named groups. `\\d`,
`\\w` and `\\s` mean ASCII, as in Java. Intersections of character classes (`&&`) are refused.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_TOKEN = re.compile(
    r"\\Q(?P<quote>.*?)(?:\\E|$)|\\(?P<negated>[pP])(?:\{(?P<long>[^}]*)\}|(?P<short>[A-Z]))"
    r"|(?P<escape>\\[hRzZ])|\\k<(?P<back>\w+)>|\(\?<(?P<group>[A-Za-z]\w*)>|(?P<both>&&)|(?P<other>\\.|.)",
    re.DOTALL,
)
_POSIX = {
    "Alpha": "a-zA-Z",
    "Digit": "0-9",
    "Alnum": "a-zA-Z0-9",
    "Lower": "a-z",
    "Upper": "A-Z",
    "Punct": r"!-/:-@\[-`{-~",
    "Space": r"\s",
    "Blank": r" \t",
    "XDigit": "0-9a-fA-F",
    "ASCII": r"\x00-\x7f",
    "Cntrl": r"\x00-\x1f\x7f",
    "Graph": "!-~",
    "Print": " -~",
}
_ESCAPES = {"\\h": r"[ \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000]", "\\R": r"(?:\r\n|[\n-\r\x85\u2028\u2029])"}
_ENDS = {"\\z": r"\Z", "\\Z": r"(?=\n?\Z)"}


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Raises: re.error."""
    try:
        return re.compile("".join(_translate(pattern)), re.ASCII)
    except (OverflowError, RecursionError) as error:
        raise re.error(str(error), pattern) from error


def _translate(pattern: str) -> Iterator[str]:
    in_class = False
    for token in _TOKEN.finditer(pattern):
        text, kind = token[0], token.lastgroup
        if kind == "other":
            in_class = text == "[" or (in_class and text != "]")
            yield text
        elif kind == "quote":
            yield re.escape(token["quote"])
        elif kind in ("long", "short"):
            yield _class(token["long"] or token["short"] or "", negated=token["negated"] == "P", in_class=in_class)
        elif kind == "escape":
            known = _ENDS.get(text) or _ESCAPES[text]
            yield known[1:-1] if in_class and text == "\\h" else known
        elif kind == "back":
            yield f"(?P={token['back']})"
        elif kind == "group":
            yield f"(?P<{token['group']}>" if not in_class else text
        elif in_class:
            raise re.error("`&&` in a character class is not supported", pattern, token.start())
        else:
            yield text


def _class(name: str, *, negated: bool, in_class: bool) -> str:
    ranges = _POSIX.get(name) or _category(name.removeprefix("Is").removeprefix("java"), negated=negated and in_class)
    if in_class:
        return ranges
    return f"[{'^' if negated else ''}{ranges}]"


@lru_cache(maxsize=64)
def _category(name: str, *, negated: bool) -> str:
    """The ranges of a Unicode general category such as `L` or `Lu`."""
    if not re.fullmatch(r"[LMNPSZC][a-z]?", name):
        raise re.error(f"unknown character class {{{name}}}")
    ranges: list[str] = []
    start: int | None = None
    for code in range(0x110001):
        inside = code < 0x110000 and unicodedata.category(chr(code)).startswith(name) is not negated
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            ranges.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = None
    if not ranges:
        raise re.error(f"unknown character class {{{name}}}")
    return "".join(ranges)
