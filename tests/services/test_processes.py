"""Heartbeats: who lives is seen, who has ended is not, who is dead is forgotten."""

import os
import threading
from pathlib import Path

import sqlalchemy as sa

from celeriac.services.processes import Processes
from celeriac.store.process_store import ProcessStore
from celeriac.store.tables import PROCESS
from hand_engine import HandEngine
from real_command import wait_until


def _age(engine: HandEngine, seconds: int) -> None:
    """All processes were seen last so many seconds earlier."""
    with engine.app.database.write() as connection:
        connection.execute(PROCESS.update().values(seen_us=PROCESS.c.seen_us - seconds * 1_000_000))


def test_a_process_lives_from_its_first_beat_until_it_stops(on_each_database: HandEngine) -> None:
    processes = on_each_database.app.processes
    with processes.heartbeat("web", lambda: {"url": "http://x"}):
        wait_until(processes.living, "the first beat")
        (row,) = processes.living()

    assert (row.role, row.pid, row.detail) == ("web", os.getpid(), {"url": "http://x"})
    assert 0 <= row.silent_s < 20
    assert processes.living() == []


def test_a_process_that_was_not_seen_for_long_does_not_live(on_each_database: HandEngine) -> None:
    processes = on_each_database.app.processes
    with processes.heartbeat("beat"):
        wait_until(processes.living, "the first beat")
        _age(on_each_database, 30)

        assert processes.living() == []


def test_the_dead_are_forgotten_after_a_minute(on_each_database: HandEngine) -> None:
    processes = on_each_database.app.processes
    with processes.heartbeat("dead"):
        wait_until(processes.living, "the first beat")
        _age(on_each_database, 90)
        with processes.heartbeat("living"):
            wait_until(processes.living, "the second beat")
            with on_each_database.app.database.read() as connection:
                roles = connection.execute(sa.select(PROCESS.c.role)).scalars().all()

            assert roles == ["living"]


def test_news_of_a_process_are_told_at_once(on_each_database: HandEngine) -> None:
    processes = on_each_database.app.processes
    said = {"flows": 1}
    with processes.heartbeat("watcher", lambda: said) as heartbeat:
        wait_until(processes.living, "the first beat")
        said["flows"] = 2
        heartbeat.beat_now()
        wait_until(lambda: processes.living()[0].detail == {"flows": 2}, "the news", 8)


def test_a_file_shows_that_a_process_lives(by_hand: HandEngine, tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    processes = Processes(ProcessStore(by_hand.app.database), "main", alive)
    with processes.heartbeat("web") as heartbeat:
        wait_until(alive.exists, "the file")
        os.utime(alive, (0, 0))
        heartbeat.beat_now()

        wait_until(lambda: alive.stat().st_mtime > 0, "the next beat", 8)


def test_a_beat_that_fails_is_followed_by_others(by_hand: HandEngine, tmp_path: Path) -> None:
    processes = Processes(ProcessStore(by_hand.app.database), "main", tmp_path / "no" / "such" / "folder")
    asked = threading.Event()

    def detail() -> dict[str, int]:
        if asked.is_set():
            return {"flows": 2}
        asked.set()
        raise RuntimeError("dictionary changed size during iteration")

    with processes.heartbeat("watcher", detail) as heartbeat:
        asked.wait(5)
        heartbeat.beat_now()

        wait_until(processes.living, "the second beat", 8)
