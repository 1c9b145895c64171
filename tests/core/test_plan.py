"""Whatever a flow is made of and in whatever order things happen: an execution ends, and its counters are true."""

import json
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from celeriac.core.decision import WIDE
from celeriac.core.frames import FLOW_SEQ, ONCE, Frame, Phase
from celeriac.core.replaying import is_aside
from celeriac.core.state import State
from celeriac.flowfile import load
from celeriac.plugins.discovery import discover
from core.plan_world import World
from core.random_flow import RETRY, P, RandomFlow

MOST_STEPS = 20_000
MANY = settings(
    max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)


def play(world: World, chance: random.Random, kill_after: int | None) -> None:
    """Lets things happen in a random order until nothing can happen any more."""
    for number in range(MOST_STEPS):
        if number == kill_after and world.progress.ended_us is None:
            world.kill()
        steps = world.steps()
        if not steps:
            return
        chance.choice(steps)()
        check_frames(world)
    raise AssertionError("the execution does not end")


def check_frames(world: World) -> None:
    """The counters of every open frame are those that its task runs give."""
    if world.progress.state in (State.KILLING, State.RESTARTED):
        return
    if world.progress.state is State.PAUSED:
        assert not [run for run in world.runs.values() if run.state in (State.QUEUED, State.PLANNED)]
    told = {seq for kind, seq in world.facts if kind == "ended"}
    for frame in world.frames.values():
        owner = None if frame.seq == FLOW_SEQ else world.runs[frame.seq].task_id
        assert owner is None or not world.runs[frame.seq].state.is_terminal
        children = [run for run in world.runs.values() if run.parent_seq == frame.seq and run.branch == frame.branch]
        ended = Counter(run.state for run in children if run.state.is_terminal and run.seq not in told)
        if frame.phase is not Phase.TASKS:
            continue
        assert {state: n for state, n in frame.counts.items() if n} == ended
        assert frame.retrying == sum(run.state is State.RETRYING for run in children)
        assert frame.open == len(open_lines(frame, children, told))
        assert frame.limit == 0 or frame.is_sequence or frame.open <= frame.limit + world.begun_beside


def open_lines(frame: Frame, children: list[Any], told: set[int]) -> set[int]:
    """What counts as one in `open`: a child, a chain, an iteration."""
    waiting = [run for run in children if not run.state.is_terminal or run.seq in told]
    if frame.iterations:
        return {run.iteration for run in waiting}
    if frame.is_sequence:
        return {0} if waiting else set()
    return {run.position for run in waiting}


def check_end(world: World) -> None:
    """Nothing is open, and each task stands once in each place."""
    assert world.progress.done_us is not None
    assert world.frames == {}
    assert [run.task_id for run in world.runs.values() if not run.state.is_terminal] == []
    places = Counter((run.parent_seq, run.branch, run.iteration, run.position) for run in world.runs.values())
    assert max(places.values(), default=1) == 1


@MANY
@given(seed=st.integers(0, 2**32), kill_after=st.one_of(st.none(), st.integers(0, 60)))
def test_every_execution_ends_with_nothing_left_open(seed: int, kill_after: int | None) -> None:
    chance = random.Random(seed)
    world = World(load(RandomFlow(chance).text(), discover()), chance.choice)

    play(world, chance, kill_after)

    check_end(world)


def end_of(seed: int) -> tuple[World, random.Random]:
    """A world at its end."""
    chance = random.Random(seed)
    world = World(load(RandomFlow(chance).text(), discover()), chance.choice)
    play(world, chance, 40 if seed % 5 == 0 else None)
    return world, chance


@MANY
@given(seed=st.integers(0, 2**32), pauses=st.lists(st.integers(0, 60), min_size=1, max_size=3))
def test_a_paused_execution_starts_nothing_and_ends_once_it_is_resumed(seed: int, pauses: list[int]) -> None:
    chance = random.Random(seed)
    world = World(load(RandomFlow(chance).text(), discover()), chance.choice)

    for number in range(MOST_STEPS):
        if number in pauses and world.progress.state is State.RUNNING:
            world.pause()
        is_idle = world.progress.state is State.PAUSED and len(world.steps()) == (3 if world.facts else 0)
        if is_idle or (world.progress.state is State.PAUSED and chance.random() < 0.1):
            chance.choice([world.resume, world.resume, world.resume, world.kill])()
        if not world.steps():
            break
        chance.choice(world.steps())()
        check_frames(world)

    check_end(world)


@MANY
@given(seed=st.integers(0, 2**32))
def test_an_execution_that_failed_begins_anew_at_what_failed(seed: int) -> None:
    world, chance = end_of(seed)

    for _ in range(3):
        succeeded = {seq for seq, run in world.runs.items() if run.state is State.SUCCESS and run.branch == "tasks"}
        if not world.restart():
            return
        play(world, chance, None)
        check_end(world)
        assert succeeded - world.runs.keys() <= world.gone


@MANY
@given(seed=st.integers(0, 2**32))
def test_an_execution_can_begin_anew_at_any_of_its_task_runs(seed: int) -> None:
    world, chance = end_of(seed)
    targets = [run for run in world.runs.values() if not is_aside(list(world.runs.values()), run)]
    if not targets:
        return
    target = chance.choice(targets)

    world.replay(target.seq)
    play(world, chance, None)

    check_end(world)
    assert world.runs[target.seq].state.is_terminal


@MANY
@given(seed=st.integers(0, 2**32), state=st.sampled_from([State.SUCCESS, State.FAILED, State.WARNING]))
def test_an_execution_goes_on_when_somebody_says_how_a_task_run_ended(seed: int, state: State) -> None:
    world, chance = end_of(seed)
    targets = [run for run in world.runs.values() if world.may_declare(run.seq)]
    if not targets:
        return
    target = chance.choice(targets)

    world.declare(target.seq, state)
    play(world, chance, None)

    check_end(world)
    assert world.runs[target.seq].state is state


def world_of(*tasks: dict[str, Any], **lists: Any) -> World:
    text = json.dumps({"id": "f", "namespace": "tests", "tasks": list(tasks), **lists})
    return World(load(text, discover()), lambda options: options[0])


def script(task_id: str, **more: Any) -> dict[str, Any]:
    return {"id": task_id, "type": f"{P}.kv.Set", "key": "k", "value": "v", **more}


def test_a_segment_has_one_queued_task_run_and_its_rest_planned() -> None:
    world = world_of(script("a"), script("b"), script("c"))

    world.visit()

    assert [(run.task_id, run.state, run.segment_end) for run in world.runs.values()] == [
        ("a", State.QUEUED, 2),
        ("b", State.PLANNED, 2),
        ("c", State.PLANNED, 2),
    ]


@pytest.mark.parametrize("between", [{"runIf": "true"}, {"type": f"{P}.log.Log"}])
def test_a_segment_ends_before_what_has_a_condition_or_is_fused(between: dict[str, Any]) -> None:
    middle = script("b", **between) if "runIf" in between else {"id": "b", "message": "x", **between}
    world = world_of(script("a"), middle, script("c"))

    world.visit()

    assert [run.task_id for run in world.runs.values()] == ["a"]


def test_a_step_releases_as_many_iterations_as_a_chord_may_have() -> None:
    each = {"id": "each", "type": f"{P}.flow.ForEach", "values": [*range(WIDE + 50)], "concurrencyLimit": 0}
    world = world_of({**each, "tasks": [script("a")]})
    planner = world._load([("start", 0)])
    planner.start()

    world._evaluate(planner)

    assert len(planner.runs) == 1 + WIDE
    assert planner.decision.unreleased == {1}
    assert all(run.iteration != ONCE for run in planner.runs.values() if run.seq > 1)


def test_a_date_that_is_told_twice_ends_nothing_that_runs() -> None:
    world = world_of(script("a", retry=RETRY))
    world.visit()
    world.claim(1)

    world.facts.append(("due", 1))
    world.visit()

    assert world.runs[1].state is State.RUNNING
