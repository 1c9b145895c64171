"""Rules that no part of a flow can check alone: ids that repeat, calls of itself, inputs that wait for each other.

Pure: gives findings with the path of field names and indexes at which they stand; `flowfile` adds the marks.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import AliasChoices, BaseModel

from celeriac.core.flow import Flow, Mode, Task

Loc = tuple[str | int, ...]
_EXPRESSION = re.compile(r"\{[{%].*?[%}]\}", re.DOTALL)
_LAST = ("errors", "finally", "afterExecution")
_DASHED = re.compile(r"(?<![\w.\]])(inputs|outputs)\.([A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong at a place of the flow."""

    loc: Loc
    message: str
    hint: str = ""


def check_flow(flow: Flow) -> Iterator[Finding]:
    """Everything wrong between the parts of a flow."""
    tasks = list(tasks_with_places(flow))
    yield from _repeated("Duplicate task id with name", ((loc, task.id) for loc, task in tasks))
    for name, what in (("triggers", "Duplicate trigger id with name"), ("outputs", "Duplicate output with name")):
        yield from _repeated(what, _ids(flow, name))
    yield from _repeated("Duplicate input with name", _ids(flow, "inputs"))
    yield from _recursive(flow, tasks)
    yield from _dependencies(flow)


def check_references(texts: Iterable[tuple[Loc, str]], flow: Flow) -> Iterator[Finding]:
    """`inputs.a-b` in an expression: a name with a dash needs brackets, or it is read as a subtraction."""
    names = {
        "inputs": {item.id for item in flow.inputs if "-" in item.id},
        "outputs": {task.id for _, task in tasks_with_places(flow) if "-" in task.id},
    }
    if not any(names.values()):
        return
    for loc, text in texts:
        for expression in _EXPRESSION.findall(text):
            for root, name in _DASHED.findall(expression):
                if any(name == known or name.startswith(f"{known}.") for known in names[root]):
                    message = (
                        f"Invalid {root.removesuffix('s')} reference `{root}.{name}`: a name with a dash needs brackets"
                    )
                    yield Finding(loc, message, f"write `{root}['{name}']`")


def surprises(flow: Flow) -> Iterator[Finding]:
    """What is allowed and does not what it seems to."""
    for index, item in enumerate(flow.inputs):
        if item.defaults is not None and not item.required:
            message = "`required: false` has no effect: the default is always applied"
            yield Finding(("inputs", index), message, "leave it out, or use `prefill` instead of `defaults`")
    for index, trigger in enumerate(flow.triggers):
        wanted = [item.id for item in flow.inputs if item.required and item.defaults is None]
        missing = [name for name in wanted if name.split(".")[0] not in trigger.inputs and name not in trigger.inputs]
        if missing and hasattr(trigger, "cron"):
            listed = ", ".join(f"`{name}`" for name in missing)
            yield Finding(("triggers", index), f"the schedule gives no value for the required inputs {listed}")


def tasks_with_places(flow: Flow) -> Iterator[tuple[Loc, Task]]:
    """Every task of the flow, wrapped ones and those of every branch included, with its place."""
    yield from _tasks_of(flow, ())


def _tasks_of(model: BaseModel, loc: Loc) -> Iterator[tuple[Loc, Task]]:
    for field, alias in _fields(type(model)):
        yield from _tasks_in(getattr(model, field), (*loc, alias))


def _tasks_in(value: Any, loc: Loc) -> Iterator[tuple[Loc, Task]]:
    if isinstance(value, BaseModel):
        if isinstance(value, Task):
            yield loc, value
        yield from _tasks_of(value, loc)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _tasks_in(item, (*loc, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _tasks_in(item, (*loc, key))


@cache
def _fields(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """(field, name in YAML) of the fields in which tasks may stand: those that hold models, lists or mappings."""
    found = []
    for name, info in model.model_fields.items():
        alias = info.validation_alias or info.alias or name
        if isinstance(alias, AliasChoices):
            alias = next(choice for choice in alias.choices if isinstance(choice, str))
        if info.annotation not in (str, bool, int, float) and isinstance(alias, str):
            found.append((name, alias))
    return tuple(sorted(found, key=lambda pair: _LAST.index(pair[1]) if pair[1] in _LAST else -1))


def _ids(flow: Flow, field: str) -> Iterator[tuple[Loc, str]]:
    for index, item in enumerate(getattr(flow, field)):
        yield (field, index), item.id


def _repeated(what: str, ids: Iterable[tuple[Loc, str]]) -> Iterator[Finding]:
    seen: Counter[str] = Counter()
    for loc, name in ids:
        seen[name] += 1
        if seen[name] > 1:
            yield Finding((*loc, "id"), f"{what} [{name}]", "every id is used once in a flow; give this one another")


def _recursive(flow: Flow, tasks: Iterable[tuple[Loc, Task]]) -> Iterator[Finding]:
    for loc, task in tasks:
        called = getattr(task, "namespace", None), getattr(task, "flow_id", None)
        if task.mode is Mode.CHILD and called == (flow.namespace, flow.id):
            yield Finding(
                (*loc, "flowId"), f"Recursive call to flow [{flow.namespace}.{flow.id}]", "a flow cannot call itself"
            )


def _dependencies(flow: Flow) -> Iterator[Finding]:
    needs: dict[str, list[str]] = {
        item.id: list(item.depends_on.inputs) if item.depends_on is not None else [] for item in flow.inputs
    }
    for index, item in enumerate(flow.inputs):
        loc: Loc = ("inputs", index, "dependsOn", "inputs")
        for place, name in enumerate(needs[item.id]):
            if name not in needs:
                yield Finding((*loc, place), f"Input with id '{item.id}' depends on a non-existent input '{name}'.")
        if circle := _circle(item.id, needs):
            yield Finding(loc, f"Cycle dependency detected for input with id '{item.id}': [{', '.join(circle)}]")


def _circle(start: str, needs: Mapping[str, list[str]]) -> list[str]:
    """The inputs from `start` round to itself; empty when it does not come back."""
    stack: list[tuple[str, list[str]]] = [(start, [start])]
    seen: set[str] = set()
    while stack:
        name, path = stack.pop()
        for needed in needs.get(name, ()):
            if needed == start:
                return path
            if needed not in seen:
                seen.add(needed)
                stack.append((needed, [*path, needed]))
    return []
