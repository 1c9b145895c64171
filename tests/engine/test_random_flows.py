"""Flows made by chance, jobs in any order and some of them twice: on the real store every execution ends in order."""

import random

import pytest

from celeriac.core.decision import Fan
from celeriac.core.errors import Refused
from core.random_flow import RandomFlow
from hand_engine import HandEngine

MOST_JOBS = 5_000


def send_again(engine: HandEngine) -> None:
    """What the sweeper does: a member of a chain whose message came too early has none any more."""
    for execution_id, runs in engine.app.sweep_store.queued(0):
        engine.publisher.fans(execution_id, [Fan((tuple(runs),), join=False)])


def steer(engine: HandEngine, execution_id: str, seed: int, number: int) -> None:
    """What somebody does to some of the executions, at some time."""
    execution = engine.execution(execution_id)
    if seed % 4 == 3 and number == 20 and execution.ended_us is None:
        engine.app.executions.kill(execution_id)
    if seed % 4 == 1 and number % 40 == 10 and execution.state == "RUNNING":
        engine.app.executions.pause(execution_id)
    if seed % 4 == 1 and number % 40 == 30 and execution.state == "PAUSED":
        engine.app.executions.resume(execution_id)


def play(engine: HandEngine, execution_id: str, chance: random.Random, seed: int) -> None:
    """Does jobs in any order until the execution is done."""
    for number in range(MOST_JOBS):
        steer(engine, execution_id, seed, number)
        engine.ring()
        jobs = engine.publisher.jobs
        if not jobs:
            if engine.execution(execution_id).done_us is not None:
                return
            send_again(engine)
            engine.publisher.advance([execution_id])
            continue
        job = chance.choice(jobs)
        if chance.random() < 0.8:
            jobs.remove(job)
        engine.do(job)


def check_end(engine: HandEngine, execution_id: str) -> None:
    """Nothing is left open."""
    assert engine.execution(execution_id).done_us is not None
    assert engine.rows("SELECT 1 FROM frame") == engine.rows("SELECT 1 FROM inbox") == []
    open_states = "'CREATED', 'PLANNED', 'QUEUED', 'HELD', 'RUNNING', 'PAUSED', 'RETRYING', 'KILLING', 'LOST'"
    assert engine.rows(f"SELECT task_id, state FROM task_run WHERE state IN ({open_states})") == []


@pytest.mark.parametrize("seed", range(12))
def test_every_execution_ends_with_nothing_left_open(on_each_database: HandEngine, seed: int) -> None:
    chance = random.Random(seed)
    execution_id = on_each_database.start(RandomFlow(chance, pauses=True).text())

    play(on_each_database, execution_id, chance, seed)

    check_end(on_each_database, execution_id)
    for _ in range(2):
        try:
            on_each_database.app.executions.restart(execution_id)
        except Refused:
            return
        play(on_each_database, execution_id, chance, seed)
        check_end(on_each_database, execution_id)
