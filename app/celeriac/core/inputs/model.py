"""What every declared input has: its id, whether it must be given, its default and the inputs it depends on."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from celeriac.core.inputs.coerce import coerce

InputId = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][.a-zA-Z0-9_-]*$")]


class InputModel(BaseModel):
    """Base of what stands below `inputs:`: frozen, unknown properties are errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True
    )


class DependsOn(InputModel):
    """The inputs that come first, and the condition under which this one is asked for."""

    inputs: Annotated[list[str], Field(min_length=1)]
    condition: str | None = None


class Input(InputModel):
    """A declared input. Dots in the id nest its value: `{{ inputs.a.b }}`."""

    empty_is_a_value: ClassVar[bool] = False
    """True when an empty text is a value of the type; otherwise it counts as not given."""
    secret: ClassVar[bool] = False

    id: Annotated[InputId, Field(validation_alias=AliasChoices("id", "name"))]
    type: str
    description: str | None = None
    display_name: Annotated[str | None, StringConstraints(max_length=64)] = None
    required: bool = True
    defaults: Any = None
    prefill: Any = None
    depends_on: DependsOn | None = None

    def coerce(self, value: Any) -> Any:
        """The typed value of what was given. Raises: ValueError with the reason."""
        return coerce(self.type, value)

    def check(self, value: Any, choices: Sequence[str] = ()) -> None:
        """Applies the validators to a typed value; `choices` are those of an expression. Raises: ValueError."""

    def variables_needed(self) -> Mapping[str, Any]:
        """Expressions beside the default that must be rendered before `check`, {property: template}."""
        return {}

    @model_validator(mode="after")
    def _one_default(self) -> Self:
        if self.defaults is not None and self.prefill is not None:
            raise PydanticCustomError("input", "Inputs with a default value cannot also have a prefill.")
        return self
