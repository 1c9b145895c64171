"""Writes the flow reference out of the models: python docs/generate.py [FOLDER]   (default: docs/reference)

Knows no type by name: what is installed is listed, described by its docstring and its JSON Schema.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from celeriac.core.plugin_types import KINDS
from celeriac.plugins.discovery import discover
from celeriac.services.plugin_list import PluginList, PluginText
from celeriac.services.plugin_schemas import PluginSchemas

Schema = Mapping[str, Any]
TITLES = {
    "tasks": "Tasks",
    "triggers": "Triggers",
    "conditions": "Conditions of triggers",
    "runners": "Task runners",
}


def main() -> None:
    """Writes every page."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "reference"
    types = discover()
    schemas, groups = PluginSchemas(types), PluginList(types).groups()
    texts = [text for group in groups.values() for text in group]
    pages = {"flow.md": "".join(flow_page(schemas.of("flow")))}
    for kind in KINDS:
        of_kind = [text for text in texts if text.kind == kind]
        pages[f"{kind}.md"] = "".join(kind_page(TITLES[kind], of_kind, schemas))
    pages["README.md"] = "".join(index(texts))
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", encoding="utf-8")


def index(texts: list[PluginText]) -> Iterator[str]:
    """The first page: what there is."""
    yield "# Flow reference\n\nMade of the models that check each flow, by `python docs/generate.py`.\n\n"
    yield "- [Flow, inputs, common properties](flow.md)\n"
    for kind in KINDS:
        yield f"- [{TITLES[kind]}]({kind}.md)\n"
    for kind in KINDS:
        yield f"\n## {TITLES[kind]}\n\n| type | what it does |\n|---|---|\n"
        for text in (text for text in texts if text.kind == kind):
            yield f"| [`{text.name}`]({kind}.md#{anchor(text.name)}) | {cell(text.title)} |\n"


def flow_page(schema: Schema) -> Iterator[str]:
    """The flow, and the models that its properties refer to; tasks and triggers have pages of their own."""
    definitions = schema["$defs"]
    yield "# Flow, inputs, common properties\n\n## Flow\n\n"
    yield f"{about(schema)}\n\n"
    yield from properties(schema)
    own = {name: one for name, one in definitions.items() if is_model(one)}
    for name in sorted(own):
        yield f"\n## {name}\n\n{about(own[name])}\n\n"
        yield from properties(own[name])


def kind_page(title: str, texts: list[PluginText], schemas: PluginSchemas) -> Iterator[str]:
    """All types of a kind."""
    yield f"# {title}\n"
    for text in texts:
        yield f"\n## {text.name}\n\n{text.title}\n\n{text.description}\n\n"
        yield from properties(schemas.of(text.name))
        if text.example:
            yield f"\n```yaml\n{text.example}\n```\n"
        if text.aliases:
            yield f"\nAlso known as {', '.join(f'`{alias}`' for alias in text.aliases)}.\n"


def properties(schema: Schema) -> Iterator[str]:
    """A table of the properties of a model, those that are needed first."""
    needed = set(schema.get("required", ()))
    rows = {name: one for name, one in schema.get("properties", {}).items() if name != "type" or "const" not in one}
    if not rows:
        return
    yield "| property | type | default |\n|---|---|---|\n"
    for name, one in sorted(rows.items(), key=lambda row: row[0] not in needed):
        default = "**required**" if name in needed else shown(one["default"]) if one.get("default") is not None else ""
        yield f"| `{name}` | {cell(type_of(one))} | {default} |\n"


def type_of(schema: Any) -> str:
    """What a property takes, in a few words."""
    if not isinstance(schema, Mapping) or not schema:
        return "any"
    if "$ref" in schema:
        return f"{schema['$ref'].rpartition('/')[2]}"
    if "const" in schema:
        return shown(schema["const"])
    if "enum" in schema:
        return ", ".join(shown(one) for one in schema["enum"])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            found = dict.fromkeys(type_of(one) for one in schema[several] if one != {"type": "null"})
            return " or ".join(found)
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items'))}"
    if schema.get("type") == "object":
        return (
            f"mapping to {type_of(schema['additionalProperties'])}" if schema.get("additionalProperties") else "mapping"
        )
    if schema.get("description") == "an expression":
        return "expression"
    return str(schema.get("format") or schema.get("type") or "any")


def is_model(schema: Schema) -> bool:
    """True for what has properties and is no type of a plugin, which has a page."""
    properties_ = schema.get("properties", {})
    kind = properties_.get("type", {}).get("const", "") if isinstance(properties_.get("type"), Mapping) else ""
    return bool(properties_) and "." not in str(kind) and "allOf" not in schema


def about(schema: Schema) -> str:
    """The docstring of a model without its example."""
    return str(schema.get("description", "")).partition("\nExample:\n")[0].strip()


def shown(value: Any) -> str:
    """A value as it is written in YAML."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}…`"


def cell(text: str) -> str:
    """Text that can stand in a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def anchor(name: str) -> str:
    """What a heading is called in a link."""
    return re.sub(r"[^a-z0-9 _-]", "", name.lower()).replace(" ", "-")


if __name__ == "__main__":
    main()
