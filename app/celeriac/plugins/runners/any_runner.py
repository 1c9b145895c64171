"""The type of a `taskRunner` property: the model that its `type` names."""

from typing import Annotated, Any

from pydantic import ValidationInfo, WrapValidator
from pydantic_core import PydanticCustomError

from celeriac.core.runner import RunnerType


def _typed_runner(value: Any, handler: Any, info: ValidationInfo) -> RunnerType:
    if isinstance(value, RunnerType):
        return value
    if not isinstance(value, dict):
        raise PydanticCustomError("runner", "a task runner is a mapping with `type`")
    kind = (info.context or {})["types"].runner(value.get("type"))
    return kind.model_validate(value, context=info.context)  # type: ignore[no-any-return] # the registry is untyped context


AnyRunner = Annotated[RunnerType, WrapValidator(_typed_runner)]
