"""Plugin defaults, merged into the tree before it is validated, so that marks lead to the default's own line.

Source: Kestra. A default fits a type that is the same or starts with its `type`. It fills what is missing; `forced`
overrides. Mappings merge deeply, lists are joined with the default's items first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from celeriac.core.errors import Problem
from celeriac.core.plugin_types import Types
from celeriac.flowfile.marks import find
from celeriac.flowfile.names import allowed_names
from celeriac.flowfile.nodes import Loc, Node

_PROPERTIES = ("pluginDefaults", "taskDefaults")


@dataclass(frozen=True, slots=True)
class _Default:
    type: str
    values: Node
    forced: bool
    exact: bool


def merge_defaults(root: Node, types: Types) -> tuple[list[Problem], list[Problem]]:
    """Applies the defaults of a flow to all its typed mappings. Gives problems and warnings."""
    problems: list[Problem] = []
    warnings = _rename(root)
    defaults = list(_read(root, types, problems))
    defaults.sort(key=lambda default: (not default.exact, -len(default.type)))
    if defaults:
        for key, child in root.value.items():
            if key not in _PROPERTIES:
                for loc, node in list(child.walk((key,))):
                    _apply(node, loc, defaults, types)
    return problems, warnings


def _rename(root: Node) -> list[Problem]:
    old = root.get("taskDefaults")
    if old is None:
        return []
    line, column = root.keys["taskDefaults"]
    new = root.get("pluginDefaults")
    if new is not None and new.is_list and old.is_list:
        new.value.extend(old.value)
    else:
        root.set("pluginDefaults", old, root.keys["taskDefaults"])
    root.drop("taskDefaults")
    text = "`taskDefaults` is the old name of `pluginDefaults`"
    return [Problem(text, path="taskDefaults", line=line, column=column)]


def _read(root: Node, types: Types, problems: list[Problem]) -> Iterator[_Default]:
    listed = root.get("pluginDefaults")
    if listed is None or not listed.is_list:
        return
    for index, entry in enumerate(listed.value):
        loc: Loc = ("pluginDefaults", index)
        if not entry.is_mapping:
            continue
        type_name, values = entry.text("type"), entry.get("values")
        if values is None or values.value is None:
            problems.append(_problem(root, loc, "No 'values' provided"))
            if values is not None:
                entry.drop("values")
        elif type_name is not None and values.is_mapping:
            exact = types.kind_of(type_name) is not None
            if exact:
                problems.extend(_unknown(root, (*loc, "values"), types, type_name, values))
            forced = entry.get("forced")
            yield _Default(types.canonical(type_name), values, forced is not None and forced.value is True, exact)


def _unknown(root: Node, loc: Loc, types: Types, type_name: str, values: Node) -> Iterator[Problem]:
    typed = Node({"type": Node(type_name, values.mark)}, values.mark)
    allowed = allowed_names(types, ("tasks", 0), typed)
    for key in values.value:
        if allowed and key not in allowed:
            yield _problem(root, (*loc, key), f"No property '{key}' exists in plugin '{type_name}'")


def _problem(root: Node, loc: Loc, reason: str) -> Problem:
    place = find(root, loc)
    return Problem(f"Invalid Plugin Default: {reason}", path=place.path, line=place.mark[0], column=place.mark[1])


def _apply(node: Node, loc: Loc, defaults: list[_Default], types: Types) -> None:
    type_name = node.text("type")
    if type_name is None:
        return
    full = types.canonical(type_name)
    allowed: frozenset[str] | None = None
    for default in defaults:
        if full.startswith(default.type) or type_name.startswith(default.type):
            allowed = allowed_names(types, loc, node) if allowed is None else allowed
            _merge(node, default.values, forced=default.forced, allowed=allowed)


def _merge(target: Node, values: Node, *, forced: bool, allowed: frozenset[str] = frozenset()) -> None:
    for key, value in values.value.items():
        if allowed and key not in allowed:
            continue
        present = target.get(key)
        if present is None or present.value is None:
            target.set(key, value.copy(), values.keys.get(key))
        elif present.is_mapping and value.is_mapping:
            _merge(present, value, forced=forced)
        elif present.is_list and value.is_list:
            own = present.value
            present.value = [*own, *value.copy().value] if forced else [*value.copy().value, *own]
        elif forced:
            target.set(key, value.copy(), values.keys.get(key))
