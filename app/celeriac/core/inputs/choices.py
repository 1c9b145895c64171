"""Inputs whose value is chosen from a list."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.errors import CeleriacError
from celeriac.core.inputs.coerce import coerce
from celeriac.core.inputs.documents import ItemType
from celeriac.core.inputs.model import Input, InputModel, Render
from celeriac.core.inputs.shown import shown


class Choice(InputModel):
    """One value and the label that people see (None = the value)."""

    label: str | None = None
    value: str


def _choice(value: Any) -> Any:
    if isinstance(value, dict | Choice):
        return value
    if value is None or isinstance(value, list):
        raise PydanticCustomError("input", "a value is a text, or a mapping of `label` and `value`")
    return Choice(value=shown(value))


Choices = list[Annotated[Choice, BeforeValidator(_choice)]]


class _Chosen(Input):
    values: Choices | None = None
    expression: str | None = None
    allow_custom_value: bool = False
    auto_select_first: bool = False

    def choices(self, render: Render) -> list[str] | None:
        if self.expression is None:
            return _texts(self.values)
        try:
            found = render(self.expression)
        except CeleriacError as error:
            raise ValueError(f"{self.id}: Cannot render 'expression'. Cause: {error}") from error
        if not isinstance(found, list | tuple):
            raise ValueError(f"{self.id}: Invalid expression result. Expected a list of values")
        return [shown(item) for item in found if item is not None]

    def allowed(self, choices: Sequence[str] | None) -> Sequence[str] | None:
        """The values that pass; None = any."""
        if self.allow_custom_value:
            return None
        return choices if self.expression is not None else _texts(self.values)


class SelectInput(_Chosen):
    """One of a list; without values and expression any text passes.

    ENUM is the older name; an ENUM that is not required takes any text (Kestra 1.3, the last to know it).
    """

    empty_is_a_value: ClassVar[bool] = True

    type: Literal["SELECT", "ENUM"]
    is_radio: bool = False

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        allowed = self.allowed(choices)
        if allowed is not None and value not in allowed:
            raise ValueError(f"it must match the values `{shown(allowed)}`")

    def allowed(self, choices: Sequence[str] | None) -> Sequence[str] | None:
        return None if self.type == "ENUM" and not self.required else super().allowed(choices)

    def default_among(self, choices: Sequence[str] | None) -> Any:
        return choices[0] if self.defaults is None and self.auto_select_first and choices else self.defaults


class MultiselectInput(_Chosen):
    """Any number of a list. `options` is the older name of `values`."""

    checked_on_parsing: ClassVar[bool] = False

    type: Literal["MULTISELECT"]
    item_type: ItemType = "STRING"
    options: Choices | None = None

    def coerce(self, value: Any) -> Any:
        return coerce("MULTISELECT", value, item_type=self.item_type)

    def choices(self, render: Render) -> list[str] | None:
        return _texts(self.options) if self.options is not None else super().choices(render)

    def allowed(self, choices: Sequence[str] | None) -> Sequence[str] | None:
        return choices if self.options is not None and not self.allow_custom_value else super().allowed(choices)

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        allowed = self.allowed(choices)
        for item in value:
            if allowed is not None and shown(item) not in allowed:
                raise ValueError(f"value `{shown(item)}` doesn't match the values `{shown(allowed)}`")

    def default_among(self, choices: Sequence[str] | None) -> Any:
        return [choices[0]] if self.defaults is None and self.auto_select_first and choices else self.defaults

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if self.values is not None and self.options is not None:
            raise PydanticCustomError("input", "you can't define both `values` and `options`")
        return self


def _texts(values: Sequence[Choice] | None) -> list[str] | None:
    return None if values is None else [choice.value for choice in values]
