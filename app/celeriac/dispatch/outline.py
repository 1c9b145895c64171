"""The canvases that a flow becomes, drawn before it runs: what `celeriac flow canvas` prints.

    advance             a step inside the orchestrator; lists the fused tasks that it runs
    execute             a job on a worker
    chain, chord        Celery's canvases; a chord's join is the advance behind its group
    window              a loop too wide for a chord, or with a limit: rows released as others end

Which tasks share a chain follows `core.plan`: siblings of one list, 25 at most, none with `runIf`.
"""

from collections.abc import Iterator, Sequence

from celeriac.core.decision import WIDE
from celeriac.core.flow import Flow, Mode, Task
from celeriac.core.flow_index import SEGMENT, FlowIndex, Place, is_loop

_STEP = "  "
_LIST_NAMES = {"errors": "on errors", "finally": "finally", "afterExecution": "after the execution"}


def outline(flow: Flow) -> list[str]:
    """Lines of text; indentation is nesting."""
    index = FlowIndex.of(flow, 1)
    lines = [f"{flow.namespace}.{flow.id}"]
    for name, tasks in flow.child_lists().items():
        shown = list(_sequence(index, [task for task in tasks if not task.disabled], 1))
        if name in _LIST_NAMES and shown:
            lines.append(f"{_STEP}{_LIST_NAMES[name]}")
            shown = [_STEP + line for line in shown]
        lines += shown
    return lines


def _sequence(index: FlowIndex, tasks: Sequence[Task], depth: int) -> Iterator[str]:
    """Tasks one after the other."""
    pad, at = _STEP * depth, 0
    while at < len(tasks):
        end = at + 1
        place = index.places[tasks[at].id]
        if place.mode is Mode.FUSED and not place.evaluated_by_worker:
            while end < len(tasks) and _is_fused(index.places[tasks[end].id]):
                end += 1
            yield f"{pad}advance [{', '.join(_label(index, task) for task in tasks[at:end])}]"
        elif index.may_chain(tasks[at]):
            end = at + _chained(index, tasks[at:])
            yield f"{pad}chain"
            yield from (f"{pad}{_STEP}execute {_label(index, task)}" for task in tasks[at:end])
            yield f"{pad}{_STEP}advance"
        else:
            yield from _one(index, place, depth)
        at = end


def _chained(index: FlowIndex, tasks: Sequence[Task]) -> int:
    """How many of the tasks, from the first on, share a chain."""
    count = 0
    while count < min(len(tasks), SEGMENT) and index.may_chain(tasks[count]):
        count += 1
    return count


def _is_fused(place: Place) -> bool:
    return place.mode is Mode.FUSED and not place.evaluated_by_worker


def _one(index: FlowIndex, place: Place, depth: int) -> Iterator[str]:
    pad, task = _STEP * depth, place.task
    label = _label(index, task)
    if place.evaluated_by_worker and place.mode is not Mode.WORKER:
        yield f"{pad}chain"
        yield f"{pad}{_STEP}execute {label} (evaluates its properties)"
        yield f"{pad}{_STEP}advance"
    if place.mode is Mode.WORKER:
        yield f"{pad}chain"
        yield f"{pad}{_STEP}execute {label} (runIf)"
        yield f"{pad}{_STEP}advance"
    elif place.mode is Mode.CHILD:
        yield f"{pad}execution {label} of {getattr(task, 'namespace', '')}.{getattr(task, 'flow_id', '')}, then advance"
    elif place.mode is Mode.TIMER:
        yield f"{pad}timer {label}, then advance"
    elif place.mode is Mode.PAUSE:
        yield f"{pad}pause {label}, then advance"
    elif place.mode is Mode.FLOWABLE:
        yield from _flowable(index, task, depth)


def _flowable(index: FlowIndex, task: Task, depth: int) -> Iterator[str]:
    pad, label = _STEP * depth, _label(index, task)
    lists = {name: [one for one in tasks if not one.disabled] for name, tasks in task.child_lists().items()}
    children = lists.get("tasks", [])
    if is_loop(task):
        yield from _loop(index, task, children, depth)
    elif getattr(task, "concurrent", None) is not None:
        yield from _parallel(index, task, children, depth)
    elif children:
        yield f"{pad}sequence {label}"
        yield from _sequence(index, children, depth + 1)
    else:
        yield f"{pad}advance [{label}] chooses"
    for name, tasks in lists.items():
        if name != "tasks" and tasks:
            yield f"{pad}{_STEP}{_LIST_NAMES.get(name, name)}"
            yield from _sequence(index, tasks, depth + 2)


def _parallel(index: FlowIndex, task: Task, children: Sequence[Task], depth: int) -> Iterator[str]:
    pad, label = _STEP * depth, _label(index, task)
    limit = getattr(task, "concurrent", 0)
    on_workers = [child for child in children if index.places[child.id].mode is Mode.WORKER]
    if limit == 0 and len(children) <= WIDE and len(on_workers) > 1:
        yield f"{pad}chord {label}"
        yield from (f"{pad}{_STEP}execute {_label(index, child)}" for child in on_workers)
        yield f"{pad}{_STEP}join: advance"
        others = [child for child in children if child not in on_workers]
    else:
        yield f"{pad}parallel {label}" if limit == 0 else f"{pad}window {label}, {limit} at once"
        others = list(children)
    for child in others:
        yield from _sequence(index, [child], depth + 1)


def _loop(index: FlowIndex, task: Task, children: Sequence[Task], depth: int) -> Iterator[str]:
    pad, label = _STEP * depth, _label(index, task)
    limit, values = getattr(task, "concurrency_limit", 1), getattr(task, "values", None)
    known = len(values) if isinstance(values, list) else None
    count = f" over {known}" if known is not None else ""
    chained = _chained(index, children)
    if limit != 0:
        yield f"{pad}window {label}{count}, {limit} at once"
    elif known is not None and known > WIDE:
        yield f"{pad}window {label}{count}, {WIDE} a step"
    elif chained:
        yield f"{pad}chord {label}{count or f', above {WIDE} values a window'}"
        yield f"{pad}{_STEP}chain"
        yield from (f"{pad}{_STEP * 2}execute {_label(index, child)}" for child in children[:chained])
        yield f"{pad}{_STEP}join: advance"
        children = children[chained:]
    else:
        yield f"{pad}all at once {label}{count}"
    yield from _sequence(index, children, depth + 1)


def _label(index: FlowIndex, task: Task) -> str:
    """The task id with its policies."""
    place = index.places[task.id]
    notes = []
    if place.retry is not None and place.mode is not Mode.FLOWABLE:
        most = f", {place.retry.max_attempts} attempts" if place.retry.max_attempts else ""
        notes.append(f"retry {getattr(place.retry, 'type', '')}{most}")
    if task.timeout is not None:
        notes.append(f"timeout {task.timeout}")
    if task.allow_failure:
        notes.append("allowFailure")
    return f"{task.id} ({'; '.join(notes)})" if notes else task.id
