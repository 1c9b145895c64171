"""What stands behind each `type:`, for people: groups of types, and the text about each."""

import inspect
import textwrap
from collections import defaultdict
from dataclasses import dataclass

from celeriac.core.plugin_types import KINDS, Types

_GROUP_PARTS = 4


@dataclass(frozen=True, slots=True)
class PluginText:
    """A type. title: one line. description: the rest without the example. example: a flow in YAML, "" = none."""

    name: str
    kind: str
    title: str
    description: str
    example: str
    aliases: tuple[str, ...]

    @property
    def markdown(self) -> str:
        """All of it."""
        example = f"```yaml\n{self.example}\n```" if self.example else ""
        return "\n\n".join(part for part in (self.title, self.description, example) if part)


class PluginList:
    """Reads docstrings of the registry's classes."""

    def __init__(self, types: Types) -> None:
        self._types = types

    def groups(self) -> dict[str, list[PluginText]]:
        """{group, such as `io.kestra.plugin.core`: its types}, in order."""
        found: dict[str, list[PluginText]] = defaultdict(list)
        for kind in KINDS:
            for name, cls in self._types.classes(kind).items():
                found[".".join(name.split(".")[:_GROUP_PARTS])].append(text_of(kind, name, cls))
        return {group: sorted(found[group], key=lambda one: (one.kind, one.name)) for group in sorted(found)}


def text_of(kind: str, name: str, cls: type) -> PluginText:
    """What the docstring of a type says."""
    about, _, example = (inspect.getdoc(cls) or "").partition("\nExample:\n")
    title, _, description = about.strip().partition("\n")
    aliases = tuple(sorted(getattr(cls, "aliases", ())))
    return PluginText(name, kind, title, description.strip(), textwrap.dedent(example).strip(), aliases)
