"""What a notification says about an execution. Pure; knows no channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from celeriac.core.dates import iso_duration, parse_duration


@dataclass(frozen=True, slots=True)
class Report:
    """An execution in words. state: FAILED also while the errors branch of a failed execution still runs."""

    execution_id: str
    namespace: str
    flow_id: str
    state: str
    started: str
    duration: str
    failed_tasks: tuple[str, ...]

    @classmethod
    def of(cls, execution: Mapping[str, Any], own_task: str = "") -> "Report":
        """From an execution as the API shows it; the task that reports does not count."""
        state = execution.get("state") or {}
        failed = tuple(
            dict.fromkeys(
                run["taskId"]
                for run in execution.get("taskRunList") or []
                if run["state"]["current"] == "FAILED" and run["taskId"] != own_task
            )
        )
        current = str(state.get("current", ""))
        return cls(
            execution_id=str(execution["id"]),
            namespace=str(execution["namespace"]),
            flow_id=str(execution["flowId"]),
            state="FAILED" if failed and current == "RUNNING" else current,
            started=str(state.get("startDate") or _first_date(state)),
            duration=_duration(state.get("duration")),
            failed_tasks=failed,
        )

    def headline(self) -> str:
        """One sentence."""
        what = f"{self.namespace}.{self.flow_id}, execution {self.execution_id}: {self.state}"
        return f"{what}, failed task {self.failed_tasks[0]}" if self.failed_tasks else what

    def fields(self) -> dict[str, str]:
        """{title: text}, without those that are empty."""
        found = {
            "Namespace": self.namespace,
            "Flow": self.flow_id,
            "Execution": self.execution_id,
            "State": self.state,
            "Failed task": ", ".join(self.failed_tasks),
            "Started": self.started,
            "Duration": self.duration,
        }
        return {title: text for title, text in found.items() if text}


def _first_date(state: Mapping[str, Any]) -> str:
    histories = state.get("histories") or [{}]
    return str(histories[0].get("date", ""))


def _duration(value: Any) -> str:
    if value is None or value == "":
        return ""
    try:
        return iso_duration(parse_duration(value))
    except ValueError:
        return str(value)
