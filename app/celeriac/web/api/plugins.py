"""What a `type:` may be: the registry, with texts and JSON Schemas."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from celeriac.services.plugin_list import PluginText, text_of
from celeriac.web.api import celeriac
from celeriac.web.json_text import json_answer
from celeriac.web.models.plugins import PluginDocument, PluginsFound, SchemaDocument
from celeriac.web.openapi import operation

blueprint = Blueprint("plugins", __name__)
_LISTS = {"tasks": "tasks", "triggers": "triggers", "runners": "taskRunners", "conditions": "conditions"}
"""{kind of the registry: name in the answer}."""


@blueprint.get("/plugins")
@operation(PluginsFound)
def groups() -> Response:
    """All types that are built, by group."""
    found = celeriac().plugin_list.groups()
    return json_answer({"results": [_group(name, types) for name, types in found.items()], "total": len(found)})


@blueprint.get("/plugins/schemas/<name>")
@operation(SchemaDocument)
def schema(name: str) -> Response:
    """The JSON Schema of `flow`, `task`, `trigger`, `runner`, `condition`, or of one type by its name."""
    return json_answer(celeriac().plugin_schemas.of(name))


@blueprint.get("/plugins/<cls>")
@operation(PluginDocument)
def read(cls: str) -> Response:
    """One type: what it does, an example, the schema of its properties."""
    types = celeriac().types
    found = celeriac().plugin_schemas.type(cls)
    name = types.canonical(cls)
    text = text_of(types.kind_of(name) or "tasks", name, found)
    of_type = celeriac().plugin_schemas.of(name)
    return json_answer(
        {
            "cls": text.name,
            "kind": text.kind,
            "title": text.title,
            "description": text.description,
            "example": text.example,
            "aliases": text.aliases,
            "markdown": text.markdown,
            "schema": {
                "properties": {key: value for key, value in of_type.items() if key not in ("$defs", "$schema")},
                "definitions": of_type.get("$defs", {}),
            },
        }
    )


def _group(name: str, types: Sequence[PluginText]) -> dict[str, Any]:
    lists = {
        shown: [{"cls": one.name, "title": one.title, "deprecated": False} for one in types if one.kind == kind]
        for kind, shown in _LISTS.items()
    }
    return {"name": name.rpartition(".")[2], "group": name, **lists}
