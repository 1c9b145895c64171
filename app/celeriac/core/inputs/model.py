"""What every declared input has: its id, whether it must be given, its default and the inputs it depends on."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Annotated, Any, ClassVar, Self

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from celeriac.core.inputs.coerce import coerce
from celeriac.core.inputs.shown import shown

InputId = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][.a-zA-Z0-9_-]*$")]
Render = Callable[[Any], Any]
"""render(template) → its value; a text that is one expression keeps the type of the value. Raises: CeleriacError."""
StoreFile = Callable[[str, Any], str]
"""store_file(input id, path object or stream) → URI. Raises: OSError; ValueError with the reason."""


class InputModel(BaseModel):
    """Base of what stands below `inputs:`: frozen, unknown properties are errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True
    )


def _condition(value: Any) -> Any:
    return shown(value) if isinstance(value, bool) else value


class DependsOn(InputModel):
    """The inputs that come first, and the condition under which this one is asked for."""

    inputs: list[str] = []
    condition: Annotated[str | None, BeforeValidator(_condition)] = None


class Input(InputModel):
    """A declared input. Dots in the id nest its value: `{{ inputs.a.b }}`.

    defaults: a value or an expression, applied when nothing is given; prefill only fills forms.
    """

    empty_is_a_value: ClassVar[bool] = False
    """True when an empty text is a value of the type; otherwise it counts as not given."""
    checked_on_parsing: ClassVar[bool] = True
    """True when a literal default that does not fit is an error of the file (as for Kestra 2.0)."""
    secret: ClassVar[bool] = False

    id: Annotated[InputId, Field(validation_alias=AliasChoices("id", "name"))]
    type: str
    description: str | None = None
    display_name: str | None = None
    required: bool = True
    defaults: Any = None
    prefill: Any = None
    depends_on: DependsOn | None = None

    def receive(self, value: Any, store_file: StoreFile | None) -> Any:
        """The typed value of what was given. Raises: ValueError with the reason."""
        if isinstance(value, PurePath):
            raise ValueError(f"a file was sent for an input of type {self.type}")
        return self.coerce(value)

    def coerce(self, value: Any) -> Any:
        """The typed value of a default. Raises: ValueError with the reason."""
        return coerce(self.type, value)

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        """Applies the validators to a typed value. Raises: ValueError with the reason."""

    def choices(self, render: Render) -> list[str] | None:
        """The values to choose from; None = anything. Raises: ValueError, CeleriacError."""
        return None

    def default_among(self, choices: Sequence[str] | None) -> Any:
        """The default as written; it may hold expressions."""
        return self.defaults

    def printed(self, value: Any) -> Any:
        """A typed value as the default of a dependent input sees it."""
        return value

    @model_validator(mode="after")
    def _default_fits(self) -> Self:
        if self.defaults is not None and self.prefill is not None:
            raise PydanticCustomError("input", "Inputs with a default value cannot also have a prefill.")
        if self.defaults is None or not self.checked_on_parsing or has_expression(self.defaults):
            return self
        try:
            value = self.coerce(self.defaults)
        except ValueError as error:
            raise _bad_default(self.id, f"`{shown(self.defaults)}` is not a valid {self.type} value") from error
        try:
            self.check(value)
        except ValueError as error:
            raise _bad_default(self.id, str(error)) from error
        return self


def has_expression(value: Any) -> bool:
    """True when the value holds a text that is a template."""
    if isinstance(value, str):
        return "{{" in value or "{%" in value or "{#" in value
    if isinstance(value, dict):
        return any(map(has_expression, value.values()))
    return isinstance(value, list) and any(map(has_expression, value))


def _bad_default(input_id: str, reason: str) -> PydanticCustomError:
    return PydanticCustomError(
        "input_default", "Invalid default for input '{id}': {reason}", {"id": input_id, "reason": reason}
    )
