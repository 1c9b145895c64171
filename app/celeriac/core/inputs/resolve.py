"""From what was given to the values of all inputs: order, conditions, defaults, types, validators.

Source: Kestra 2.0. A default, a condition or an expression sees the inputs that its `dependsOn` names; every other
input that has a default is empty there, and one that has none is undefined.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from celeriac.core.errors import CeleriacError, Problem
from celeriac.core.inputs.coerce import coerce
from celeriac.core.inputs.declared import dependencies_first
from celeriac.core.inputs.given import flatten, unknown_warning
from celeriac.core.inputs.model import Input, Render, StoreFile
from celeriac.core.inputs.values import nest

RenderWith = Callable[[Any, Mapping[str, Any]], Any]
"""render(template, variables) → its typed value. Raises: CeleriacError."""


@dataclass(frozen=True, slots=True)
class ResolvedInput:
    """One input, for forms and for those that need more than the values.

    value: None = none. enabled: False = `dependsOn` switched it off; it keeps a default all the same.
    choices: what may be chosen, None = anything. error: why it was refused or its condition failed.
    """

    id: str
    value: Any = None
    enabled: bool = True
    choices: tuple[str, ...] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """values: nested by the dots of the ids; None = optional and not given; an input that is off is absent."""

    values: dict[str, Any]
    warnings: list[str]
    problems: list[Problem]
    inputs: tuple[ResolvedInput, ...] = ()
    unknown: tuple[str, ...] = ()


def resolve(
    inputs: Sequence[Input], given: Mapping[str, Any], render: RenderWith, *, store_file: StoreFile | None = None
) -> Resolved:
    """Resolves every input; all problems at once, none raised.

    given: by id, or nested like the ids. store_file None: nothing is stored, a sent file gets a URI for show.
    """
    flat, unknown = flatten(inputs, given)
    run = _Resolution({declared.id: declared for declared in inputs}, flat, render, store_file)
    for declared in dependencies_first(inputs):
        run.add(declared)
    run.warnings.extend(unknown_warning(name, run.declared) for name in unknown)
    found = tuple(run.done[declared.id] for declared in inputs)
    shown = {item.id: item.value for item in found if item.enabled or item.value is not None}
    return Resolved(nest(shown), run.warnings, run.problems, found, tuple(unknown))


@dataclass(slots=True)
class _Resolution:
    declared: Mapping[str, Input]
    given: Mapping[str, Any]
    render: RenderWith
    store_file: StoreFile | None
    done: dict[str, ResolvedInput] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, declared: Input) -> None:
        visible = self._visible(declared)

        def render(template: Any) -> Any:
            return self.render(template, visible)

        try:
            enabled, error = self._is_enabled(declared, render), None
        except CeleriacError as cause:
            enabled, error = False, f"Invalid condition: {cause}"
        if enabled:
            self.done[declared.id] = self._enabled(declared, render)
            return
        if self.given.get(declared.id) is not None:
            self.warnings.append(
                f"Input `{declared.id}` does not apply (see its `dependsOn`): the given value is dropped"
            )
        self.done[declared.id] = self._disabled(declared, render, error)

    def _visible(self, declared: Input) -> dict[str, Any]:
        needed = declared.depends_on.inputs if declared.depends_on else []
        seen: dict[str, Any] = {other.id: None for other in self.declared.values() if other.defaults is not None}
        for name in needed:
            found = self.done.get(name)
            if found is not None:
                seen[name] = None if found.value is None else self.declared[name].printed(found.value)
        return {"inputs": nest(seen)}

    def _is_enabled(self, declared: Input, render: Render) -> bool:
        depends_on = declared.depends_on
        if depends_on is None:
            return True
        for name in depends_on.inputs:
            found = self.done.get(name)
            if found is None or not found.enabled or found.value is None:
                return False
        return depends_on.condition is None or render(depends_on.condition) is True

    def _enabled(self, declared: Input, render: Render) -> ResolvedInput:
        choices: list[str] | None = None
        try:
            choices = declared.choices(render)
            value = self._value(declared, choices, render)
        except (ValueError, CeleriacError) as error:
            message = f"Invalid value for input `{declared.id}`. Cause: {error}"
        else:
            if value is not None or not self._is_missing(declared):
                return ResolvedInput(declared.id, value, choices=_frozen(choices))
            message = f"Missing required input:{declared.id}"
        self.problems.append(Problem(message, path=f"inputs.{declared.id}"))
        return ResolvedInput(declared.id, choices=_frozen(choices), error=message)

    def _disabled(self, declared: Input, render: Render, error: str | None) -> ResolvedInput:
        if error is not None:
            self.warnings.append(f"Input `{declared.id}`: {error}")
        try:
            value = _default(declared, declared.defaults, render)
        except (ValueError, CeleriacError) as cause:
            return ResolvedInput(declared.id, enabled=False, error=error or str(cause))
        return ResolvedInput(declared.id, value, enabled=False, error=error)

    def _value(self, declared: Input, choices: list[str] | None, render: Render) -> Any:
        given = self.given.get(declared.id)
        if given is not None and (given != "" or declared.empty_is_a_value):
            value = declared.receive(given, self.store_file)
        else:
            value = _default(declared, declared.default_among(choices), render)
        if value is not None:
            declared.check(value, choices)
        return value

    def _is_missing(self, declared: Input) -> bool:
        return declared.required and self.given.get(declared.id) in (None, "")


def _default(declared: Input, default: Any, render: Render) -> Any:
    if default is None:
        return None
    value = render(default) if isinstance(default, str) else _leaves(default, render)
    if declared.empty_is_a_value:
        return declared.coerce("" if value is None else value)
    return None if value is None or value == "" else declared.coerce(value)


def _leaves(value: Any, render: Render) -> Any:
    if isinstance(value, str):
        rendered = render(value)
        return None if rendered is None else coerce("STRING", rendered)
    if isinstance(value, list):
        return [_leaves(item, render) for item in value]
    if isinstance(value, dict):
        return {key: _leaves(item, render) for key, item in value.items()}
    return value


def _frozen(choices: list[str] | None) -> tuple[str, ...] | None:
    return None if choices is None else tuple(choices)
