"""The strict reading of a flow's tree: every error with its place, and what is known but not built.

The tree is validated, mended and validated again: what the engines pass over (an empty property, server fields, a
boolean where text is meant) and what is known in Kestra but not built is taken out, the latter with a notice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from celeriac.core.errors import Problem
from celeriac.core.flow import Flow
from celeriac.core.missing_types import NOT_BUILT, Missing
from celeriac.core.plugin_types import Types
from celeriac.core.retry import RetryBehavior
from celeriac.flowfile.marks import Place, find
from celeriac.flowfile.messages import as_text, describe, hint_for_name, hint_for_tag
from celeriac.flowfile.names import allowed_names, known_names
from celeriac.flowfile.nodes import Loc, Node

PARSED_ONLY = ("concurrency", "sla", "checks")
"""Properties of a flow that are read and checked, and that the engine does not act on yet."""
_SERVER_FIELDS = frozenset({"revision", "deleted", "tenantId", "updated", "source", "draft"})
_ROUNDS = 6


@dataclass
class Strict:
    """The outcome: a flow, or the problems why there is none."""

    flow: Flow | None = None
    problems: list[Problem] = field(default_factory=list)
    unsupported: list[Problem] = field(default_factory=list)


class _Reader:
    """A class of the registry, by the names of YAML only, that remembers the stand-ins it met."""

    def __init__(self, cls: type[BaseModel], missing: list[Any]) -> None:
        self._cls = cls
        self._missing = missing

    def model_validate(self, value: Any, context: Any = None) -> BaseModel:
        if issubclass(self._cls, Missing):
            self._missing.append(value)
        return self._cls.model_validate(value, context=context, by_alias=True, by_name=False)


class _Registry:
    """`Types` as the validation context sees it."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self.missing: list[Any] = []

    def task(self, name: Any) -> _Reader:
        return _Reader(self._types.task(name), self.missing)

    def trigger(self, name: Any) -> _Reader:
        return _Reader(self._types.trigger(name), self.missing)

    def runner(self, name: Any) -> _Reader:
        return _Reader(self._types.runner(name), self.missing)

    def condition(self, name: Any) -> _Reader:
        return _Reader(self._types.condition(name), self.missing)


def check(root: Node, types: Types) -> Strict:
    """Validates the tree and mends it in place."""
    outcome = Strict()
    errors: list[ErrorDetails] = []
    for _ in range(_ROUNDS):
        registry, places = _Registry(types), dict[int, Loc]()
        data = root.plain(places)
        try:
            outcome.flow = Flow.model_validate(data, context={"types": registry}, by_alias=True, by_name=False)
            errors = []
        except ValidationError as error:
            errors = error.errors(include_url=False)
        if not _mend(root, types, errors, outcome.unsupported):
            break
    outcome.problems.extend(_problems(root, types, errors))
    outcome.unsupported.extend(_missing(root, registry.missing, places))
    outcome.unsupported.extend(_parsed_only(root))
    return outcome


def _mend(root: Node, types: Types, errors: list[ErrorDetails], unsupported: list[Problem]) -> bool:
    """Takes out or changes what needs not be an error; True when something was done."""
    items: list[Loc] = []
    done = False
    for error in errors:
        place = find(root, error["loc"])
        if not place.loc:
            continue
        parent = find(root, place.loc[:-1]).node
        key = place.loc[-1]
        if isinstance(key, int):
            if error["type"] == "union_tag_invalid" and place.node.text("type") in types.data.inputs:
                unsupported.append(
                    _notice(find(root, (*place.loc, "type")), f"`{place.node.text('type')}` is {NOT_BUILT}")
                )
                items.append(place.loc)
        elif key in parent.value and error["type"] != "missing":
            done |= _mend_property(root, types, error, place, parent, key, unsupported)
    for loc in sorted(items, key=lambda loc: str(loc[:-1]) + f"{loc[-1]:09}", reverse=True):
        del find(root, loc[:-1]).node.value[loc[-1]]
    return done or bool(items)


def _mend_property(
    root: Node, types: Types, error: ErrorDetails, place: Place, parent: Node, key: str, unsupported: list[Problem]
) -> bool:
    if error["type"] == "extra_forbidden":
        if len(place.loc) == 1 and key in _SERVER_FIELDS:
            parent.drop(key)
            return True
        if key in known_names(types, place.loc[:-1], parent):
            unsupported.append(_notice(place, NOT_BUILT))
            parent.drop(key)
            return True
        return False
    if place.node.value is None:
        parent.drop(key)
        return True
    text = as_text(error)
    if text is not None and place.node.value is error["input"]:
        place.node.value = text
        return True
    return False


def _problems(root: Node, types: Types, errors: list[ErrorDetails]) -> Iterator[Problem]:
    found: dict[tuple[str, tuple[int, int]], Problem] = {}
    for error in errors:
        problem = _problem(root, types, error)
        spot = problem.path, (problem.line, problem.column)
        earlier = found.get(spot)
        if earlier is None:
            found[spot] = problem
        elif problem.message not in earlier.message:
            message = f"{earlier.message}; or {problem.message}"
            found[spot] = Problem(message, problem.path, problem.line, problem.column, earlier.hint or problem.hint)
    yield from found.values()


def _problem(root: Node, types: Types, error: ErrorDetails) -> Problem:
    loc, kind, context = error["loc"], error["type"], error.get("ctx", {})
    hint = str(context.get("hint", ""))
    if kind == "missing" and loc:
        place = find(root, loc[:-1], str(loc[-1]))
        return _at(place, describe(error), hint)
    if kind in ("unknown_type", "no_type", "union_tag_invalid", "union_tag_not_found"):
        has_type = find(root, loc).node.get("type") is not None
        place = find(root, (*loc, "type")) if has_type else find(root, loc, "type")
        return _at(place, describe(error), hint or hint_for_tag(error))
    place = find(root, loc)
    for part in (context.get("at"), context.get("key")):
        if isinstance(part, str) and place.node.get(part) is not None:
            place = find(root, (*place.loc, part))
    if kind == "extra_forbidden":
        name, owner = str(loc[-1]), find(root, place.loc[:-1])
        hint = hint_for_name(name, allowed_names(types, owner.loc, owner.node))
        return _at(place, f'Unrecognized field "{name}"', hint)
    return _at(place, describe(error), hint or hint_for_tag(error))


def _missing(root: Node, values: list[Any], places: dict[int, Loc]) -> Iterator[Problem]:
    for value in values:
        place = find(root, (*places.get(id(value), ()), "type"))
        yield _notice(place, f"`{value['type']}` is {NOT_BUILT}")


def _parsed_only(root: Node) -> Iterator[Problem]:
    for name in PARSED_ONLY:
        child = root.get(name)
        if child is not None and child.value not in (None, []):
            yield _notice(find(root, (name,)), NOT_BUILT)
    for loc, node in root.walk():
        if loc[-2:] == ("retry", "behavior") and node.value == RetryBehavior.CREATE_NEW_EXECUTION:
            yield _notice(find(root, loc), f"`{node.value}` is {NOT_BUILT}")


def _notice(place: Place, message: str) -> Problem:
    return _at(place, message)


def _at(place: Place, message: str, hint: str = "") -> Problem:
    return Problem(message, path=place.path, line=place.mark[0], column=place.mark[1], hint=hint)
