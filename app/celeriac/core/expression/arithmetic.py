"""Numbers as Java's long, double and BigDecimal."""

import math
from decimal import Decimal
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.printing import java_text

Number = int | float | Decimal


def is_number(value: Any) -> bool:
    """True for int, float and Decimal, not for bool."""
    return isinstance(value, Number) and not isinstance(value, bool)


def operand(value: Any) -> Number:
    """A number, and nothing else. Raises: ExpressionError."""
    if is_number(value):
        return value  # type: ignore[no-any-return]
    raise ExpressionError(f"Cannot convert to a number: {java_text(value)[:100]}")


def coerced(value: Any) -> Number:
    """A number, or the number that a text holds. Raises: ExpressionError."""
    if not isinstance(value, str):
        return operand(value)
    try:
        return int(value) if value.lstrip("+-").isdigit() and len(value) < 19 else float(value)
    except ValueError:
        raise ExpressionError(f'For a number, the text "{value[:100]}" is none') from None


def wrapped(value: int) -> int:
    """Wraps as a 64-bit number does."""
    return value if -(1 << 63) <= value < 1 << 63 else (value + (1 << 63)) % (1 << 64) - (1 << 63)


def calculate(operation: str, left: Number, right: Number) -> Number:
    """add, subtract, multiply, divide or modulo. Raises: ExpressionError."""
    if isinstance(left, int) and isinstance(right, int):
        return _whole(operation, left, right)
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return _decimal(operation, Decimal(str(left)), Decimal(str(right)))
    first, second = float(left), float(right)
    if operation == "add":
        return first + second
    if operation == "subtract":
        return first - second
    if operation == "multiply":
        return first * second
    if operation == "divide":
        return first / second if second else _over_zero(first)
    return math.fmod(first, second) if second else math.nan


def _whole(operation: str, left: int, right: int) -> int:
    if operation == "multiply":
        value = left * right
    elif operation in ("add", "subtract"):
        value = left + right if operation == "add" else left - right
    elif right == 0:
        raise ExpressionError("/ by zero")
    else:
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        value = quotient if operation == "divide" else left - right * quotient
    return wrapped(value)


def _decimal(operation: str, left: Decimal, right: Decimal) -> Decimal:
    if operation in ("divide", "modulo") and not right:
        raise ExpressionError("/ by zero")
    if operation == "add":
        return left + right
    if operation == "subtract":
        return left - right
    if operation == "multiply":
        return left * right
    return left / right if operation == "divide" else left % right


def _over_zero(value: float) -> float:
    return math.nan if value == 0 else math.copysign(math.inf, value)
