"""Checks of a flow: expressions that decide, before an execution is created, whether it may be."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError


class CheckBehavior(StrEnum):
    """What a check that does not hold leads to; of several, the first of this list wins."""

    BLOCK_EXECUTION = "BLOCK_EXECUTION"
    FAIL_EXECUTION = "FAIL_EXECUTION"
    CREATE_EXECUTION = "CREATE_EXECUTION"


class CheckStyle(StrEnum):
    """How the message is shown."""

    ERROR = "ERROR"
    SUCCESS = "SUCCESS"
    WARNING = "WARNING"
    INFO = "INFO"


def _boolean_text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


class Check(BaseModel):
    """Holds when `condition` (`when` in 2.0) renders to exactly true."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True
    )

    message: Annotated[str, StringConstraints(min_length=1)]
    condition: Annotated[
        str | None, BeforeValidator(_boolean_text), Field(validation_alias=AliasChoices("condition", "when"))
    ] = None
    style: CheckStyle = CheckStyle.INFO
    behavior: CheckBehavior = CheckBehavior.BLOCK_EXECUTION

    @model_validator(mode="after")
    def _has_condition(self) -> Self:
        if not self.condition:
            raise PydanticCustomError("check", "a check needs a `condition`")
        return self
