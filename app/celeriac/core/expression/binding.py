"""Filters, tests and functions as flows call them: positional and named arguments in camelCase → a Python function."""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celeriac.core.errors import ExpressionError


class Binding:
    """One function with the argument names that flows use.

    The Python function takes the scope first, a filter or test then its value, then the arguments of the flow's author:
    `time_zone` is written `timeZone`, `from_` is written `from`.
    """

    __slots__ = ("_function", "_kind", "_most", "_name", "_names", "_required", "_takes_all")

    def __init__(self, kind: str, name: str, function: Callable[..., Any], own: int) -> None:
        parameters = list(inspect.signature(function).parameters.values())[own:]
        self._kind = kind
        self._name = name
        self._function = function
        self._takes_all = any(parameter.kind is parameter.VAR_POSITIONAL for parameter in parameters)
        named = [parameter for parameter in parameters if parameter.kind is not parameter.VAR_POSITIONAL]
        self._names = {
            spelling: parameter.name for parameter in named for spelling in (parameter.name, _camel(parameter.name))
        }
        self._required = [parameter.name for parameter in named if parameter.default is parameter.empty]
        self._most = len(named)

    def __call__(self, own: tuple[Any, ...], args: Sequence[Any], kwargs: Mapping[str, Any] | None) -> Any:
        """Raises: ExpressionError for arguments that do not fit."""
        if len(args) > self._most and not self._takes_all:
            if self._most:
                raise ExpressionError(f"The {self._kind} `{self._name}` takes at most {self._most} arguments")
            args = ()
        named = {self._python_name(name): value for name, value in kwargs.items()} if kwargs else {}
        for missing in self._required[len(args) :]:
            if missing not in named:
                raise ExpressionError(f"The {self._kind} `{self._name}` expects an argument `{_camel(missing)}`")
        return self._function(*own, *args, **named)

    def _python_name(self, name: str) -> str:
        if name not in self._names:
            raise ExpressionError(f"The {self._kind} `{self._name}` has no argument `{name}`")
        return self._names[name]


def bindings(kind: str, functions: Mapping[str, Callable[..., Any]], own: int) -> dict[str, Binding]:
    """{name: binding} for {name: function}; `own` = how many leading parameters are not the author's."""
    return {name: Binding(kind, name, function, own) for name, function in functions.items()}


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name.removesuffix("_"))
