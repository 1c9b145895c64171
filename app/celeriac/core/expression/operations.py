"""The nodes that expressions are made of: calls of the environment's methods, and how operands are marked."""

from typing import Any

from jinja2 import nodes

_LINE_ARGUMENT = {"variable": 1, "attribute": 2, "item": 2, "method": 2}
"""{operation that looks something up: which of its arguments is the line}."""
_STRICT = frozenset({"add", "subtract", "multiply", "divide", "modulo", "equal", "unequal"})
"""Operations whose operands are marked already."""
_FORGIVING = frozenset({"coalesce", "coalesce_undefined", "default", "defined"})


def operation(name: str, line: int, *args: Any, kwargs: list[nodes.Keyword] | None = None) -> nodes.Call:
    """A call of the environment's method `name`."""
    return nodes.Call(nodes.EnvironmentAttribute(name, lineno=line), list(args), kwargs or [], None, None, lineno=line)


def constant(value: Any, line: int) -> nodes.Const:
    """A literal."""
    return nodes.Const(value, lineno=line)


def harden(node: nodes.Node) -> None:
    """Marks the lookups of an operand by a negative line; what a forgiving operation catches itself stays."""
    if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.EnvironmentAttribute):
        for child in node.iter_child_nodes():
            harden(child)
        return
    name = node.node.name
    if name in _STRICT:
        return
    if name in _LINE_ARGUMENT:
        line = node.args[_LINE_ARGUMENT[name]]
        assert isinstance(line, nodes.Const)
        line.value = -abs(line.value)
    for child in [*node.args[1 if name in _FORGIVING else 0 :], *node.kwargs]:
        harden(child)
