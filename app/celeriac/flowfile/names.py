"""Which property names may stand in a mapping of a flow, built here or only known in Kestra."""

from functools import cache

from pydantic import AliasChoices, BaseModel

from celeriac.core.flow import Flow
from celeriac.core.plugin_types import KINDS, Types
from celeriac.flowfile.nodes import Loc, Node

_LISTS = {"inputs": "input", "outputs": "output", "listeners": "listener"}


@cache
def names_of(model: type[BaseModel]) -> frozenset[str]:
    """The property names of a model, as YAML has them."""
    names: set[str] = set()
    for name, info in model.model_fields.items():
        alias = info.validation_alias or info.alias or name
        choices = alias.choices if isinstance(alias, AliasChoices) else [alias]
        names.update(choice for choice in choices if isinstance(choice, str) and "_" not in choice)
    return frozenset(names)


def known_names(types: Types, loc: Loc, mapping: Node) -> frozenset[str]:
    """The names that Kestra knows in the mapping at `loc`."""
    if not loc:
        return frozenset(types.data.common.get("flow", "").split())
    kind = _LISTS.get(str(loc[0])) if len(loc) == 2 else None
    type_name = mapping.text("type")
    if kind == "input":
        return frozenset(types.data.inputs.get(type_name or "", "").split())
    if kind is not None:
        return frozenset(types.data.common.get(kind, "").split())
    if type_name is not None and (section := types.kind_of(type_name)):
        return types.properties(type_name) or frozenset(types.data.common.get(section.removesuffix("s"), "").split())
    return frozenset(types.data.objects.get(_owner(loc), "").split())


def allowed_names(types: Types, loc: Loc, mapping: Node) -> frozenset[str]:
    """Every name that is right in the mapping at `loc`, as far as it is known: for `did you mean`."""
    names = known_names(types, loc, mapping)
    type_name = mapping.text("type")
    if not loc:
        return names | names_of(Flow)
    if type_name is not None:
        for kind in KINDS:
            if (cls := types.find(kind, type_name)) is not None and issubclass(cls, BaseModel):
                names |= names_of(cls)
    return names


def _owner(loc: Loc) -> str:
    return next((part for part in reversed(loc) if isinstance(part, str)), "")
