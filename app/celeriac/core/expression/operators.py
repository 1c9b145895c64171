"""What the operators do to values. Source: Pebble's and Kestra 2.0's operators, numbers as Java's long and double."""

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.arithmetic import calculate, coerced, is_number, operand, wrapped
from celeriac.core.expression.printing import ensure_moderate, java_text
from celeriac.core.expression.scope import MAX_TEXT, Scope

_MAX_ITEMS = 1_000_000


def is_list(value: Any) -> bool:
    """True for sequences that are no text."""
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def truth(_: Scope, value: Any) -> bool:
    """An operand of if, and, or, not."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value != ""
    if is_number(value):
        return bool(value != 0)
    what = "null" if value is None else f"`{java_text(value)[:100]}`"
    raise ExpressionError(f"{what} is no condition: expected a boolean, a text or a number")


def choice(scope: Scope, value: Any) -> bool:
    """The condition of `? :`; null is false."""
    return False if value is None else truth(scope, value)


def add(scope: Scope, left: Any, right: Any) -> Any:
    """`+`: text if either is text, appends to a list, else a sum."""
    if type(left) is int and type(right) is int:
        return wrapped(left + right)
    if is_list(left):
        scope.budget.spend(len(left) // 50)
        return bounded_list([*left, *right] if is_list(right) else [*left, right])
    if isinstance(left, str) or isinstance(right, str):
        return bounded(scope, java_text(left) + java_text(right))
    return calculate("add", operand(left), operand(right))


def subtract(scope: Scope, left: Any, right: Any) -> Any:
    """`-`: removes from a list, else a difference."""
    if is_list(left):
        ensure_moderate(left)
        if is_list(right):
            scope.budget.spend(len(left) * (1 + len(right)) // 20)
            return [item for item in left if not any(same(item, other) for other in right)]
        scope.budget.spend(len(left) // 10)
        index = next((index for index, item in enumerate(left) if same(item, right)), len(left))
        return [*left[:index], *left[index + 1 :]]
    return calculate("subtract", coerced(left), coerced(right))


def multiply(_: Scope, left: Any, right: Any) -> Any:
    """`*`"""
    return calculate("multiply", coerced(left), coerced(right))


def divide(_: Scope, left: Any, right: Any) -> Any:
    """`/`: whole numbers stay whole."""
    return calculate("divide", coerced(left), coerced(right))


def modulo(_: Scope, left: Any, right: Any) -> Any:
    """`%`: the sign of the left operand."""
    return calculate("modulo", coerced(left), coerced(right))


def negate(_: Scope, value: Any) -> Any:
    """Unary `-`."""
    return calculate("subtract", 0, coerced(value)) if not isinstance(value, float) else -value


def positive(_: Scope, value: Any) -> Any:
    """Unary `+`."""
    return coerced(value)


def concatenate(scope: Scope, *values: Any) -> str:
    """`~` and the parts of an interpolated text; null is nothing."""
    return bounded(scope, "".join("" if value is None else java_text(value) for value in values))


def interval(scope: Scope, first: Any, last: Any, step: Any = 1) -> list[Any]:
    """`1..3`, `'a'..'e'`, both ends included."""
    if isinstance(first, str) and isinstance(last, str) and len(first) == len(last) == 1:
        return [chr(code) for code in interval(scope, ord(first), ord(last), step)]
    if not (is_number(first) and is_number(last) and is_number(step)):
        raise ExpressionError("A range goes from number to number or from letter to letter")
    if int(step) == 0:
        raise ExpressionError("The step of a range cannot be 0")
    numbers = range(int(first), int(last) + (1 if step > 0 else -1), int(step))
    if len(numbers) > _MAX_ITEMS:
        raise ExpressionError(f"A range of {len(numbers)} numbers is too long (at most {_MAX_ITEMS})")
    scope.budget.spend(len(numbers) // 20)
    return list(numbers)


def equal(scope: Scope, left: Any, right: Any) -> bool:
    """`==`: numbers by value, everything else by type and value."""
    if isinstance(left, str) and isinstance(right, str):
        return left == right
    if is_number(left) and is_number(right):
        return bool(left == right)
    _spend_size(scope, left)
    ensure_moderate(left)
    return same(left, right)


def unequal(scope: Scope, left: Any, right: Any) -> bool:
    """`!=`"""
    return not equal(scope, left, right)


def less(_: Scope, left: Any, right: Any) -> bool:
    """`<`; with null always false."""
    return _comparable(left, right) and bool(left < right)


def greater(_: Scope, left: Any, right: Any) -> bool:
    """`>`; with null always false."""
    return _comparable(left, right) and bool(left > right)


def at_most(_: Scope, left: Any, right: Any) -> bool:
    """`<=`; with null always false."""
    return _comparable(left, right) and bool(left <= right)


def at_least(_: Scope, left: Any, right: Any) -> bool:
    """`>=`; with null always false."""
    return _comparable(left, right) and bool(left >= right)


def contains(scope: Scope, left: Any, right: Any) -> bool:
    """`contains`: a list its items, a map a key, a text a part."""
    if left is None:
        return False
    if isinstance(left, str):
        scope.budget.spend(len(left) // 1000)
        return right is not None and java_text(right) in left
    if isinstance(left, Mapping):
        return right in left if not is_list(right) else False
    if not is_list(left):
        raise ExpressionError(f"`contains` works on lists, maps and texts, not on `{java_text(left)[:100]}`")
    wanted = right if is_list(right) else [right]
    ensure_moderate(left)
    scope.budget.spend(len(left) * len(wanted) // 10)
    return all(any(same(item, other) for item in left) for other in wanted)


def is_in(scope: Scope, left: Any, right: Any) -> bool:
    """`isIn`: compares as texts with the items of a list, or with keys and values of a map."""
    if left is None or not (is_list(right) or isinstance(right, Mapping)):
        return False
    text = java_text(left)
    _spend_size(scope, right)
    items = [*right, *right.values()] if isinstance(right, Mapping) else right
    return any(item is not None and java_text(item) == text for item in items)


def same(left: Any, right: Any) -> bool:
    """Equality of items: as Java's equals, so 1, 1.0, true and "1" all differ."""
    if isinstance(left, Mapping):
        return (
            isinstance(right, Mapping)
            and len(left) == len(right)
            and all(key in right and same(left[key], right[key]) for key in left)
        )
    if is_list(left):
        return is_list(right) and len(left) == len(right) and all(map(same, left, right))
    if is_number(left) or isinstance(left, bool):
        return type(left) is type(right) and bool(left == right)
    return bool(left == right)


def bounded(scope: Scope, text: str) -> str:
    """The text, unless it is too long. Raises: ExpressionError."""
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"A text of {len(text)} characters is too long for an expression (at most {MAX_TEXT})")
    scope.budget.spend(len(text) // 1000)
    return text


def bounded_list(items: list[Any]) -> list[Any]:
    """The list, unless it is too long. Raises: ExpressionError."""
    if len(items) > _MAX_ITEMS:
        raise ExpressionError(f"A list of {len(items)} items is too long for an expression (at most {_MAX_ITEMS})")
    return items


def _spend_size(scope: Scope, value: Any) -> None:
    if is_list(value) or isinstance(value, Mapping):
        scope.budget.spend(len(value) // 10)


def _comparable(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return False
    if (is_number(left) and is_number(right)) or (isinstance(left, str) and isinstance(right, str)):
        return True
    if isinstance(left, date | time | timedelta) and type(left) is type(right):
        return True
    raise ExpressionError(f"Cannot compare `{java_text(left)[:100]}` with `{java_text(right)[:100]}`")
