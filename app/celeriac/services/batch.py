"""What one write of a visit holds: from a decision to the changes of rows. Knows neither store nor broker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from celeriac.core.decision import Decision, Progress
from celeriac.core.execution import Changes, Execution, Fact, Letter, LogLine, Metric, told_parent
from celeriac.core.plan import Planner

LEFT_OVER = ("go", "outputs")
"""Kinds of facts by which a visit tells the next one what it has not done."""


@dataclass(slots=True)
class Batch:
    """What is written beside rows of task runs and frames. size: characters of logs."""

    logs: list[LogLine] = field(default_factory=list)
    metrics: list[tuple[int, int, Metric]] = field(default_factory=list)
    loop_values: list[tuple[int, Sequence[str]]] = field(default_factory=list)
    children: list[Execution] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    relabelled: bool = False
    size: int = 0

    def error(self, seq: int, attempt: int, message: str, at_us: int) -> None:
        """A log line of the engine itself; seq 0 = of the execution. Its number is its time."""
        used = {line.line for line in self.logs}
        while at_us in used:
            at_us += 1
        self.logs.append(LogLine(seq, attempt, at_us, "ERROR", message, at_us))


def take_over(execution: Execution, progress: Progress) -> None:
    """The execution is now where the planner sees it."""
    execution.state, execution.next_seq = progress.state, progress.next_seq
    execution.histories, execution.outputs = progress.histories, progress.outputs
    execution.started_us, execution.ended_us = progress.started_us, progress.ended_us
    execution.done_us = progress.done_us


def changes_of(
    execution: Execution,
    planner: Planner,
    batch: Batch,
    facts: Sequence[Fact],
    rendered: Mapping[int, dict[str, Any]],
) -> Changes:
    """Everything to write. facts: those that were used. rendered: {seq: properties that a worker has rendered}."""
    decision = planner.decision
    frames = [*planner.frames.values(), *decision.closed]
    letters = [*_left_over(execution.id, decision, rendered), *_kills(decision), *_restarts(decision), *batch.letters]
    if execution.done_us is not None:
        letters += told_parent(execution, execution.outputs)
    return Changes(
        execution,
        used=facts,
        left_over=any(fact.kind in LEFT_OVER for fact in facts),
        runs=[run for run in planner.runs.values() if run.is_new or run.is_dirty],
        frames=[frame for frame in frames if frame.is_new or frame.is_dirty],
        superseded=decision.superseded,
        dropped=decision.dropped,
        erased=decision.erased,
        removed=decision.removed,
        relabelled=batch.relabelled,
        abandoned=decision.abandoned,
        loop_values=batch.loop_values,
        letters=letters,
        children=batch.children,
        logs=batch.logs,
        metrics=batch.metrics,
    )


def _left_over(execution_id: str, decision: Decision, rendered: Mapping[int, dict[str, Any]]) -> list[Letter]:
    letters = [
        Letter(execution_id, "go", run.seq, {"rendered": rendered[run.seq]} if run.seq in rendered else None)
        for run in decision.evaluate
    ]
    letters += [Letter(execution_id, "go", seq) for seq in decision.unreleased]
    if decision.evaluate_outputs:
        letters.append(Letter(execution_id, "outputs"))
    return letters


def _restarts(decision: Decision) -> list[Letter]:
    return [
        Letter(run.handle["child"], "again", 0, {"attempt": run.attempt})
        for run in decision.restart_children
        if run.handle
    ]


def _kills(decision: Decision) -> list[Letter]:
    children = [(run.handle or {}).get("child") for run in decision.kill_children]
    return [Letter(child, "kill") for child in children if child]
