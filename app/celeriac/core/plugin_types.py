"""The registry: which class stands behind a `type:`, and which types Kestra has that are not built here.

Filled by `plugins.discovery`; knows no plugin by name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, cast

from pydantic_core import PydanticCustomError

from celeriac.core.condition_type import ConditionType
from celeriac.core.flow import Task
from celeriac.core.missing_types import missing_type
from celeriac.core.runner import RunnerType
from celeriac.core.trigger_type import TriggerType

PREFIX = "io.kestra.plugin."
"""May be left out of a `type:`."""

KINDS: Mapping[str, type] = {
    "tasks": Task,
    "triggers": TriggerType,
    "runners": RunnerType,
    "conditions": ConditionType,
}
"""{kind: base class of its types}."""


@dataclass(frozen=True)
class Known:
    """What Kestra has, by name: `{kind: {full name: property names in one text, None = not known}}`.

    common: {"task": names, …}, the properties that every type of a kind has. objects: {property: names below it}.
    families: {old prefix of names: new prefix}.
    """

    tasks: Mapping[str, str | None] = field(default_factory=dict)
    triggers: Mapping[str, str | None] = field(default_factory=dict)
    runners: Mapping[str, str | None] = field(default_factory=dict)
    conditions: Mapping[str, str | None] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    common: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    families: Mapping[str, str] = field(default_factory=dict)

    def types(self, kind: str) -> Mapping[str, str | None]:
        """{full name: property names} of one kind."""
        return cast(Mapping[str, str | None], getattr(self, kind))


class Types:
    """Finds the class of a `type:` by full name, by alias or by the name without `io.kestra.plugin.`."""

    def __init__(self, classes: Iterable[type], known: Known | None = None) -> None:
        self.data = known or Known()
        self._built: dict[str, dict[str, type]] = {kind: {} for kind in KINDS}
        self._aliases: dict[str, str] = dict(self.data.aliases)
        for cls in classes:
            name: str = cls.type_name  # type: ignore[attr-defined] # every base in KINDS has it
            kind = next(kind for kind, base in KINDS.items() if issubclass(cls, base))
            self._built[kind][name] = cls
            self._aliases.update(dict.fromkeys(cls.aliases, name))  # type: ignore[attr-defined] # as above

    def task(self, name: Any) -> type[Task]:
        """The class; a stand-in (`missing_types`) when Kestra knows the name. Raises: PydanticCustomError."""
        return cast(type[Task], self._class("tasks", name))

    def trigger(self, name: Any) -> type[TriggerType]:
        """As `task`."""
        return cast(type[TriggerType], self._class("triggers", name))

    def runner(self, name: Any) -> type[RunnerType]:
        """As `task`."""
        return cast(type[RunnerType], self._class("runners", name))

    def condition(self, name: Any) -> type[ConditionType]:
        """As `task`."""
        return cast(type[ConditionType], self._class("conditions", name))

    def canonical(self, name: str) -> str:
        """The full present name of a type, for an alias or a short name too; other texts as they are."""
        for full in (name, PREFIX + name):
            if full in self._built_names:
                return full
            if full in self._all_names:
                return self._aliases.get(full, full)
        for old, new in self.data.families.items():
            if name.startswith(old) and new + name[len(old) :] in self._all_names:
                return new + name[len(old) :]
        return name

    def find(self, kind: str, name: Any) -> type | None:
        """The built class, or None."""
        return self._built[kind].get(self.canonical(name)) if isinstance(name, str) else None

    def known(self, name: str) -> bool:
        """True when Kestra has the type and it is not built here."""
        full = self.canonical(name)
        return any(full in self.data.types(kind) and full not in self._built[kind] for kind in KINDS)

    def names(self, kind: str | None = None) -> tuple[str, ...]:
        """Full names of what is built, sorted; `kind` is a key of KINDS, None = all."""
        kinds = KINDS if kind is None else (kind,)
        return tuple(sorted(name for kind in kinds for name in self._built[kind]))

    def classes(self, kind: str) -> Mapping[str, type]:
        """{full name: class} of what is built."""
        return self._built[kind]

    def kind_of(self, name: str) -> str | None:
        """`tasks`, `triggers` … of a type that is built or known; None for any other text."""
        full = self.canonical(name)
        return next((kind for kind in KINDS if full in self._built[kind] or full in self.data.types(kind)), None)

    def properties(self, name: str) -> frozenset[str] | None:
        """The property names that Kestra knows for a type, common ones included; None = any, nothing is known."""
        return _properties(self.data, self._kind_and_name(name))

    def _kind_and_name(self, name: str) -> tuple[str, str]:
        return self.kind_of(name) or "tasks", self.canonical(name)

    def _class(self, kind: str, name: Any) -> type:
        if not isinstance(name, str) or not name:
            raise PydanticCustomError("no_type", "must not be null: `type` names the plugin")
        if found := self.find(kind, name):
            return found
        full = self.canonical(name)
        if full in self.data.types(kind):
            return missing_type(kind, full, self.properties(full))
        raise PydanticCustomError(
            "unknown_type", "Invalid type: {name}", {"name": name, "hint": self._hint(kind, name)}
        )

    def _hint(self, kind: str, name: str) -> str:
        other = self.kind_of(name)
        if other is not None and other != kind:
            return f"`{name}` is one of the {other}, not of the {kind}"
        names = {*self._built[kind], *self.data.types(kind)}
        names = names if name.startswith("io.") else {text.removeprefix(PREFIX) for text in names}
        lower = {text.lower(): text for text in names}
        close = get_close_matches(name.lower(), lower, n=1, cutoff=0.8)
        return f"did you mean `{lower[close[0]]}`?" if close else ""

    @cached_property
    def _built_names(self) -> frozenset[str]:
        return frozenset(name for classes in self._built.values() for name in classes)

    @cached_property
    def _all_names(self) -> frozenset[str]:
        def every() -> Iterator[str]:
            yield from self._aliases
            for kind in KINDS:
                yield from self._built[kind]
                yield from self.data.types(kind)

        return frozenset(every())


def _properties(data: Known, kind_and_name: tuple[str, str]) -> frozenset[str] | None:
    kind, name = kind_and_name
    own = data.types(kind).get(name)
    if own is None:
        return None
    common = data.common.get(kind.removesuffix("s"), "type")
    return frozenset((*own.split(), *common.split()))
