"""Numbers by pattern: `#,##0.00`, `0.0%`, `#;(#)`, `0.###E0`. Source: java.text.DecimalFormat, in English."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import lru_cache

from celeriac.core.errors import ExpressionError

_PART = re.compile(
    r"(?P<prefix>(?:'[^']*'|[^#0,.;'])*)(?P<digits>[#0,]*(?:\.[#0]*)?(?:E0+)?)(?P<suffix>(?:'[^']*'|[^#0,.;'])*)"
)
_CONTEXT = Context(prec=1100, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class _Pattern:
    prefix: str
    suffix: str
    negative: tuple[str, str]
    group: int
    least_whole: int
    most_whole: int
    least_fraction: int
    most_fraction: int
    exponent: int
    scale: int


def format_decimal(number: Decimal, pattern: str) -> str:
    """The number as the pattern says, rounded half to even. Raises: ExpressionError."""
    if not number.is_finite():
        return "NaN" if number.is_nan() else "∞" if number > 0 else "-∞"
    parsed = _parse(pattern)
    prefix, suffix = (parsed.prefix, parsed.suffix) if not number.is_signed() else parsed.negative
    scaled = abs(number).scaleb(parsed.scale, _CONTEXT)
    digits = _scientific(scaled, parsed) if parsed.exponent else _plain(scaled, parsed)
    return f"{prefix}{digits}{suffix}"


def _plain(number: Decimal, pattern: _Pattern) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-pattern.most_fraction), context=_CONTEXT)
    whole, _, fraction = f"{rounded:f}".partition(".")
    fraction = fraction[: pattern.least_fraction] + fraction[pattern.least_fraction :].rstrip("0")
    whole = whole.lstrip("0").rjust(pattern.least_whole, "0")
    if not whole and not fraction:
        whole = "0"
    if pattern.group:
        whole = re.sub(rf"(?<=\d)(?=(?:\d{{{pattern.group}}})+$)", ",", whole)
    return f"{whole}.{fraction}" if fraction else whole


def _scientific(number: Decimal, pattern: _Pattern) -> str:
    digits = max(1, pattern.most_whole + pattern.most_fraction)
    number = Context(prec=digits, rounding=ROUND_HALF_EVEN).create_decimal(number)
    exponent = number.adjusted() if number else 0
    if pattern.most_whole > max(1, pattern.least_whole):
        exponent -= exponent % pattern.most_whole
    else:
        exponent -= max(0, pattern.least_whole - 1)
    whole, _, tail = f"{number.scaleb(-exponent, _CONTEXT):f}".partition(".")
    tail = tail.rstrip("0").ljust(pattern.least_fraction, "0")
    power = f"{'-' if exponent < 0 else ''}{abs(exponent):0{pattern.exponent}d}"
    return f"{whole}{'.' if tail else ''}{tail}E{power}"


@lru_cache(maxsize=256)
def _parse(pattern: str) -> _Pattern:
    positive = _PART.match(pattern)
    rest = pattern[positive.end() :] if positive else pattern
    if positive is None or (rest and not rest.startswith(";")) or "'" in re.sub("'[^']*'", "", pattern):
        raise ExpressionError(f"`{pattern}` is no number format")
    digits, _, exponent = positive["digits"].partition("E")
    whole, dot, fraction = digits.partition(".")
    places = whole.replace(",", "")
    least = places.count("0")
    if "0#" in places or "#0" in fraction or max(len(places), len(fraction)) > 340:
        raise ExpressionError(f"`{pattern}` is no number format")
    if dot and "0" not in digits and places:
        least = 1
    prefix, suffix = _literal(positive["prefix"]), _literal(positive["suffix"])
    negative = (f"-{prefix}", suffix)
    if rest and (other := _PART.match(rest, 1)):
        negative = (_literal(other["prefix"]), _literal(other["suffix"]))
    outside = positive["prefix"] + positive["suffix"]
    return _Pattern(
        prefix=prefix,
        suffix=suffix,
        negative=negative,
        group=len(whole) - whole.rfind(",") - 1 if "," in whole else 0,
        least_whole=least,
        most_whole=len(places),
        least_fraction=fraction.count("0"),
        most_fraction=len(fraction),
        exponent=len(exponent),
        scale=2 if "%" in outside else 3 if "‰" in outside else 0,
    )


def _literal(text: str) -> str:
    return re.sub("'([^']*)'", lambda match: match[1] or "'", text)
