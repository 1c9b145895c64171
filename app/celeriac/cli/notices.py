"""What a person should know before a flow starts: triggers that stay silent, where scripts run."""

from collections.abc import Iterable

from celeriac.cli.engine import EngineCheck
from celeriac.core.flow import Flow


def trigger_notice(flow: Flow) -> str:
    """One line on the triggers, which `run` does not start; empty without triggers."""
    names = ", ".join(trigger.id for trigger in flow.triggers)
    return f"`celeriac run` starts one execution now and no triggers ({names})" if names else ""


def runner_notice(flows: Iterable[Flow], check: EngineCheck) -> str:
    """One line when tasks that name no runner run as processes for lack of an engine; else empty."""
    if check.url or not any(_leaves_runner_open(flow) for flow in flows):
        return ""
    return f"no Docker engine ({check.reason}): tasks that name no taskRunner run as processes of this machine"


def _leaves_runner_open(flow: Flow) -> bool:
    return any(getattr(task, "task_runner", False) is None for task, _parent in flow.walk())
