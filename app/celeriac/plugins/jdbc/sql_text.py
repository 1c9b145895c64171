"""Reading SQL text far enough not to be fooled by comments and quotes. Pure."""

import re
from collections.abc import Collection

_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<quoted>'(?:[^']|'')*' | "(?:[^"]|"")*" | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
      | (?P<cast>::)
      | :(?P<name>[A-Za-z_]\w*)""",
    re.DOTALL | re.VERBOSE,
)
_INSTALL = re.compile(
    r"""\s*(?:FORCE\s+)?INSTALL\s+(?P<q>['"]?)(?P<name>\w+)(?P=q)(?:\s+FROM\s+\S+)?\s*;?\s*""", re.IGNORECASE
)


def name_parameters(sql: str, names: Collection[str]) -> str:
    """Writes `:name` as `$name` for the given names, outside of comments, quotes and casts."""

    def rewrite(match: re.Match[str]) -> str:
        return f"${match['name']}" if match["name"] in names else match[0]

    return _TOKEN.sub(rewrite, sql)


def without_comments(sql: str) -> str:
    """The text with a blank for each comment."""
    return _TOKEN.sub(lambda match: " " if match["comment"] else match[0], sql)


def installed_extension(statement: str) -> str | None:
    """The lower-case name of the extension that an `INSTALL` statement names; None for every other statement."""
    found = _INSTALL.fullmatch(without_comments(statement))
    return found["name"].lower() if found else None


def has_word(statement: str, word: str) -> bool:
    """True when a word stands outside of comments and quotes, in any case."""
    bare = _TOKEN.sub(lambda match: " " if match["comment"] or match["quoted"] else match[0], statement)
    return re.search(rf"\b{word}\b", bare, re.IGNORECASE) is not None
