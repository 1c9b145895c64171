"""What the real engines did when somebody restarted, replayed, paused or killed an execution, over ours."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from celeriac.core.errors import CeleriacError
from celeriac.core.state import State
from celeriac.flowfile import parse
from celeriac.plugins.discovery import discover
from conformance.cases import Case, checker, lifecycle
from conformance.test_conformance import converted, given, read
from real_engine import Ended, RealEngine

pytestmark = pytest.mark.conformance
STEPS = {
    "execute",
    "wait_state",
    "restart",
    "replay",
    "mark_as",
    "resume",
    "pause",
    "kill",
    "change_status",
    "force_run",
}
ENDS = {"SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED"}
CHECKED = ("state", "taskruns", "task_states", "outputs", "attempts", "absent_tasks", "execution_labels")


def selected() -> Iterator[Case]:
    """Cases of steps and task types that are built."""
    types = discover()
    for case in lifecycle():
        if {step["do"] for step in case.data["actions"]} <= STEPS and not case.data.get("skip"):
            parsed = [parse(source, types) for source in (case.source, *case.needs)]
            if not any(one.unsupported or one.flow is None or one.flow.triggers or one.flow.sla for one in parsed):
                yield case


@dataclass
class Story:
    """A case as it is played. execution_id: of the last execution that was started. error: of the last step."""

    engine: RealEngine
    case: Case
    folder: Path
    flow: tuple[str, str] = ("", "")
    ids: list[str] = field(default_factory=list)
    error: CeleriacError | None = None

    @property
    def execution_id(self) -> str:
        return self.ids[-1]

    def do(self, step: Mapping[str, Any]) -> None:
        """One step; a refusal is kept."""
        try:
            getattr(self, f"_{step['do']}")(step)
        except CeleriacError as error:
            self.error = error

    def look(self) -> Ended:
        return self.engine.look(self.execution_id)

    def _execute(self, step: Mapping[str, Any]) -> None:
        self.engine.register(*self.case.needs)
        flow = self.engine.app.flows.register(self.case.source)
        values, files = given(self.case.data.get("inputs") or {}, self.folder)
        started = self.engine.app.executions.start(flow.namespace, flow.id, values, file_inputs=files)
        self.ids.append(started)

    def _wait_state(self, step: Mapping[str, Any]) -> None:
        wanted = step["state"]
        for execution_id in self.ids if step.get("all") else self.ids[-1:]:
            self.engine.wait_for(lambda one=execution_id: self._is_in(one, wanted), f"{execution_id} to be {wanted}")

    def _is_in(self, execution_id: str, wanted: str) -> bool:
        execution = self.engine.execution(execution_id)
        if wanted in ENDS:
            return execution.done_us is not None and execution.state == wanted
        return wanted in [state for state, _ in execution.histories]

    def _restart(self, step: Mapping[str, Any]) -> None:
        self.ids.append(self.engine.app.executions.restart(self.execution_id, step.get("revision")))

    def _replay(self, step: Mapping[str, Any]) -> None:
        run_id = step["taskrun_id"] if "taskrun_id" in step else self._run_id(step)
        self.ids.append(self.engine.app.executions.replay(self.execution_id, run_id))

    def _mark_as(self, step: Mapping[str, Any]) -> None:
        self.engine.app.executions.change_task_run_state(self.execution_id, self._run_id(step), State(step["state"]))

    def _run_id(self, step: Mapping[str, Any]) -> str:
        document = self.look().document
        runs = {run["id"]: run for run in document["taskRunList"]}
        found = [run for run in runs.values() if run["taskId"] == step["task"]]
        for run in found:
            if "value" not in step or chain(runs, run) == step["value"]:
                return str(run["id"])
        raise AssertionError(f"no task run for {step}")

    def _resume(self, step: Mapping[str, Any]) -> None:
        values, files = given({**step.get("inputs", {}), **step.get("files", {})}, self.folder)
        for path in files.values():
            path.write_text(path.read_text().replace("<content: execution id>", self.execution_id))
        self.engine.app.executions.resume(self.execution_id, values, file_inputs=files)

    def _pause(self, step: Mapping[str, Any]) -> None:
        self.engine.app.executions.pause(self.execution_id)
        self._wait_state({"state": "PAUSED"})

    def _kill(self, step: Mapping[str, Any]) -> None:
        self.engine.app.executions.kill(self.execution_id)

    def _change_status(self, step: Mapping[str, Any]) -> None:
        self.engine.app.executions.change_state(self.execution_id, State(step["state"]))

    def _force_run(self, step: Mapping[str, Any]) -> None:
        self.engine.app.executions.force_run(self.execution_id)


def chain(runs: Mapping[str, Any], run: Mapping[str, Any]) -> list[str]:
    """The loop values around a task run, its own included, outermost first."""
    above = chain(runs, runs[run["parentTaskRunId"]]) if run["parentTaskRunId"] else []
    return [*above, run["value"]] if run["value"] is not None else above


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in selected()])
def test_operations_come_out_as_in_the_real_engine(case: Case, engine: RealEngine, tmp_path: Path) -> None:
    story, expect = Story(engine, case, tmp_path), case.data["expect"]

    for step in case.data["actions"]:
        story.do(step)
        check_call(story, step, expect.get(f"after_{step['do']}_call") or {})

    if int(expect.get("http_status", 200)) >= 400 or "error_contains" in expect:
        check_refused(story, case)
        return
    assert story.error is None
    if expect.get("state") in ENDS:
        story.do({"do": "wait_state", "state": expect["state"]})
    wanted = json.dumps({name: expect[name] for name in CHECKED if name in expect})
    final = {"expect": json.loads(wanted.replace("<execution id>", story.execution_id))}
    ended = story.look()
    result = {**converted(ended.document, ended), "subexecutions": []}
    differences = checker().conforms(final, result, read_file=lambda uri: read(engine, uri))
    assert not differences, "\n".join(differences)
    assert len(set(story.ids)) == expect.get("executions", len(set(story.ids)))


def check_call(story: Story, step: Mapping[str, Any], expect: Mapping[str, Any]) -> None:
    """What can be seen of an execution when the call returns, or soon after."""
    if not expect or story.error:
        return
    execution = story.engine.execution(story.execution_id)
    if "state" in expect:
        assert expect["state"] in [state for state, _ in execution.histories]
    if "same_execution_id" in expect:
        assert (story.ids[-1] == story.ids[-2]) is expect["same_execution_id"]


def check_refused(story: Story, case: Case) -> None:
    variants = [case.data["expect"], *(case.data[name] for name in ("v2", "v1_3") if name in case.data)]
    texts = [one["error_contains"] for one in variants if "error_contains" in one]
    assert story.error is not None
    assert any(text in str(story.error) for text in texts), str(story.error)
