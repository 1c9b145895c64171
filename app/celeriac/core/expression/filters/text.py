"""Filters on texts. A value that is no text is taken as its text; null stays null."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.operators import bounded
from celeriac.core.expression.printing import java_text
from celeriac.core.expression.scope import Scope

_QUOTES = {"single": ("'", "\\'"), "double": ('"', '\\"'), "shell": ("'", "'\\''")}
_PERCENT = re.compile(
    r"%(?:(?P<index>\d+)\$)?(?P<flags>[-#+ 0,(]*)(?P<width>\d*)(?:\.(?P<digits>\d+))?(?P<kind>[a-zA-Z%])"
)


def of_text(function: Callable[[str], str]) -> Callable[[Scope, Any], Any]:
    """A filter without arguments from a function of texts."""

    def filtered(scope: Scope, value: Any) -> Any:
        return None if value is None else bounded(scope, function(java_text(value)))

    return filtered


def abbreviate(_: Scope, value: Any, length: int) -> Any:
    """Cuts to `length` characters, dots included; a text of at most three is never cut."""
    if value is None:
        return None
    if length < 0:
        raise ExpressionError("The filter `abbreviate` expects a length >= 0")
    text = java_text(value)
    if len(text) <= max(length, 3):
        return text
    return text[:length] if length <= 3 else f"{text[: length - 3]}..."


def capitalize(text: str) -> str:
    """The first letter that is no space in upper case, the rest as it is."""
    start = len(text) - len(text.lstrip())
    return text[:start] + text[start : start + 1].upper() + text[start + 1 :]


def title(text: str) -> str:
    """The first letter of each word in upper case."""
    return re.sub(r"(^|\s)(\S)", lambda match: match[1] + match[2].upper(), text)


def slugify(text: str) -> str:
    """Lower-case words joined by dashes."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")


def starts_with(_: Scope, value: Any, value_: Any) -> bool:
    """True when the text begins so."""
    return value is not None and java_text(value).startswith(java_text(value_))


def ends_with(_: Scope, value: Any, value_: Any) -> bool:
    """True when the text ends so."""
    return value is not None and java_text(value).endswith(java_text(value_))


def substring_before(_: Scope, value: Any, separator: str) -> Any:
    """The part before the first separator; all without one."""
    return None if value is None else java_text(value).partition(separator)[0]


def substring_before_last(_: Scope, value: Any, separator: str) -> Any:
    """The part before the last separator; all without one."""
    if value is None:
        return None
    before, found, rest = java_text(value).rpartition(separator)
    return before if found else rest


def substring_after(_: Scope, value: Any, separator: str) -> Any:
    """The part after the first separator; nothing without one."""
    return None if value is None else java_text(value).partition(separator)[2]


def substring_after_last(_: Scope, value: Any, separator: str) -> Any:
    """The part after the last separator; nothing without one."""
    if value is None:
        return None
    _before, found, rest = java_text(value).rpartition(separator)
    return rest if found else ""


def escape_char(_: Scope, value: Any, type_: str) -> Any:
    """Escapes single or double quotes, or single quotes for a shell."""
    if type_ not in _QUOTES:
        raise ExpressionError(f"The filter `escapeChar` expects one of single, double and shell, not `{type_}`")
    return None if value is None else java_text(value).replace(*_QUOTES[type_])


def indent(scope: Scope, value: Any, amount: int, prefix: str = " ") -> Any:
    """Every line but the first moved to the right."""
    if not isinstance(amount, int) or amount < 0:
        raise ExpressionError("The filter `indent` expects a whole number >= 0 as argument `amount`")
    if value is None:
        return None
    text = java_text(value)
    bounded(scope, " " * min(1 << 25, len(text) + amount * len(prefix) * text.count("\n")))
    return re.sub(r"\r\n|\r|\n", "\n" + prefix * amount, text)


def nindent(scope: Scope, value: Any, amount: int, prefix: str = " ") -> Any:
    """A new line, then every line moved to the right."""
    return None if value is None else indent(scope, f"\n{java_text(value)}", amount, prefix)


def format_text(_: Scope, value: Any, *args: Any) -> Any:
    """`%s`, `%05d`, `%.2f` …, `%2$s`. Source: java.lang.String.format."""
    if value is None:
        return None
    waiting = iter(args)

    def formatted(match: re.Match[str]) -> str:
        if match["kind"] == "%":
            return "%"
        if match["kind"] == "n":
            return "\n"
        argument = args[int(match["index"]) - 1] if match["index"] else next(waiting, _format_missing)
        if argument is _format_missing:
            raise ExpressionError(f"The filter `format` has no value for `{match[0]}`")
        return _formatted(argument, match)

    return _PERCENT.sub(formatted, java_text(value))


_format_missing = object()


def _formatted(value: Any, match: re.Match[str]) -> str:
    kind, flags, width = match["kind"], match["flags"], int(match["width"] or 0)
    if width > 10_000 or int(match["digits"] or 0) > 1_000:
        raise ExpressionError("The filter `format` allows no such width")
    align = "<" if "-" in flags else ">"
    if kind in "sSbB":
        text = java_text(value)[: int(match["digits"])] if match["digits"] else java_text(value)
        return f"{text.upper() if kind in 'SB' else text:{align}{width}}"
    if isinstance(value, bool) or not isinstance(value, int | float) or (kind in "dxXo" and isinstance(value, float)):
        raise ExpressionError(f"The filter `format` cannot write `{java_text(value)[:100]}` as `{match[0]}`")
    if kind not in "dxXofeEgG":
        raise ExpressionError(f"The filter `format` does not know `{match[0]}`")
    sign = "+" if "+" in flags else " " if " " in flags else ""
    zeros = "0" if "0" in flags else ""
    precision = f".{match['digits'] or 6}" if kind in "feEgG" else ""
    comma = "," if "," in flags else ""
    return f"{value:{'' if zeros else align}{sign}{zeros}{width or ''}{comma}{precision}{kind}}"


TEXT_FILTERS: Mapping[str, Callable[..., Any]] = {
    "abbreviate": abbreviate,
    "capitalize": of_text(capitalize),
    "endsWith": ends_with,
    "escapeChar": escape_char,
    "format": format_text,
    "indent": indent,
    "lower": of_text(str.lower),
    "nindent": nindent,
    "nl2br": of_text(lambda text: re.sub(r"\r\n|\r|\n", "<br />", text)),
    "raw": lambda scope, value: value,
    "slugify": of_text(slugify),
    "startsWith": starts_with,
    "string": of_text(lambda text: text),
    "substringAfter": substring_after,
    "substringAfterLast": substring_after_last,
    "substringBefore": substring_before,
    "substringBeforeLast": substring_before_last,
    "title": of_text(title),
    "trim": of_text(str.strip),
    "upper": of_text(str.upper),
}
