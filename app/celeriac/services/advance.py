"""The one path: reads what happened in an execution, decides, writes, publishes (engine.md §1, §2, §10).

When the fence moved meanwhile, nothing is written and the visit begins again.
"""

import random
import time
from collections.abc import Callable

from celeriac.core.decision import Abandoned
from celeriac.core.execution import Changes, LogLine, Visit, told_parent
from celeriac.core.frames import FLOW_SEQ
from celeriac.core.state import State
from celeriac.services.flows import Flows
from celeriac.services.publishing import Publisher
from celeriac.services.round import Round
from celeriac.services.subflows import Subflows
from celeriac.services.surroundings import Surroundings
from celeriac.store.database import may_pass
from celeriac.store.execution_store import Stale

MAX_POISONED = 3
LOST_ROUNDS = 100
"""Rounds that one call may lose to others; one that loses them all has met a bug, or must let others go first."""


class Advance:
    """`advance(execution_id)`: idempotent, may be called at any time by anybody."""

    def __init__(
        self,
        around: Surroundings,
        flows: Flows,
        subflows: Subflows,
        publisher: Publisher,
        heard: Callable[[], None] = lambda: None,
    ) -> None:
        """heard: called after the execution has entered states that some trigger listens to."""
        self._heard = heard
        self._around = around
        self._flows = flows
        self._subflows = subflows
        self._publisher = publisher

    def __call__(self, execution_id: str) -> None:
        """Folds all facts of the inbox; returns when nothing is left to decide, or asks to be called again."""
        store = self._around.executions
        lost_rounds = 0
        while True:
            visit = store.load(execution_id)
            if visit is None or not visit.facts:
                return
            try:
                self._visit(visit)
            except Exception as error:
                if isinstance(error, Stale) and lost_rounds < LOST_ROUNDS:
                    lost_rounds += 1
                    time.sleep(random.uniform(0, min(0.003 * (lost_rounds - 1), 0.05)))
                    continue
                if may_pass(error) or store.poison(execution_id) < MAX_POISONED:
                    raise
                self._give_up(execution_id, error)
            if visit.execution.is_heard:
                self._heard()
            return

    def _visit(self, visit: Visit) -> None:
        if visit.execution.done_us is not None and not any(fact.kind == "again" for fact in visit.facts):
            self._around.executions.save(Changes(visit.execution, used=visit.facts))
            return
        Round(visit, self._around, self._flows, self._subflows, self._publisher).run()

    def _give_up(self, execution_id: str, error: Exception) -> None:
        """Three failed visits in a row: the execution FAILS with the reason, its inbox is emptied."""
        visit = self._around.executions.load(execution_id)
        if visit is None:
            return
        execution = visit.execution
        now = visit.now_us
        execution.histories = [*execution.histories, [State.FAILED.value, now]]
        execution.state = State.FAILED
        execution.ended_us = execution.done_us = now
        line = LogLine(FLOW_SEQ, 1, now, "ERROR", f"The engine could not go on, three times: {error!r}", now)
        frames = list(visit.frames.values())
        for frame in frames:
            frame.is_closed = True
        self._around.executions.save(
            Changes(
                execution,
                used=visit.facts,
                left_over=True,
                frames=frames,
                abandoned=[Abandoned(FLOW_SEQ, None, State.FAILED)],
                logs=[line],
                letters=told_parent(execution, None),
            )
        )
        if execution.parent_id:
            self._publisher.advance([execution.parent_id])
