"""What the expressions inside a value use, without rendering them."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import TemplateSyntaxError, nodes

from celeriac.core.expression.environment import environment
from celeriac.core.expression.functions.outside import IO_FUNCTIONS, ROW_FUNCTIONS
from celeriac.core.expression.renderer import has_expression

_LONGEST_CACHED = 16 * 1024
_NOTHING: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


def calls(value: Any) -> frozenset[str]:
    """Names of the functions and filters used; of texts that cannot be parsed none."""
    return frozenset(name for text in _texts(value) for name in _used_in(text)[0])


def names(value: Any) -> frozenset[str]:
    """Top-level variables read, e.g. `outputs` and `inputs`; those of the template itself (`set`, `for`) included."""
    return frozenset(name for text in _texts(value) for name in _used_in(text)[1])


def does_io(value: Any) -> bool:
    """True when rendering reads files or calls HTTP."""
    return not IO_FUNCTIONS.isdisjoint(calls(value))


def reads_rows(value: Any) -> bool:
    """True when rendering reads stored rows of the execution that it is part of."""
    return not ROW_FUNCTIONS.isdisjoint(calls(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if has_expression(value):
            yield value
    elif isinstance(value, Mapping):
        for key in value:
            yield from _texts(key)
            yield from _texts(value[key])
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _used_in(text: str) -> tuple[frozenset[str], frozenset[str]]:
    return _used(text) if len(text) <= _LONGEST_CACHED else _used.__wrapped__(text)


@lru_cache(maxsize=4096)
def _used(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """(functions and filters, variables) of one text."""
    try:
        template = environment().parse(text)
    except (TemplateSyntaxError, RecursionError):
        return _NOTHING
    called: set[str] = set()
    read: set[str] = set()
    for call in template.find_all(nodes.Call):
        operation = call.node.name if isinstance(call.node, nodes.EnvironmentAttribute) else ""
        first = call.args[0].value if call.args and isinstance(call.args[0], nodes.Const) else None
        if operation in ("filter", "function") and isinstance(first, str):
            called.add(first)
        elif operation == "default":
            called.add("default")
        elif operation == "variable" and isinstance(first, str):
            read.add(first)
    return frozenset(called), frozenset(read)
