"""What people do to a running execution: kill it, pause it, resume it. Functions on a Planner, pure as it is."""

from celeriac.core.decision import Fan
from celeriac.core.flow import ON_PAUSE, Mode, Rest
from celeriac.core.frames import FLOW_SEQ, Frame, TaskRun
from celeriac.core.plan import Planner
from celeriac.core.state import State

_FIRST = ("pause", "resume")
NEVER_PUT_OFF = (*_FIRST, "kill", "start", "restart", "again")
"""Kinds of facts that a paused execution folds."""


def is_first(kind: str) -> bool:
    """True for facts that decide which others are folded in the same visit."""
    return kind in _FIRST


def is_put_off(kind: str, state: State) -> bool:
    """True for facts that stay in the inbox while the execution is PAUSED."""
    return state is State.PAUSED and kind not in NEVER_PUT_OFF


def kill(planner: Planner, *, cascade: bool = True) -> None:
    """Nothing new starts; what waits is KILLED, what runs is told to stop. `runs` holds every open task run.

    cascade: False leaves executions that subflows have started alone.
    """
    now = planner.now_us()
    planner.progress.enter(State.KILLING, now)
    if FLOW_SEQ not in planner.frames:
        planner.open_flow()
    for run in list(planner.runs.values()):
        if run.state.is_terminal or run.seq in planner.frames or run.state is State.KILLING:
            continue
        is_child = planner.index.places[run.task_id].mode is Mode.CHILD
        if run.state is State.PLANNED:
            planner.erase(run)
        elif run.state is State.RUNNING and (run.owner is not None or (is_child and cascade)):
            run.enter(State.KILLING, now)
            if is_child:
                planner.decision.kill_children.append(run)
        else:
            run.enter(State.KILLED, now)
    killed(planner)


def killed(planner: Planner) -> None:
    """Ends a KILLING execution once nothing runs any more."""
    if any(run.state is State.KILLING for run in planner.runs.values()):
        return
    now = planner.now_us()
    for frame in [frame for frame in planner.frames.values() if frame.seq != FLOW_SEQ]:
        planner.close_frame(frame)
        planner.runs[frame.seq].enter(State.KILLED, now)
    for run in planner.runs.values():
        if not run.state.is_terminal:
            run.enter(State.KILLED, now)
    planner.decision.evaluate.clear()
    planner.decision.evaluate_outputs = False
    planner.decision.publish.clear()
    planner.terminate(planner.frames[FLOW_SEQ], State.KILLED)


def pause(planner: Planner) -> None:
    """Nothing new starts: what waits for a worker is HELD, chains end with what runs. `runs` holds every open one.

    What runs goes on; what it tells is put off until the execution is resumed.
    """
    planner.progress.enter(State.PAUSED, planner.now_us())
    for run in list(planner.runs.values()):
        if run.state is State.PLANNED:
            planner.erase(run)
            continue
        if run.state.is_terminal or run.branch == ON_PAUSE:
            continue
        if run.position < run.segment_end:
            run.segment_end = run.position
            run.is_dirty = True
        if run.state is State.QUEUED:
            run.enter(State.HELD, planner.now_us())
    planner.decision.publish.clear()


def rests(planner: Planner, run: TaskRun, rest: Rest) -> TaskRun | None:
    """A task run pauses its execution, which is to be told so; returns what runs beside it."""
    run.enter(State.RUNNING, planner.now_us())
    run.enter(State.PAUSED, planner.now_us())
    run.handle = {"ends": rest.ends.value}
    run.due_us = None if rest.seconds is None else planner.now_us() + int(rest.seconds * 1_000_000)
    for task in planner.index.list_of(run.task_id, ON_PAUSE):
        return planner.launcher.aside(run, task, planner.frames[run.parent_seq].chain_of(run.value))
    return None


def rested(planner: Planner, run: TaskRun, state: State) -> None:
    """The pause of a task run is over: what it has to run runs, or it ends in the state."""
    lists = {name: planner.index.list_of(run.task_id, name) for name in ("tasks", "errors", "finally")}
    follows = lists["finally"] or lists["errors" if state is State.FAILED else "tasks"]
    if not follows:
        run.enter(state, planner.now_us())
        run.settle(planner.index.task(run.task_id).settle(state, 1))
        planner.ended(run, final=True)
        return
    run.enter(State.RUNNING, planner.now_us())
    chain = planner.frames[run.parent_seq].chain_of(run.value)
    frame = Frame(run.seq, run.parent_seq, "tasks", total=len(lists["tasks"]), chain=chain, is_new=True)
    frame.counts[state] = 1
    planner.frames[run.seq] = frame
    planner.go_on(frame, 0)


def resume(planner: Planner) -> None:
    """What was held waits for a worker again. `runs` holds every open one."""
    planner.progress.enter(State.RUNNING, planner.now_us())
    for run in planner.runs.values():
        if run.state is State.HELD:
            _queue(planner, run)


def _queue(planner: Planner, run: TaskRun) -> None:
    run.enter(State.QUEUED, planner.now_us())
    planner.decision.publish.append(Fan(((run,),), join=False))
