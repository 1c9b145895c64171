"""What all tabs of a flow show around them, also when this version does not accept what is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from celeriac.core.errors import FlowInvalid
from celeriac.core.flow import Flow
from celeriac.web.api import celeriac


@dataclass(frozen=True, slots=True)
class UnreadableFlow:
    """Stands for what was stored as a flow, by an older version say, and is none any more."""

    namespace: str
    id: str
    disabled: bool = False


ShownFlow = Flow | UnreadableFlow


def framed(namespace: str, flow_id: str) -> Mapping[str, Any]:
    """`flow` is a ShownFlow; `faults`: why it would not be accepted now. Raises: FlowNotFound."""
    flows = celeriac().flows
    revision = flows.stored(namespace, flow_id).revision
    flow: ShownFlow
    try:
        flow = flows.index(namespace, flow_id, revision).flow
    except FlowInvalid:
        flow = UnreadableFlow(namespace, flow_id)
    return {
        "flow": flow,
        "is_readable": isinstance(flow, Flow),
        "revision": revision,
        "unsupported": flows.unsupported(namespace, flow_id, revision),
        "faults": flows.problems(namespace, flow_id, revision),
    }
