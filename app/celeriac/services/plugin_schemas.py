"""JSON Schemas of flows and of every type that stands in one, for editors and other programs."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema

from celeriac.core.condition_type import ConditionType
from celeriac.core.dynamic import DECLARED
from celeriac.core.errors import NotFound
from celeriac.core.flow import Flow, Task
from celeriac.core.plugin_types import KINDS, Types
from celeriac.core.runner import RunnerType
from celeriac.core.trigger_type import TriggerType

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BASES = {"task": Task, "trigger": TriggerType, "runner": RunnerType, "condition": ConditionType}
Schema = dict[str, Any]


class PluginSchemas:
    """Made once, when first asked for."""

    def __init__(self, types: Types) -> None:
        self._types = types
        self._made: dict[type, Schema] = {}

    def of(self, name: str) -> Schema:
        """The schema of `flow`, `task`, `trigger`, or of a type by its name. Raises: NotFound."""
        if name == "flow":
            return self._flow
        if name in _BASES:
            definitions = self._flow["$defs"]
            return {"$schema": DIALECT, **definitions[_BASES[name].__name__], "$defs": definitions}
        cls = self.type(name)
        if cls not in self._made:
            schema = cast(type[BaseModel], cls).model_json_schema(schema_generator=_Schemas)
            self._made[cls] = {"$schema": DIALECT, **_named(schema, self._types.canonical(name))}
        return self._made[cls]

    def type(self, name: str) -> type:
        """The class of a type that is built. Raises: NotFound."""
        for kind in KINDS:
            if found := self._types.find(kind, name):
                return found
        why = "is known, but not built yet" if self._types.known(name) else "does not exist"
        raise NotFound(f"The type `{name}` {why}")

    @cached_property
    def _flow(self) -> Schema:
        """All types are in it; which one holds for a task or a trigger, its `type` says."""
        classes = {name: cls for kind in KINDS for name, cls in self._types.classes(kind).items()}
        models: list[Any] = [(cls, "validation") for cls in (Flow, *_BASES.values(), *classes.values())]
        references, made = models_json_schema(models, schema_generator=_Schemas)
        definitions: Schema = made["$defs"]
        for base in _BASES.values():
            own = {name: cls for name, cls in classes.items() if issubclass(cls, base)}
            for name, cls in own.items():
                key = references[cast(Any, (cls, "validation"))]["$ref"].rpartition("/")[2]
                definitions[key] = _named(definitions[key], name)
            names = {name: references[cast(Any, (cls, "validation"))]["$ref"] for name, cls in own.items()}
            key = references[cast(Any, (base, "validation"))]["$ref"].rpartition("/")[2]
            definitions[key] = _chosen(definitions[key], names)
        root = references[cast(Any, (Flow, "validation"))]["$ref"].rpartition("/")[2]
        return {"$schema": DIALECT, **definitions[root], "$defs": definitions}


class _Schemas(GenerateJsonSchema):
    """Dynamic properties take an expression too; what no schema can say takes anything."""

    def function_plain_schema(self, schema: Any) -> JsonSchemaValue:
        metadata = schema.get("metadata") or {}
        if DECLARED not in metadata:
            return {}
        declared = self.generate_inner(TypeAdapter(metadata[DECLARED]).core_schema)
        if not declared or declared.get("type") == "string":
            return declared
        return {"anyOf": [declared, {"type": "string", "description": "an expression"}]}

    def function_before_schema(self, schema: Any) -> JsonSchemaValue:
        """Takes more than what it makes of it."""
        return {}

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> JsonSchemaValue:
        return {}

    def encode_default(self, dft: Any) -> Any:
        try:
            return super().encode_default(dft)
        except (TypeError, ValueError):
            return str(dft)


def _named(schema: Schema, name: str) -> Schema:
    """Only this `type`, and the title of the class."""
    properties = {**schema.get("properties", {}), "type": {"const": name}}
    return {**schema, "title": name, "properties": properties}


def _chosen(base: Schema, references: Mapping[str, str]) -> Schema:
    """A task or trigger of any type; the properties are checked for types that are built."""
    chosen = [
        {"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": {"$ref": reference}}
        for name, reference in references.items()
    ]
    own = {name: base["properties"][name] for name in ("id",) if name in base["properties"]}
    shown = {**own, "type": {"type": "string", "examples": sorted(references)}}
    return {"type": "object", "title": base["title"], "required": list(shown), "properties": shown, "allOf": chosen}
