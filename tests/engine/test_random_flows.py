"""Flows made by chance, jobs in any order and some of them twice: on the real store every execution ends in order."""

import random

import pytest

from celeriac.core.decision import Fan
from core.random_flow import RandomFlow
from hand_engine import HandEngine

MOST_JOBS = 5_000


def send_again(engine: HandEngine) -> None:
    """What the sweeper does: a member of a chain whose message came too early has none any more."""
    for execution_id, runs in engine.app.sweep_store.queued(0):
        engine.publisher.fans(execution_id, [Fan((tuple(runs),), join=False)])


@pytest.mark.parametrize("seed", range(12))
def test_every_execution_ends_with_nothing_left_open(on_each_database: HandEngine, seed: int) -> None:
    by_hand = on_each_database
    chance = random.Random(seed)
    execution_id = by_hand.start(RandomFlow(chance).text())

    for number in range(MOST_JOBS):
        if seed % 4 == 3 and number == 20 and by_hand.execution(execution_id).ended_us is None:
            by_hand.app.executions.kill(execution_id)
        by_hand.ring()
        jobs = by_hand.publisher.jobs
        if not jobs:
            if by_hand.execution(execution_id).done_us is not None:
                break
            send_again(by_hand)
            by_hand.publisher.advance([execution_id])
            continue
        job = chance.choice(jobs)
        if chance.random() < 0.8:
            jobs.remove(job)
        by_hand.do(job)

    assert by_hand.execution(execution_id).done_us is not None
    assert by_hand.rows("SELECT 1 FROM frame") == by_hand.rows("SELECT 1 FROM inbox") == []
    open_states = "'CREATED', 'PLANNED', 'QUEUED', 'RUNNING', 'RETRYING', 'KILLING', 'LOST'"
    assert by_hand.rows(f"SELECT task_id, state FROM task_run WHERE state IN ({open_states})") == []
