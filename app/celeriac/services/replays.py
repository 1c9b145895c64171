"""New executions that come from others: replays, and restarts with another revision of the flow."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from celeriac.core.errors import FlowInvalid, Refused
from celeriac.core.execution import REPLAYED, RESTARTED, Execution, Letter
from celeriac.core.flow_index import FlowIndex
from celeriac.core.frames import FLOW_SEQ
from celeriac.core.reopening import BROKEN
from celeriac.core.replaying import is_aside, kept
from celeriac.core.state import State
from celeriac.services.ended_executions import EndedExecutions
from celeriac.store.copy_store import PlacedRun


class Replays(EndedExecutions):
    """Each operation raises ExecutionNotFound, FlowNotFound, FlowInvalid, InputsInvalid, or Refused with the reason."""

    def restart(self, execution_id: str, revision: int | None = None) -> str:
        """Begins a FAILED execution anew at what failed; with another revision as a new execution. Returns its id."""
        execution = self.ended_execution(execution_id, "be restarted")
        if execution.state is not State.FAILED:
            raise Refused(
                f"No task found to restart: execution {execution_id} is {execution.state.value},"
                " only FAILED ones can be restarted"
            )
        if not self.ended.has_failed(execution_id):
            raise Refused(f"No task found to restart execution {execution_id} from: no task of it has failed")
        if revision is None or revision == execution.flow_revision:
            self.restart_in_place(execution)
            return execution_id
        index = self._index(execution, revision)
        copy = self._copy_of(execution, index, RESTARTED)
        runs = self.copies.placed(execution_id)
        return self._create(copy, execution, _moved(index, runs, {run.seq for run in runs}), FLOW_SEQ)

    def replay(
        self,
        execution_id: str,
        task_run_id: str | None = None,
        revision: int | None = None,
        inputs: Mapping[str, Any] | None = None,
        *,
        file_inputs: Mapping[str, Path] | None = None,
    ) -> str:
        """Runs an execution once more as a new one, from its start or from a task run on; returns the new id.

        What ran before the task run, or beside it, is taken over with its outputs. inputs: replace those of the same
        names. revision: None = that of the execution.
        """
        original = self.get(execution_id)
        index = self._index(original, revision)
        copy = self._copy_of(original, index, REPLAYED)
        warnings = self._override(copy, index, inputs or {}, file_inputs or {}, original.flow_revision)
        if task_run_id is None:
            copy.variables = {key: value for key, value in index.flow.variables.items() if value is not None}
            self.store.create(copy)
            self.publisher.advance([copy.id])
        else:
            self.ended_execution(execution_id, "be replayed from one of its tasks")
            runs, target = self.placed(execution_id, task_run_id)
            if is_aside(runs, target):
                raise Refused(f"Task `{target.task_id}` runs after the end or beside a pause: replay another task")
            old = self.flows.index(original.namespace, original.flow_id, original.flow_revision)
            seqs = kept(old, runs, target)
            self._create(copy, original, _moved(index, runs, seqs, target), target.seq)
        if warnings:
            self.store.log(copy.id, "WARN", warnings)
        return copy.id

    def _index(self, execution: Execution, revision: int | None) -> FlowIndex:
        namespace, flow_id = execution.namespace, execution.flow_id
        index = self.flows.index(namespace, flow_id, execution.flow_revision if revision is None else revision)
        if unsupported := self.flows.unsupported(namespace, flow_id, index.revision):
            raise FlowInvalid(unsupported)
        if index.flow.disabled:
            raise Refused(f"Cannot execute flow '{namespace}'.'{flow_id}': it is disabled.")
        return index

    def _copy_of(self, original: Execution, index: FlowIndex, label: str) -> Execution:
        blank = self.starting.blank(index, {**original.labels, label: "true"}, original.trigger)
        return replace(
            blank,
            inputs=original.inputs,
            variables=original.variables,
            secrets=original.secrets,
            original_id=original.original_id or original.id,
        )

    def _override(
        self,
        copy: Execution,
        index: FlowIndex,
        inputs: Mapping[str, Any],
        files: Mapping[str, Path],
        old_revision: int,
    ) -> Sequence[str]:
        """Replaces inputs by those given, and fills those that a newer revision has added."""
        given = {**inputs, **files}
        declared = []
        for one in index.flow.inputs:
            if one.id in given or one.id.split(".")[0] in given:
                declared.append(one.model_copy(update={"depends_on": None}))
            elif index.revision != old_revision and _at(copy.inputs, one.id) is None:
                declared.append(one)
        if not declared and not given:
            return []
        values, warnings = self.starting.read_inputs(copy, index, declared, inputs, files)
        for one in declared:
            copy.inputs = _with(copy.inputs, one.id.split("."), _at(values, one.id))
        return warnings

    def _create(self, copy: Execution, original: Execution, positions: Mapping[int, int], target: int) -> str:
        copy.histories = [*original.histories, [State.RESTARTED.value, copy.created_us]]
        copy.state, copy.next_seq = State.RESTARTED, original.next_seq
        copy.started_us, copy.told = copy.created_us, len(original.histories)
        self.copies.create(copy, original, positions, Letter(copy.id, "restart", target))
        self.publisher.advance([copy.id])
        return copy.id


def _moved(
    index: FlowIndex, runs: Sequence[PlacedRun], seqs: set[int], target: PlacedRun | None = None
) -> dict[int, int]:
    """{seq: position} of the task runs to copy, where the revision has their tasks; those of removed tasks stay behind.

    Raises: Refused when the task to begin at is not there, or stands somewhere else.
    """
    by_seq = {run.seq: run for run in runs}
    found: dict[int, int] = {}
    for run in runs:
        if run.seq not in seqs or (run.parent_seq != FLOW_SEQ and run.parent_seq not in found):
            continue
        owner = None if run.parent_seq == FLOW_SEQ else by_seq[run.parent_seq].task_id
        ids = [task.id for task in index.list_of(owner, run.branch)]
        if run.task_id in ids:
            found[run.seq] = ids.index(run.task_id)
        elif run == target or (target is None and run.state in BROKEN):
            raise Refused(
                f"Task `{run.task_id}` does not stand where it did in revision {index.revision}: it cannot begin there"
            )
    if target is not None and target.seq not in found:
        raise Refused(f"Task `{target.task_id}` does not stand where it did in revision {index.revision}")
    return found


def _at(values: Mapping[str, Any], input_id: str) -> Any:
    """The value of an input by its dotted id; None = none."""
    found: Any = values
    for step in input_id.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _with(values: Mapping[str, Any], steps: Sequence[str], value: Any) -> dict[str, Any]:
    """A copy in which a dotted id, as its steps, has a value."""
    first, *rest = steps
    inner = values.get(first)
    return {**values, first: _with(inner if isinstance(inner, Mapping) else {}, rest, value) if rest else value}
