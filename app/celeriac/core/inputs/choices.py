"""Inputs whose value is chosen from a list."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.inputs.coerce import coerce, shown
from celeriac.core.inputs.model import Input, InputModel


class Choice(InputModel):
    """One value with the label that people see."""

    label: str
    value: str


def _choice(value: Any) -> Any:
    if isinstance(value, dict | Choice):
        return value
    if value is None or isinstance(value, list):
        raise PydanticCustomError("input", "a value is a text, or a mapping of `label` and `value`")
    return Choice(label=shown(value), value=shown(value))


Choices = list[Annotated[Choice, BeforeValidator(_choice)]]


class _Chosen(Input):
    values: Choices | None = None
    expression: str | None = None
    allow_custom_value: bool = False
    auto_select_first: bool = False

    def variables_needed(self) -> Mapping[str, Any]:
        return {} if self.expression is None else {"expression": self.expression}

    @property
    def texts(self) -> list[str]:
        """The values that the flow lists, without labels."""
        return [choice.value for choice in self.values or ()]


class SelectInput(_Chosen):
    """One of a list. ENUM is the older name."""

    empty_is_a_value: ClassVar[bool] = True

    type: Literal["SELECT", "ENUM"]
    is_radio: bool = False

    def check(self, value: Any, choices: Sequence[str] = ()) -> None:
        allowed = list(choices) if self.expression is not None else self.texts
        if not self.allow_custom_value and value not in allowed:
            raise ValueError(f"it must match the values `{shown(allowed)}`")


class MultiselectInput(_Chosen):
    """Any number of a list. `options` is the older name of `values`."""

    type: Literal["MULTISELECT"]
    item_type: str = "STRING"
    options: Choices | None = None

    @property
    def texts(self) -> list[str]:
        return [choice.value for choice in self.values or self.options or ()]

    def coerce(self, value: Any) -> Any:
        return coerce("MULTISELECT", value, item_type=self.item_type)

    def check(self, value: Any, choices: Sequence[str] = ()) -> None:
        allowed = list(choices) if self.expression is not None else self.texts
        for item in () if self.allow_custom_value else value:
            if shown(item) not in allowed:
                raise ValueError(f"value `{shown(item)}` doesn't match the values `{shown(allowed)}`")

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if self.values is not None and self.options is not None:
            raise PydanticCustomError("input", "you can't define both `values` and `options`")
        return self
