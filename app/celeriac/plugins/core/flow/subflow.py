"""Another flow as a step."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from celeriac.core.dynamic import Dynamic
from celeriac.core.flow import Mode, Task


class RestartBehavior(StrEnum):
    """What a restart of the parent does with a failed child."""

    RETRY_FAILED = "RETRY_FAILED"
    NEW_EXECUTION = "NEW_EXECUTION"


class Subflow(Task):
    """Starts another flow and, unless `wait` is false, takes over its state and its outputs.

    Outputs: executionId; with wait also state and outputs. transmitFailed false: SUCCESS whatever the child's state.

    Example:
        id: subflow
        namespace: examples
        tasks:
          - id: child
            type: io.kestra.plugin.core.flow.Subflow
            namespace: examples
            flowId: sequential
            wait: true
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.flow.Subflow"
    mode: ClassVar[Mode] = Mode.CHILD

    namespace: Dynamic[str]
    flow_id: Dynamic[str]
    revision: Dynamic[int] | None = None
    inputs: Dynamic[dict[str, Any]] | None = None
    labels: Dynamic[Any] = None
    wait: Dynamic[bool] = True
    transmit_failed: Dynamic[bool] = True
    inherit_labels: Dynamic[bool] = False
    restart_behavior: RestartBehavior = RestartBehavior.RETRY_FAILED
    outputs: Annotated[dict[str, Any] | None, BeforeValidator(lambda value: value)] = None
    """Deprecated: {name: expression rendered with the outputs of the child's tasks}."""
