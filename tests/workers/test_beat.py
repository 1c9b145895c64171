"""The sign of life of a worker: a beat that fails is not the last one."""

import threading
from typing import Any

import pytest
from sqlalchemy.exc import InternalError

from celeriac.store.worker_store import WorkerStore
from celeriac_workers import beat
from celeriac_workers.beat import WorkerBeat
from hand_engine import HandEngine


class Standby(WorkerStore):
    """The database has become a read-only standby, for one beat."""

    beats = 0

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.beat_again = threading.Event()

    def beat(self, worker_id: str) -> tuple[bool, dict[Any, Any]]:
        self.beats += 1
        if self.beats == 1:
            raise InternalError("UPDATE", {}, Exception("cannot execute UPDATE in a read-only transaction"))
        self.beat_again.set()
        return True, {}


def test_a_worker_beats_on_after_an_error_that_nobody_foresaw(
    by_hand: HandEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beat, "BEAT_S", 0.001)
    workers = Standby(by_hand.app.database)

    WorkerBeat(workers, by_hand.slots, "me", lambda: None).start()

    assert workers.beat_again.wait(5)
