"""Starts an execution for each call of a URL."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.trigger_type import TriggerType

CONTENT_TYPES = ("application/json", "text/plain")


class Webhook(TriggerType):
    """Starts an execution for each call of `/executions/webhook/{namespace}/{flowId}/{key}`.

    Example:
        id: webhook
        namespace: examples
        tasks:
          - {id: log, type: io.kestra.plugin.core.log.Log, message: "Called with {{ trigger.body ?? 'nothing' }}"}
        triggers:
          - id: called
            type: io.kestra.plugin.core.trigger.Webhook
            key: a-long-secret-text
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.trigger.Webhook"

    key: Annotated[str, StringConstraints(max_length=256)]
    wait: bool = False
    return_outputs: bool = False
    response_content_type: str | None = None
    response_code: Annotated[int | None, Field(ge=100, le=599)] = None

    @model_validator(mode="after")
    def _valid(self) -> Self:
        if not self.key.strip():
            raise PydanticCustomError("webhook", "must not be blank", {"at": "key"})
        if self.response_content_type not in (None, *CONTENT_TYPES):
            allowed = " or ".join(f"'{name}'" for name in CONTENT_TYPES)
            text = "invalid webhook: responseContentType must be either {allowed}"
            raise PydanticCustomError("webhook", text, {"allowed": allowed, "at": "responseContentType"})
        if any(condition.type.endswith("MultipleCondition") for condition in self.conditions):
            text = "invalid webhook: conditions of type MultipleCondition are not supported"
            raise PydanticCustomError("webhook", text, {"at": "conditions"})
        return self
