"""`core.kv.Set`: writes a key of the KV store."""

import json
import re
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from celeriac.core.dates import Duration, parse_iso_duration
from celeriac.core.dynamic import Dynamic, as_text
from celeriac.core.errors import TaskFailed
from celeriac.core.task_type import TaskContext
from celeriac.plugins.core.kv.key_task import KeyTask

_KEY = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]*")


class KVType(StrEnum):
    """What a text given as value is to become. Dates and durations are checked, and kept as ISO 8601 text."""

    STRING = "STRING"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    DATETIME = "DATETIME"
    DATE = "DATE"
    DURATION = "DURATION"
    JSON = "JSON"


class Set(KeyTask):
    """Stores a value under a key, for other executions and flows.

    A text that is one expression keeps its type (a number stays a number). Everything else is stored as text, lists and
    mappings as JSON text, unless `kvType` says otherwise.

    Example:
        id: remember
        namespace: company.team
        tasks:
          - id: save
            type: io.kestra.plugin.core.kv.Set
            key: last_run
            value: "{{ execution.id }}"
            ttl: P7D
          - id: show
            type: io.kestra.plugin.core.log.Log
            message: "{{ kv('last_run') }}"
    """

    type_name: ClassVar[str] = "io.kestra.plugin.core.kv.Set"

    unrendered: ClassVar[frozenset[str]] = frozenset({"value"})

    value: Dynamic[Any]
    overwrite: Dynamic[bool] = True
    ttl: Dynamic[Duration] | None = None
    kv_type: Dynamic[KVType] | None = None
    kv_description: Dynamic[str] | None = None

    def run(self, context: TaskContext) -> None:
        if not _KEY.fullmatch(self.key):
            raise TaskFailed(
                f"Property `key`: `{self.key}` must start with a letter or digit, "
                "and hold letters, digits, `.`, `_`, `-` only"
            )
        value = context.render(as_text(self.value), typed=True)
        context.kv.set(
            self.home(context),
            self.key,
            value if self.kv_type is None else _as_kind(value, self.kv_type),
            overwrite=self.overwrite,
            ttl_s=None if self.ttl is None else self.ttl.total_seconds(),
            kind=self.kv_type,
            description=self.kv_description,
        )


def _as_kind(value: Any, kind: KVType) -> Any:
    if kind is KVType.STRING:
        return as_text(value)
    if not isinstance(value, str):
        return value
    try:
        return _parsed(value, kind)
    except (ValueError, KeyError) as error:
        raise TaskFailed(f"Property `value`: `{value[:200]}` is no {kind.lower()} (kvType {kind})") from error


def _parsed(text: str, kind: KVType) -> Any:
    if kind is KVType.BOOLEAN:
        return {"true": True, "false": False}[text.strip().lower()]
    if kind is KVType.DATETIME:
        return datetime.fromisoformat(text) and text
    if kind is KVType.DATE:
        return date.fromisoformat(text) and text
    if kind is KVType.DURATION:
        parse_iso_duration(text)
        return text
    found = json.loads(text)
    if kind is KVType.NUMBER and (isinstance(found, bool) or not isinstance(found, int | float)):
        raise ValueError("not a number")
    return found
