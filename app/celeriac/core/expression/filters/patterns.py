"""Filters that search: replace, split and the regular expressions."""

from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression import regex as expressions
from celeriac.core.expression.operators import bounded
from celeriac.core.expression.printing import java_text
from celeriac.core.expression.scope import Scope


def replace(scope: Scope, value: Any, replace_pairs: Any, regexp: Any = False) -> Any:
    """Replaces each key of a map by its value, one after the other."""
    if value is None:
        return None
    if not isinstance(replace_pairs, Mapping):
        raise ExpressionError("The filter `replace` expects a map such as {'old': 'new'}")
    text = java_text(value)
    for old, new in replace_pairs.items():
        if regexp:
            text = expressions.replace(scope, text, java_text(old), java_text(new))
            continue
        old, new = java_text(old), java_text(new)
        growth = text.count(old) * (len(new) - len(old))
        bounded(scope, " " * min(1 << 25, len(text) + max(0, growth)))
        text = text.replace(old, new)
    return text


def split(scope: Scope, value: Any, delimiter: str, limit: int = 0) -> Any:
    """Cuts a text at a regular expression."""
    return None if value is None else expressions.split(scope, java_text(value), delimiter, limit)


def regex_match(scope: Scope, value: Any, regex: str) -> Any:
    """True when the pattern is found anywhere."""
    return None if value is None else expressions.search(scope, java_text(value), regex) is not None


def regex_replace(scope: Scope, value: Any, regex: str, replacement: str) -> Any:
    """Replaces what the pattern finds; `$1` stands for a group."""
    return None if value is None else expressions.replace(scope, java_text(value), regex, replacement)


def regex_extract(scope: Scope, value: Any, regex: str, group: int = 0) -> Any:
    """What the pattern finds first, or one of its groups; null when it finds nothing."""
    if value is None or (match := expressions.search(scope, java_text(value), regex)) is None:
        return None
    if not 0 <= group <= match.re.groups:
        raise ExpressionError(f"Group {group} does not exist: the pattern has {match.re.groups} groups")
    return match[group]


PATTERN_FILTERS: Mapping[str, Callable[..., Any]] = {
    "regexExtract": regex_extract,
    "regexMatch": regex_match,
    "regexReplace": regex_replace,
    "replace": replace,
    "split": split,
}
