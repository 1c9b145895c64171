"""Conditions of triggers (Kestra up to 1.x). Condition types subclass ConditionType, one per `type:`."""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, WrapValidator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError


class ConditionType(BaseModel):
    """Properties that every condition has."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True
    )

    type_name: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()

    type: str


def _typed_condition(value: Any, handler: Any, info: ValidationInfo) -> ConditionType:
    if not isinstance(value, dict):
        raise PydanticCustomError("condition", "a condition is a mapping with `type`")
    kind = (info.context or {})["types"].condition(value.get("type"))
    return kind.model_validate(value, context=info.context)  # type: ignore[no-any-return] # the registry is untyped context


AnyCondition = Annotated[ConditionType, WrapValidator(_typed_condition)]
