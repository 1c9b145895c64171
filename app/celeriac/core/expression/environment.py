"""The expression language put together: a sandboxed Jinja environment whose compiled templates call its operations.

No node of a template reaches a Python attribute: access goes through `access`, calls through the tables of filters,
functions, tests and methods. The sandbox of Jinja stays below as a second wall.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

from jinja2 import Template, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from celeriac.core.errors import ExpressionError, UndefinedVariable
from celeriac.core.expression import access, operators
from celeriac.core.expression.binding import bindings
from celeriac.core.expression.checks import CHECKS, is_blank
from celeriac.core.expression.codegen import PebbleCodeGenerator
from celeriac.core.expression.filters import FILTERS
from celeriac.core.expression.functions import FUNCTIONS
from celeriac.core.expression.lexer import PebbleLexer
from celeriac.core.expression.operators import bounded, is_list
from celeriac.core.expression.printing import Entry, to_text
from celeriac.core.expression.scope import Loop, Scope, UndefinedOperand
from celeriac.core.expression.statements import TemplateParser

_LONGEST_CACHED = 16 * 1024
"""Longest text, in characters, whose template is kept."""
Lazy = Callable[[], Any]


class ExpressionEnvironment(ImmutableSandboxedEnvironment):
    """Compiles texts; its methods with a scope first are what compiled templates call."""

    code_generator_class = PebbleCodeGenerator

    add = staticmethod(operators.add)
    subtract = staticmethod(operators.subtract)
    multiply = staticmethod(operators.multiply)
    divide = staticmethod(operators.divide)
    modulo = staticmethod(operators.modulo)
    negate = staticmethod(operators.negate)
    positive = staticmethod(operators.positive)
    concatenate = staticmethod(operators.concatenate)
    interval = staticmethod(operators.interval)
    equal = staticmethod(operators.equal)
    unequal = staticmethod(operators.unequal)
    less = staticmethod(operators.less)
    greater = staticmethod(operators.greater)
    at_most = staticmethod(operators.at_most)
    at_least = staticmethod(operators.at_least)
    contains = staticmethod(operators.contains)
    is_in = staticmethod(operators.is_in)
    truth = staticmethod(operators.truth)
    choice = staticmethod(operators.choice)
    attribute = staticmethod(access.attribute)
    item = staticmethod(access.item)
    method = staticmethod(access.method)
    variable = staticmethod(Scope.get)
    assign = staticmethod(Scope.assign)

    def __init__(self) -> None:
        super().__init__(optimized=False, cache_size=0, keep_trailing_newline=True)
        self._filters = bindings("filter", FILTERS, own=2)
        self._checks = bindings("test", CHECKS, own=2)
        self._functions = bindings("function", FUNCTIONS, own=1)

    @cached_property
    def lexer(self) -> PebbleLexer:
        """Pebble's tokens."""
        return PebbleLexer(self)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return TemplateParser(self.lexer.tokenize(source, name, filename)).template()

    def compiled(self, source: str) -> Template:
        """The template of a text. Raises: TemplateSyntaxError."""
        return self._cached(source) if len(source) <= _LONGEST_CACHED else self.from_string(source)

    @lru_cache(maxsize=4096)  # noqa: B019 (one environment a process)
    def _cached(self, source: str) -> Template:
        return self.from_string(source)

    def filter(
        self, scope: Scope, name: str, value: Any, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """`value | name(…)`."""
        binding = self._filters.get(name)
        if binding is None:
            raise ExpressionError(f"Filter [{name}] does not exist")
        _spend(scope, value)
        return binding((scope, value), args, kwargs)

    def test(
        self, scope: Scope, name: str, value: Any, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """`value is name(…)`."""
        binding = self._checks.get(name)
        if binding is None:
            raise ExpressionError(f"Test [{name}] does not exist")
        _spend(scope, value)
        return binding((scope, value), args, kwargs)

    def function(self, scope: Scope, name: str, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None) -> Any:
        """`name(…)`: a macro or a function."""
        scope.budget.spend(5)
        if name in scope.macros:
            return scope.macros[name](args, kwargs or {})
        binding = self._functions.get(name)
        if binding is None:
            raise ExpressionError(f"Function or macro [{name}] does not exist")
        return binding((scope,), args, kwargs)

    def coalesce(self, scope: Scope, left: Lazy, right: Lazy) -> Any:
        """`??`: the right side when the left is undefined or null."""
        try:
            value = left()
        except UndefinedOperand:
            raise
        except UndefinedVariable:
            return right()
        return right() if value is None else value

    def coalesce_undefined(self, scope: Scope, left: Lazy, right: Lazy) -> Any:
        """`???`: the right side when the left is undefined."""
        try:
            return left()
        except UndefinedOperand:
            raise
        except UndefinedVariable:
            return right()

    def default(self, scope: Scope, value: Lazy, default: Lazy | None = None) -> Any:
        """The filter `default`: for undefined, null, blank texts, empty lists and maps."""
        try:
            found = value()
        except UndefinedOperand:
            raise
        except UndefinedVariable:
            found = None
        return default() if default is not None and is_blank(found) else found

    def defined(self, scope: Scope, value: Lazy) -> bool:
        """`is defined`: there, and not null."""
        try:
            return value() is not None
        except UndefinedOperand:
            raise
        except UndefinedVariable:
            return False

    def mapping(self, scope: Scope, *pairs: Any) -> dict[str, Any]:
        """A map literal, its keys and values in turn."""
        return {to_text(key): value for key, value in zip(pairs[::2], pairs[1::2], strict=True)}

    def loop(self, scope: Scope, name: str, values: Any) -> Loop:
        """What `for` walks over."""
        if isinstance(values, Mapping):
            values = [Entry(key, values[key]) for key in values]
        elif values is not None and not is_list(values):
            raise ExpressionError(f"Cannot loop over `{to_text(values)[:100]}`: expected a list or a map")
        return Loop(scope, name, values)

    def macro(
        self,
        scope: Scope,
        name: str,
        body: Callable[[Scope], Iterator[Any]],
        names: Sequence[str],
        defaults: Sequence[Lazy],
    ) -> None:
        """Registers a macro (`_block_x` for blocks, which see the scope around them)."""

        def call(args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
            if len(args) > len(names) or not set(kwargs) <= set(names):
                raise ExpressionError(f"The macro `{name}` takes the arguments {', '.join(names) or 'none'}")
            inner = scope if name.startswith("_block_") else scope.isolated()
            given = {**dict(zip(names, args, strict=False)), **kwargs}
            for parameter, default in zip(names, defaults, strict=True):
                inner.frames[0][parameter] = given[parameter] if parameter in given else default()
            scope.budget.enter()
            text = self.printed(inner, body(inner))
            scope.budget.leave()
            return text

        scope.macros[name] = call

    def block(self, scope: Scope, name: str) -> str:
        """The text of a block."""
        return str(scope.macros[f"_block_{name}"]((), {}))

    def printed(self, scope: Scope, parts: Iterable[Any]) -> str:
        """Parts of a template as one text."""
        return bounded(scope, "".join(to_text(part) for part in parts))


@lru_cache(maxsize=1)
def environment() -> ExpressionEnvironment:
    """The environment of this process."""
    return ExpressionEnvironment()


def _spend(scope: Scope, value: Any) -> None:
    sized = is_list(value) or isinstance(value, str | Mapping)
    scope.budget.spend(5 + len(value) // 500 if sized else 5)
