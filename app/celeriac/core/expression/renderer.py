"""Renders the values of flow files: texts, and texts inside lists and mappings."""

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

from jinja2 import Template, TemplateSyntaxError

from celeriac.core.errors import CeleriacError, ExpressionError, UndefinedVariable
from celeriac.core.expression.environment import environment
from celeriac.core.expression.printing import plain, to_text
from celeriac.core.expression.scope import MAX_OUTPUT, Budget, Scope, excerpt
from celeriac.core.expression.world import World

_WRONG = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What the Python functions behind filters and functions raise for values that do not suit them."""


class LocatedError(ExpressionError):
    """Its message names the expression and the line."""


def has_expression(text: str) -> bool:
    """True when rendering could change the text."""
    return "{{" in text or "{%" in text or "{#" in text


class Renderer:
    """Renders in one world. Cheap: the compiled templates belong to the process."""

    __slots__ = ("_environment", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        self._environment = environment()

    def render(self, value: Any, variables: Mapping[str, Any], *, typed: bool = False) -> Any:
        """Renders texts at every depth of lists and mappings, keys included; other scalars stay.

        typed: a text that is one expression keeps its native value. Raises: ExpressionError, UndefinedVariable.
        """
        if isinstance(value, str):
            if not ("{" in value and has_expression(value)):
                return value
            return self._text(value, variables, Budget(), typed=typed)
        if isinstance(value, Mapping):
            return {self.render(key, variables): self.render(value[key], variables, typed=typed) for key in value}
        if isinstance(value, list | tuple):
            return [self.render(item, variables, typed=typed) for item in value]
        return value

    def _inner(self, value: Any, variables: Mapping[str, Any], budget: Budget) -> Any:
        """What the function `render` does, on the budget of the rendering that it is part of."""
        if isinstance(value, str):
            return self._text(value, variables, budget, typed=False) if has_expression(value) else value
        if isinstance(value, Mapping):
            return {self._inner(key, variables, budget): self._inner(value[key], variables, budget) for key in value}
        if isinstance(value, list | tuple):
            return [self._inner(item, variables, budget) for item in value]
        return value

    def _text(self, text: str, variables: Mapping[str, Any], budget: Budget, *, typed: bool) -> Any:
        template: Template | None = None
        try:
            template = self._environment.compiled(text)
            scope = Scope(self._world, variables, text, budget, self._inner)
            parts = template.root_render_func(scope)  # type: ignore[arg-type]
            return _native(parts) if typed else _joined(parts)
        except ExpressionError as error:
            raise _located(error, text, template) from error.__cause__
        except (CeleriacError, TemplateSyntaxError, *_WRONG) as error:
            line = error.lineno if isinstance(error, TemplateSyntaxError) else _line(error.__traceback__, template)
            raise LocatedError(_message(_reason(error), text, line)) from error


def _joined(parts: Iterator[Any]) -> str:
    texts: list[str] = []
    length = 0
    for part in parts:
        text = part if type(part) is str else to_text(part)
        length += len(text)
        if length > MAX_OUTPUT:
            raise ExpressionError(f"The rendered text is too long (at most {MAX_OUTPUT} characters)")
        texts.append(text)
    return texts[0] if len(texts) == 1 else "".join(texts)


def _native(parts: Iterator[Any]) -> Any:
    found = [part for part in parts if part is not None]
    if len(found) <= 1:
        value = plain(found[0]) if found else None
        if isinstance(value, str):
            return _joined(iter([value]))
        return value
    for part in found:
        if isinstance(part, Mapping | list | tuple):
            raise ExpressionError("Cannot concat a list or a map with a text; use toJson to print it")
    return _joined(iter(found))


def _located(error: ExpressionError, text: str, template: Template | None) -> ExpressionError:
    """The error with its expression named, once."""
    if isinstance(error, LocatedError | UndefinedVariable):
        return error
    return LocatedError(_message(str(error), text, _line(error.__traceback__, template)))


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateSyntaxError):
        return error.message or "Syntax error"
    if isinstance(error, RecursionError | SyntaxError):
        return "The expression is nested too deep"
    return f"{type(error).__name__}: {error}" if isinstance(error, LookupError) or not str(error) else str(error)


def _message(reason: str, text: str, line: int) -> str:
    return f"{reason} ({excerpt(text, line)}:{line})"


def _line(traceback: TracebackType | None, template: Template | None) -> int:
    """The line of the template in which the error arose."""
    line = 1
    while traceback is not None and template is not None:
        if traceback.tb_frame.f_code.co_filename == "<template>" and traceback.tb_frame.f_code.co_name == "root":
            line = template.get_corresponding_lineno(traceback.tb_lineno)
        traceback = traceback.tb_next
    return line
