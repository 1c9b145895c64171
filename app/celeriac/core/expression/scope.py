"""The state of one rendering: variables, macros, what it may still spend. Jinja's `context` in compiled templates."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from celeriac.core.errors import ExpressionError, UndefinedVariable
from celeriac.core.expression.world import World

MAX_TEXT = 16 * 1024 * 1024
"""Longest text inside an expression, in characters."""
MAX_OUTPUT = 1024 * 1024
"""Longest result of one rendering, in characters."""
MAX_STEPS = 1_000_000
"""About a second: one step is about a microsecond."""
MAX_DEPTH = 40
"""Macros and `render` inside one another."""


Rendering = Callable[[Any, Mapping[str, Any], "Budget"], Any]
"""(value, variables, budget) → rendered value: what the function `render` calls."""


class Budget:
    """What one rendering may still do, nested renderings included."""

    __slots__ = ("depth", "steps")

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.depth = 0

    def spend(self, steps: int) -> None:
        """Raises: ExpressionError when the rendering takes too long."""
        self.steps -= steps
        if self.steps < 0:
            raise ExpressionError("The expression takes too many steps (about a second is allowed)")

    def enter(self) -> None:
        """One level deeper. Raises: ExpressionError."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(f"Macros or render() are nested more than {MAX_DEPTH} deep")

    def leave(self) -> None:
        """Back from a level."""
        self.depth -= 1


class UndefinedOperand(UndefinedVariable):
    """A name below `+ - * / % == !=` is not there: neither `??` nor `default` nor `is defined` replaces that."""


class Scope:
    """Variables as an expression sees them: inner scopes of loops, the template's own, the context's."""

    __slots__ = (
        "budget",
        "context",
        "frames",
        "macros",
        "rendering",
        "resolve_or_missing",
        "source",
        "variables",
        "world",
    )

    def __init__(
        self, world: World, variables: Mapping[str, Any], source: str, budget: Budget, rendering: Rendering
    ) -> None:
        self.world = world
        self.variables = variables
        self.context = variables
        self.source = source
        self.budget = budget
        self.rendering = rendering
        self.frames: list[dict[str, Any]] = [{}]
        self.macros: dict[str, Callable[..., Any]] = {}
        self.resolve_or_missing = None

    def get(self, name: str, line: int = 1) -> Any:
        """A variable. Raises: UndefinedVariable."""
        for frame in reversed(self.frames):
            if name in frame:
                return frame[name]
        try:
            return self.variables[name]
        except KeyError:
            raise self.undefined(name, line) from None

    def assign(self, name: str, value: Any) -> None:
        """Sets a variable where it is defined, else in the innermost scope."""
        for frame in reversed(self.frames):
            if name in frame:
                frame[name] = value
                return
        self.frames[0 if name in self.variables else -1][name] = value

    def isolated(self) -> "Scope":
        """The scope of a macro's body: sees its arguments and other macros only."""
        inner = Scope(self.world, {}, self.source, self.budget, self.rendering)
        inner.macros = self.macros
        inner.context = self.context
        return inner

    def render(self, value: Any) -> Any:
        """Renders a value inside this rendering."""
        return self.rendering(value, self.context, self.budget)

    def undefined(self, name: str, line: int = 1) -> UndefinedVariable:
        """The error for a name that is not there. A line below 0: the name is part of an operand (`parser`)."""
        kind = UndefinedVariable if line > 0 else UndefinedOperand
        where = f"the expression `{excerpt(self.source, abs(line))}` at line {abs(line)}"
        return kind(f"Unable to find `{name}` used in {where}")


def excerpt(source: str, line: int) -> str:
    """The expression as a message shows it: all of a short one, else its line."""
    if len(source) <= 300 and source.count("\n") < 4:
        return source
    lines = source.split("\n")
    text = lines[min(line, len(lines)) - 1].strip()
    return text if len(text) <= 300 else f"{text[:297]}..."


class Loop:
    """`for`: walks over a list, or over a map's entries, in a scope of its own."""

    def __init__(self, scope: Scope, name: str, values: list[Any] | None) -> None:
        self.scope = scope
        self.name = name
        self.values = values
        self.is_empty = values is not None and not values

    def __iter__(self) -> Iterator[None]:
        values = self.values or []
        length, scope = len(values), self.scope
        frame: dict[str, Any] = {}
        scope.frames.append(frame)
        for index, value in enumerate(values):
            scope.budget.spend(5)
            frame[self.name] = value
            frame["loop"] = {
                "index": index,
                "first": index == 0,
                "last": index == length - 1,
                "length": length,
                "revindex": length - index - 1,
            }
            yield None
        scope.frames.pop()
