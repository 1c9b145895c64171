"""Functions that render texts, and that show what there is to render with."""

from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.errors import ExpressionError, UndefinedVariable
from celeriac.core.expression.printing import plain, to_json
from celeriac.core.expression.scope import Scope

_MOST_ROUNDS = 20


def render(scope: Scope, to_render: Any, recursive: Any = True) -> Any:
    """Renders the expressions in a text, list or map; recursive: again, while the result holds expressions."""
    scope.budget.enter()
    value = plain(to_render)
    try:
        for _ in range(_MOST_ROUNDS if recursive is not False else 1):
            rendered = scope.render(value)
            if rendered == value:
                break
            value = rendered
    except UndefinedVariable as error:
        raise ExpressionError(str(error)) from error
    scope.budget.leave()
    return value


def render_once(scope: Scope, to_render: Any) -> Any:
    """Renders the expressions in a text, list or map, not those in the result."""
    return render(scope, to_render, recursive=False)


def print_context(scope: Scope) -> str:
    """All variables as JSON."""
    return to_json(scope.variables)


def parent(_: Scope) -> Any:
    """Known in Pebble for templates that extend others, which there are none of."""
    raise ExpressionError("`parent()` works in templates that extend another, and none can here")


def block(scope: Scope, name: Any) -> Any:
    """The text of a block of this template."""
    if f"_block_{name}" not in scope.macros:
        raise ExpressionError(f"Block [{name}] does not exist")
    return scope.macros[f"_block_{name}"]((), {})


TEMPLATE_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "block": block,
    "fetchContext": print_context,
    "parent": parent,
    "printContext": print_context,
    "render": render,
    "renderOnce": render_once,
}
