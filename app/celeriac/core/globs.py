"""Glob patterns over relative paths with `/`. Source: Java's glob syntax, which flows are written in.

`*` and `?` stay within a folder, `**` crosses folders, `**/` may be nothing; `[a-z]`, `{one,two}` and `\\` as usual.
A pattern may start with `glob:` or `regex:`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\\.|\[!?[^\]]+\]|\{|\}|,|.", re.DOTALL)
_FIXED = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


@lru_cache(maxsize=1024)
def compile_glob(pattern: str) -> re.Pattern[str]:
    """The regular expression that a whole path has to match. A pattern that is broken matches itself only."""
    kind, _, rest = pattern.partition(":")
    try:
        if kind == "regex":
            return re.compile(rest)
        return re.compile(_translate(rest if kind == "glob" else pattern), re.DOTALL)
    except re.error:
        return re.compile(re.escape(pattern))


def matches(path: str, pattern: str) -> bool:
    """True when the whole path matches; leading slashes of both do not count."""
    return compile_glob(pattern.lstrip("/")).fullmatch(path.lstrip("/")) is not None


def matches_anywhere(path: str, pattern: str) -> bool:
    """As `matches`, but a pattern that starts with a letter, digit or `_` is looked for in every folder."""
    if re.match(r"\w", pattern) and not pattern.startswith(("glob:", "regex:")):
        return matches(path, f"**/{pattern}")
    return matches(path, pattern)


def selects(path: str, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> bool:
    """The rule of `namespaceFiles`: without `include` all paths; `exclude` wins."""
    included = list(include)
    if included and not any(matches_anywhere(path, pattern) for pattern in included):
        return False
    return not any(matches_anywhere(path, pattern) for pattern in exclude)


def _translate(pattern: str) -> str:
    parts = []
    depth = 0
    for token in _TOKEN.findall(pattern):
        if token in _FIXED:
            parts.append(_FIXED[token])
        elif token == "{":
            depth += 1
            parts.append("(?:")
        elif token == "}" and depth:
            depth -= 1
            parts.append(")")
        elif token == "," and depth:
            parts.append("|")
        elif len(token) > 1 and token[0] == "[":
            parts.append(_character_class(token[1:-1]))
        else:
            parts.append(re.escape(token[-1]))
    return "".join(parts)


def _character_class(inner: str) -> str:
    negated = inner.startswith("!")
    members = inner[1:] if negated else inner
    return ("[^" if negated else "[") + re.sub(r"[\[\]^&~|]", r"\\\g<0>", members) + "]"
