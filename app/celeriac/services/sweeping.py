"""What nobody else will notice: facts not folded, dates that came, workers that are gone, messages that got lost."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from celeriac.core.decision import Fan
from celeriac.core.frames import TaskRun
from celeriac.services.publishing import Publisher
from celeriac.store.sweep_store import SweepStore

STALE_S = 5.0
LOST_POLLS = 5
POLL_S = 2.0
DUE_S = 0.25
QUEUED_S = 2.0
STUCK_S = 60.0
NOTHING_LEFT = "The engine waits for nothing that could end this execution: a bug of Celeriac, please report it"
ADOPTION_S = 30.0
"""How long an attempt in a container waits for a worker that takes it over."""
_log = logging.getLogger(__name__)


class Queue(Protocol):
    """What can be known of the broker."""

    def is_empty(self) -> bool:
        """True when no message waits; False when some do, or nobody can tell."""

    def depths(self) -> dict[str, int] | None:
        """{queue: messages that wait}, as far as it can be known; None while the broker is away."""

    def incarnation(self) -> str | None:
        """Changes when the broker has lost its memory; None while it is away."""


@dataclass
class Sweeper:
    """One round after the other, never raising for one execution's sake. Several may run at once.

    is_gone: (machine, pid) → whether a worker and its scripts are known to have ended; False when nobody can tell.
    """

    store: SweepStore
    publisher: Publisher
    queue: Queue
    is_gone: Callable[[str, int], bool]
    monotonic: Callable[[], float] = time.monotonic
    _beats: dict[str, tuple[int, int]] = field(default_factory=dict)
    _next_poll: float = 0.0
    _incarnation: str | None = None

    def run(self, stopped: Callable[[float], bool]) -> None:
        """Sweeps until `stopped(seconds)`, which waits that long, is true."""
        while not stopped(DUE_S):
            try:
                self.step()
            except self.store.Unavailable as error:
                _log.warning("sweep put off, the database is away", extra={"error": str(error)})

    def step(self) -> None:
        """What is due now: dates each time, the rest every 2 s."""
        self._advance(self.store.ring())
        now = self.monotonic()
        if now < self._next_poll:
            return
        self._next_poll = now + POLL_S
        self._advance(self.store.stale_inboxes(STALE_S))
        self._find_lost_workers()
        self._advance(self.store.lose_ownerless())
        self._advance(self.store.lose_unadopted(ADOPTION_S))
        self._find_lost_messages()
        for execution_id in self.store.stuck(STUCK_S):
            _log.error("nothing can end this execution any more", extra={"execution_id": execution_id})
            self._advance(self.store.fail_stuck(execution_id, STUCK_S, NOTHING_LEFT))

    def _advance(self, execution_ids: Sequence[str]) -> None:
        if execution_ids:
            self.publisher.advance(execution_ids)

    def _find_lost_workers(self) -> None:
        seen: dict[str, tuple[int, int]] = {}
        for one in self.store.beats():
            beat, polls = self._beats.get(one.id, (one.beat, -1))
            polls = polls + 1 if beat == one.beat else 0
            if polls >= LOST_POLLS or (polls and self.is_gone(one.host, one.pid)):
                _log.warning("worker lost", extra={"worker": one.id})
                self._advance(self.store.lose_worker(one.id))
            else:
                seen[one.id] = (one.beat, polls)
        self._beats = seen

    def _find_lost_messages(self) -> None:
        incarnation = self.queue.incarnation()
        if incarnation is None:
            return
        renewed = self._incarnation is not None and incarnation != self._incarnation
        self._incarnation = incarnation
        if not renewed and not self.queue.is_empty():
            return
        lost: list[tuple[str, list[TaskRun]]] = self.store.queued(0 if renewed else QUEUED_S)
        for execution_id, runs in lost:
            self.publisher.fans(execution_id, [Fan((tuple(runs),), join=False)])
        if lost:
            _log.info("messages sent again", extra={"task_runs": len(lost)})
            self.store.published_again([(execution_id, runs[0].seq) for execution_id, runs in lost])
