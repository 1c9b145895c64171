"""Filters on lists and maps (some on texts as well)."""

from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.errors import ExpressionError
from celeriac.core.expression.arithmetic import is_number
from celeriac.core.expression.methods import utf16_length
from celeriac.core.expression.operators import bounded, bounded_list, is_list, same
from celeriac.core.expression.printing import ensure_moderate, java_text
from celeriac.core.expression.scope import Scope


def chunk(_: Scope, value: Any, size: int) -> Any:
    """Parts of at most `size` items."""
    if value is None:
        return None
    items = _items(value, "chunk")
    if not isinstance(size, int) or size <= 0:
        raise ExpressionError("The filter `chunk` expects a size > 0")
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


def distinct(scope: Scope, value: Any) -> Any:
    """The items without repetitions; of null the text `null`, as the engines print it."""
    if value is None:
        return "null"
    ensure_moderate(value)
    found: list[Any] = []
    seen: set[Any] = set()
    for item in _items(value, "distinct"):
        if is_list(item) or isinstance(item, Mapping):
            scope.budget.spend(len(found))
            if not any(same(item, other) for other in found):
                found.append(item)
        elif (type(item), item) not in seen:
            seen.add((type(item), item))
            found.append(item)
    return found


def flatten(_: Scope, value: Any) -> Any:
    """One level of lists less."""
    if value is None:
        return None
    flat: list[Any] = []
    for item in _items(value, "flatten"):
        flat += item if is_list(item) else [item]
        bounded_list(flat)
    return flat


def first(_: Scope, value: Any) -> Any:
    """The first item or letter; null of an empty list."""
    if value is None or (is_list(value) and not value):
        return None
    return value[0] if isinstance(value, str) else _items(value, "first")[0]


def last(_: Scope, value: Any) -> Any:
    """The last item or letter; null of an empty list."""
    if value is None or (is_list(value) and not value):
        return None
    return value[-1] if isinstance(value, str) else _items(value, "last")[-1]


def join(scope: Scope, value: Any, separator: Any = "") -> Any:
    """The items as one text."""
    if value is None:
        return None
    texts = [java_text(item) for item in _items(value, "join")]
    between = "" if separator is None else java_text(separator)
    bounded(scope, " " * min(1 << 25, sum(map(len, texts)) + len(between) * len(texts)))
    return between.join(texts)


def keys(_: Scope, value: Any) -> Any:
    """The keys of a map, the indexes of a list; they cannot be sorted."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        return tuple(value)
    return tuple(range(len(_items(value, "keys"))))


def values(_: Scope, value: Any) -> Any:
    """The values of a map; they cannot be sorted."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise ExpressionError("The filter `values` works on maps")
    return tuple(value.values())


def length(_: Scope, value: Any) -> int:
    """How many letters, items or entries; 0 for anything else."""
    if isinstance(value, str):
        return utf16_length(value)
    return len(value) if is_list(value) or isinstance(value, Mapping) else 0


def merge(_: Scope, value: Any, items: Any) -> Any:
    """A map with the entries of another, a list with the items of another."""
    if isinstance(value, Mapping):
        added = items if isinstance(items, Mapping) else {java_text(item): item for item in _items(items, "merge")}
        return {**value, **added}
    start = [] if value is None else list(_items(value, "merge"))
    if isinstance(items, Mapping):
        return [*start, *({key: items[key]} for key in items)] if value is not None else dict(items)
    return bounded_list([*start, *_items(items, "merge")])


def reverse(_: Scope, value: Any) -> Any:
    """The items from the last to the first."""
    return None if value is None else list(reversed(_items(value, "reverse")))


def slice_(_: Scope, value: Any, from_index: int = 0, to_index: int | None = None) -> Any:
    """The items or letters from one index up to another."""
    if value is None:
        return None
    if not isinstance(value, str):
        _items(value, "slice")
    end = len(value) if to_index is None else to_index
    if not 0 <= from_index <= end <= len(value) or from_index == to_index:
        raise ExpressionError(f"The filter `slice` cannot go from {from_index} to {end}: there are {len(value)} items")
    return value[from_index:end] if isinstance(value, str) else list(value[from_index:end])


def sort(_: Scope, value: Any) -> Any:
    """The items in ascending order."""
    return None if value is None else sorted(_sortable(value))


def rsort(_: Scope, value: Any) -> Any:
    """The items in descending order."""
    return None if value is None else sorted(_sortable(value), reverse=True)


def _items(value: Any, filter_: str) -> Any:
    if not is_list(value):
        raise ExpressionError(f"The filter `{filter_}` works on lists, not on `{java_text(value)[:100]}`")
    return value


def _sortable(value: Any) -> list[Any]:
    if isinstance(value, tuple) or not is_list(value):
        raise ExpressionError("The filters `sort` and `rsort` work on lists")
    items = list(value)
    alike = all(isinstance(item, str) for item in items) or all(is_number(item) for item in items)
    if not alike and len({type(item) for item in items}) > 1:
        raise ExpressionError("The filters `sort` and `rsort` need items of one type")
    return items


COLLECTION_FILTERS: Mapping[str, Callable[..., Any]] = {
    "chunk": chunk,
    "distinct": distinct,
    "first": first,
    "flatten": flatten,
    "join": join,
    "keys": keys,
    "last": last,
    "length": length,
    "merge": merge,
    "reverse": reverse,
    "rsort": rsort,
    "slice": slice_,
    "sort": sort,
    "values": values,
}
