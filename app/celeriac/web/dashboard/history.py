"""Every state that an execution and its task runs have entered, in order of time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celeriac.web.dashboard.moments import at


@dataclass(frozen=True, slots=True)
class Event:
    """A state was entered. after_s: seconds since the start. task_id: empty for the execution itself."""

    when: datetime
    after_s: float
    state: str
    task_id: str = ""
    value: str | None = None
    task_run_id: str = ""


def events(execution: Mapping[str, Any], runs: Sequence[Mapping[str, Any]]) -> list[Event]:
    """The events of an execution and of its task runs; those of one thing keep their order, whatever clocks say."""
    start = at(execution["state"]["startDate"])
    assert start is not None
    found = [Event(when, _after(start, when), state) for when, state in _entered(execution)]
    for run in runs:
        found += [
            Event(when, _after(start, when), state, run["taskId"], run["value"], run["id"])
            for when, state in _entered(run)
        ]
    return sorted(found, key=lambda event: event.when)


def _entered(thing: Mapping[str, Any]) -> list[tuple[datetime, str]]:
    entered: list[tuple[datetime, str]] = []
    for entry in thing["state"]["histories"]:
        when = at(entry["date"])
        if when is not None:
            entered.append((max(when, entered[-1][0]) if entered else when, entry["state"]))
    return entered


def _after(start: datetime, when: datetime) -> float:
    return max(0.0, (when - start).total_seconds())
