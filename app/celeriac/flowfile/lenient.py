"""The lenient reading of a flow's tree: what a stored revision still holds, whatever has changed since.

An unknown property is dropped; a task that cannot be read becomes one that fails its own task run.
"""

from copy import deepcopy
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from celeriac.core.errors import FlowInvalid, Problem
from celeriac.core.flow import Flow
from celeriac.core.missing_types import stand_in
from celeriac.core.plugin_types import Types
from celeriac.flowfile.marks import find
from celeriac.flowfile.messages import as_text, describe
from celeriac.flowfile.nodes import Node

_ROUNDS = 6
_STAND_IN = {"id": "unnamed", "namespace": "unnamed"}


def read_leniently(root: Node, types: Types, *, tolerant: bool = False) -> Flow:
    """The flow in the tree, which is mended in place.

    tolerant: also what cannot be used is left out or made up, so that the rest can be looked at; never run that.
    Raises: FlowInvalid when the flow itself cannot be read (never for one of its tasks).
    """
    registry = _Registry(types, tolerant)
    errors: list[ErrorDetails] = []
    for turn in range(_ROUNDS):
        try:
            return Flow.model_validate(root.plain(), context={"types": registry}, by_alias=True, by_name=False)
        except ValidationError as error:
            errors = error.errors(include_url=False)
        for item in sorted(errors, key=lambda item: [str(part).zfill(9) for part in item["loc"]], reverse=True):
            _mend(root, item, tolerant=tolerant, whole=turn > 1)
    problems = []
    for item in errors:
        place = find(root, item["loc"])
        problems.append(Problem(describe(item), path=place.path, line=place.mark[0], column=place.mark[1]))
    raise FlowInvalid(problems)


def _mend(root: Node, error: ErrorDetails, *, tolerant: bool, whole: bool) -> None:
    loc, kind = error["loc"], error["type"]
    if kind == "missing":
        owner = find(root, loc[:-1])
        name = str(loc[-1])
        if tolerant and owner.node.is_mapping:
            made = [] if name == "tasks" else _STAND_IN.get(name, "")
            owner.node.set(name, Node(made, owner.mark))
        return
    place = find(root, loc)
    if not place.loc:
        return
    if (text := as_text(error)) is not None and place.node.value is error["input"]:
        place.node.value = text
        return
    parent, key = find(root, place.loc[:-1]).node, place.loc[-1]
    if tolerant and whole and len(place.loc) > 2:
        parent, key = root, place.loc[0]
    if place.loc == ("tasks",) and tolerant:
        root.set("tasks", _one_task(place.mark))
    elif isinstance(key, int):
        if (tolerant or place.node.value is None) and key < len(parent.value):
            del parent.value[key]
    elif key in parent.value and (tolerant or kind == "extra_forbidden" or place.node.value is None):
        parent.drop(key)


def _one_task(mark: tuple[int, int]) -> Node:
    names = {"id": Node("\0", mark), "type": Node("\0", mark)}
    return Node([Node(names, mark)], mark)


class _Registry:
    """`Types` as the validation context sees it: nothing is refused."""

    def __init__(self, types: Types, tolerant: bool) -> None:
        self._types = types
        self._tolerant = tolerant

    def task(self, name: Any) -> "_Reader":
        return self._reader("tasks", name)

    def trigger(self, name: Any) -> "_Reader":
        return self._reader("triggers", name)

    def runner(self, name: Any) -> "_Reader":
        return self._reader("runners", name)

    def condition(self, name: Any) -> "_Reader":
        return self._reader("conditions", name)

    def _reader(self, kind: str, name: Any) -> "_Reader":
        try:
            cls = getattr(self._types, kind.removesuffix("s"))(name)
        except PydanticCustomError as error:
            return _Reader(kind, None, error.message(), self._tolerant)
        return _Reader(kind, cls, "", self._tolerant)


class _Reader:
    """Reads one typed mapping, or gives a stand-in that says why it could not."""

    def __init__(self, kind: str, cls: type[BaseModel] | None, reason: str, tolerant: bool) -> None:
        self._kind, self._cls, self._reason, self._tolerant = kind, cls, reason, tolerant

    def model_validate(self, value: dict[str, Any], context: Any = None) -> BaseModel:
        data, reason = deepcopy(value) if self._tolerant else dict(value), self._reason
        for _ in range(_ROUNDS if self._cls is not None else 0):
            try:
                return self._cls.model_validate(data, context=context, by_alias=True, by_name=False)  # type: ignore[union-attr] # the range is empty without a class
            except ValidationError as error:
                errors = error.errors(include_url=False)
            reason = "; ".join(f"{'.'.join(map(str, item['loc']))}: {describe(item)}" for item in errors)
            mended = [self._mend(data, item) for item in errors]
            if True not in mended:
                break
        return stand_in(self._kind, data, reason, context)

    def _mend(self, data: dict[str, Any], error: ErrorDetails) -> bool:
        name, kind = str(error["loc"][0]) if error["loc"] else "", error["type"]
        if kind == "missing" and self._tolerant and len(error["loc"]) == 1 and name not in data:
            data[name] = ""
            return True
        if name in data and (text := as_text(error)) is not None and data[name] is error["input"]:
            data[name] = text
            return True
        if kind == "extra_forbidden":
            return _drop(data, error["loc"])
        if name in data and name not in ("id", "type", "tasks") and (self._tolerant or data[name] is None):
            del data[name]
            return True
        return False


def _drop(data: dict[str, Any], loc: tuple[str | int, ...]) -> bool:
    """Takes out the property at `loc`; names of union members in it lead nowhere and are passed over."""
    value: Any = data
    for part in loc[:-1]:
        if isinstance(value, dict):
            value = value.get(part, value)
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part]
    if isinstance(value, dict) and loc[-1] in value:
        del value[loc[-1]]
        return True
    return False
