"""The registry: which class stands behind a `type:`, and which types Kestra has that are not built here.

Filled by `plugins.discovery`; knows no plugin by name.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
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


Source = Callable[[str | None], Iterable[type]]
"""source(full name) → the classes of the modules where that type may stand; source(None) → all there are."""


class Types:
    """Finds the class of a `type:` by full name, by alias or by the name without `io.kestra.plugin.`.

    `source` gives further classes when a name is asked for; asking twice does no harm.
    """

    def __init__(
        self, classes: Iterable[type] = (), known: Known | None = None, source: Source = lambda name: ()
    ) -> None:
        self.data = known or Known()
        self._source = source
        self._built: dict[str, dict[str, type]] = {kind: {} for kind in KINDS}
        self._aliases: dict[str, str] = dict(self.data.aliases)
        self._add(classes)

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
        if "." not in name:
            return name
        found = self._named(name)
        if found is None:
            self._add(self._source(None))
            found = self._named(name)
        return found or name

    def find(self, kind: str, name: Any) -> type | None:
        """The built class, or None."""
        if not isinstance(name, str):
            return None
        full = self.canonical(name)
        if full not in self._built[kind]:
            self._add(self._source(full))
        return self._built[kind].get(full)

    def known(self, name: str) -> bool:
        """True when Kestra has the type and it is not built here."""
        full = self.canonical(name)
        return any(full in self.data.types(kind) and self.find(kind, full) is None for kind in KINDS)

    def names(self, kind: str | None = None) -> tuple[str, ...]:
        """Full names of what is built, sorted; `kind` is a key of KINDS, None = all."""
        kinds = KINDS if kind is None else (kind,)
        return tuple(sorted(name for kind in kinds for name in self.classes(kind)))

    def classes(self, kind: str) -> Mapping[str, type]:
        """{full name: class} of what is built."""
        self._add(self._source(None))
        return self._built[kind]

    def kind_of(self, name: str) -> str | None:
        """`tasks`, `triggers` … of a type that is built or known; None for any other text."""
        full = self.canonical(name)
        return next((kind for kind in KINDS if full in self.data.types(kind) or self.find(kind, full)), None)

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
        names = {*self.classes(kind), *self.data.types(kind)}
        names = names if name.startswith("io.") else {text.removeprefix(PREFIX) for text in names}
        lower = {text.lower(): text for text in names}
        close = get_close_matches(name.lower(), lower, n=1, cutoff=0.8)
        return f"did you mean `{lower[close[0]]}`?" if close else ""

    def _add(self, classes: Iterable[type]) -> None:
        for cls in classes:
            name: str = cls.type_name  # type: ignore[attr-defined] # every base in KINDS has it
            kind = next(kind for kind, base in KINDS.items() if issubclass(cls, base))
            self._built[kind][name] = cls
            self._aliases.update(dict.fromkeys(cls.aliases, name))  # type: ignore[attr-defined] # as above

    def _named(self, name: str) -> str | None:
        """The present name, without loading anything but the module that may define it; None = no such name yet."""
        for full in (name, PREFIX + name):
            if self._is_built(full):
                return full
            if full in self._aliases:
                return self._aliases[full]
            if any(full in self.data.types(kind) for kind in KINDS):
                return full
        for old, new in self.data.families.items():
            if name.startswith(old):
                return self._named(new + name[len(old) :])
        return None

    def _is_built(self, full: str) -> bool:
        if not any(full in classes for classes in self._built.values()):
            self._add(self._source(full))
        return any(full in classes for classes in self._built.values())


def _properties(data: Known, kind_and_name: tuple[str, str]) -> frozenset[str] | None:
    kind, name = kind_and_name
    own = data.types(kind).get(name)
    if own is None:
        return None
    common = data.common.get(kind.removesuffix("s"), "type")
    return frozenset((*own.split(), *common.split()))
