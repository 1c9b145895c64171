"""What is answered about plugins."""

from typing import Annotated, Any

from pydantic import Field, RootModel

from celeriac.web.models.shapes import Answer, Found


class PluginTypeDocument(Answer):
    """A type. cls: its name, as `type:` says it."""

    cls: str
    title: str
    deprecated: bool


class PluginGroup(Answer):
    """Types that belong together."""

    name: str
    group: str
    tasks: list[PluginTypeDocument]
    triggers: list[PluginTypeDocument]
    task_runners: list[PluginTypeDocument]
    conditions: list[PluginTypeDocument]


class PluginsFound(Found):
    """All groups."""

    results: list[PluginGroup]


class PluginSchemaParts(Answer):
    """JSON Schemas: of the properties, and what they refer to."""

    properties: dict[str, Any]
    definitions: dict[str, Any]


class PluginDocument(Answer):
    """A type with its text and schema. example: a flow in YAML."""

    cls: str
    kind: str
    title: str
    description: str
    example: str
    aliases: list[str]
    markdown: str
    schema_: Annotated[PluginSchemaParts, Field(alias="schema")]


class SchemaDocument(RootModel[dict[str, Any]]):
    """A JSON Schema."""
