"""The fields of a form out of declared inputs, and what a submitted form says, as the API would be given it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from celeriac.core.dates import iso_duration
from celeriac.core.inputs import MASK, AnyInput, Resolved
from celeriac.core.inputs.choices import SelectInput
from celeriac.core.inputs.model import has_expression
from celeriac.web.dashboard.moments import pretty
from celeriac.web.dashboard.preferences import zone

SHORT = 60
"""Characters of data that stays on one line."""
PREFIX = "input."
"""Names of fields start so: an input may be called `labels` or `csrf`."""
_WIDGETS = {
    "INT": "number",
    "FLOAT": "number",
    "BOOL": "switch",
    "BOOLEAN": "switch",
    "MULTISELECT": "checks",
    "DATE": "date",
    "DATETIME": "datetime",
    "TIME": "time",
    "FILE": "file",
    "JSON": "code",
    "YAML": "code",
    "ARRAY": "code",
    "SECRET": "password",
    "EMAIL": "email",
    "URI": "url",
}
_HINTS = {
    "DURATION": "An ISO 8601 duration: PT90S, PT2H30M, P1D",
    "JSON": "JSON",
    "YAML": "YAML",
    "FLOAT": "A number",
    "INT": "A whole number",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One input as a form shows it. limits: attributes of the HTML input such as min and max."""

    id: str
    type: str
    widget: str
    label: str
    description: str
    hint: str
    required: bool
    enabled: bool
    value: Any
    choices: tuple[tuple[str, str], ...]
    limits: Mapping[str, Any]
    problem: str
    feeds: tuple[str, ...]
    """Ids of the inputs that depend on this one: they are asked for again when it changes."""

    @property
    def name(self) -> str:
        """The name of its HTML field."""
        return PREFIX + self.id

    @property
    def given(self) -> bool:
        """True when there is something to show."""
        return self.value not in (None, "", [])


def fields(
    inputs: Sequence[AnyInput], resolved: Resolved, typed: Mapping[str, Any], problems: Mapping[str, str]
) -> list[Field]:
    """One field for each input. typed: what has been entered so far, by id. problems: by `inputs.ID`."""
    found = {one.id: one for one in resolved.inputs}
    feeds: dict[str, list[str]] = {}
    for declared in inputs:
        for name in declared.depends_on.inputs if declared.depends_on else ():
            feeds.setdefault(name, []).append(declared.id)
    made = []
    for declared in inputs:
        one = found[declared.id]
        value = typed.get(declared.id, declared.prefill if one.value is None else one.value)
        made.append(
            Field(
                id=declared.id,
                type=declared.type,
                widget=_widget(declared, one.choices),
                label=declared.display_name or declared.id,
                description=declared.description or "",
                hint=_hint(declared),
                required=declared.required and declared.defaults is None,
                enabled=one.enabled,
                value=_shown(declared, value, is_typed=declared.id in typed),
                choices=_choices(declared, one.choices),
                limits=_limits(declared),
                problem=_problem(problems.get(f"inputs.{declared.id}")),
                feeds=tuple(feeds.get(declared.id, ())),
            )
        )
    return made


def given_inputs(inputs: Sequence[AnyInput], form: "MultiDict[str, str]") -> dict[str, Any]:
    """{input id: what was entered}; what was left empty is not given, unless an empty text is a value there.

    Nor is a default that was shown with stars in the place of a secret.
    """
    given: dict[str, Any] = {}
    for declared in inputs:
        values = form.getlist(PREFIX + declared.id)
        if not values or declared.type == "FILE":
            continue
        if declared.type == "MULTISELECT":
            chosen = [value for value in values if value]
            if chosen or declared.defaults is not None:
                given[declared.id] = chosen
            continue
        value = values[-1].strip("\r\n") if _widget(declared, None) != "code" else values[-1]
        if value == "" and not (declared.type == "STRING" and declared.defaults is not None):
            continue
        if MASK in value and declared.defaults is not None:
            continue
        given[declared.id] = _in_utc(value) if declared.type == "DATETIME" else value
    return given


def _widget(declared: AnyInput, choices: Sequence[str] | None) -> str:
    widget = _WIDGETS.get(declared.type, "text")
    if isinstance(declared, SelectInput):
        if declared.allow_custom_value or (choices is None and declared.values is None):
            return "suggest"
        return "radio" if declared.is_radio else "select"
    return "code" if widget == "checks" and not _choices(declared, choices) else widget


def _choices(declared: AnyInput, choices: Sequence[str] | None) -> tuple[tuple[str, str], ...]:
    listed = getattr(declared, "values", None) or getattr(declared, "options", None) or ()
    labels = {one.value: one.label or one.value for one in listed}
    return tuple((value, labels.get(value, value)) for value in (choices if choices is not None else labels))


def _hint(declared: AnyInput) -> str:
    parts = [_HINTS.get(declared.type, "")]
    item_type = getattr(declared, "item_type", None)
    if declared.type == "ARRAY":
        parts = [f"A JSON list of {item_type}"]
    low, high = getattr(declared, "min", None), getattr(declared, "max", None)
    after, before = getattr(declared, "after", None), getattr(declared, "before", None)
    for words, limit in (("at least", low), ("at most", high), ("from", after), ("until", before)):
        if limit is not None:
            parts.append(f"{words} {iso_duration(limit) if hasattr(limit, 'total_seconds') else limit}")
    if pattern := getattr(declared, "validator", None):
        parts.append(f"matches {pattern}")
    if extensions := getattr(declared, "allowed_file_extensions", None):
        parts.append(f"one of {', '.join(extensions)}")
    return " · ".join(part for part in parts if part)


def _limits(declared: AnyInput) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if declared.type in ("INT", "FLOAT"):
        limits = {"min": getattr(declared, "min", None), "max": getattr(declared, "max", None)}
        limits["step"] = "1" if declared.type == "INT" else "any"
    elif declared.type in ("DATE", "TIME"):
        limits = {"min": getattr(declared, "after", None), "max": getattr(declared, "before", None)}
        limits["step"] = "1" if declared.type == "TIME" else None
    elif declared.type == "DATETIME":
        limits = {"step": "1"}
    elif declared.type == "FILE":
        allowed = getattr(declared, "allowed_file_extensions", None) or ()
        limits = {"accept": ",".join("." + one.removeprefix(".") for one in allowed)}
    return {name: value for name, value in limits.items() if value not in (None, "")}


def _shown(declared: AnyInput, value: Any, *, is_typed: bool) -> Any:
    if value is None or declared.secret:
        return MASK if declared.secret and value and not is_typed else ""
    if declared.type == "MULTISELECT":
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]
    if declared.type == "DATETIME":
        return _in_zone(str(value))
    if is_typed:
        return value
    if declared.type == "YAML" and isinstance(declared.defaults, str) and not has_expression(declared.defaults):
        return declared.defaults
    return str(value) if declared.type in ("INT", "FLOAT") else _as_text(declared, value)


def _as_text(declared: AnyInput, value: Any) -> str:
    if declared.type in ("BOOL", "BOOLEAN"):
        return "true" if value in (True, "true") else "false"
    if declared.type == "DURATION":
        return str(declared.printed(value))
    if isinstance(value, str):
        return value
    short = json.dumps(value, ensure_ascii=False, default=str)
    return short if len(short) <= SHORT else pretty(value)


def _problem(error: str | None) -> str:
    if not error:
        return ""
    if error.startswith("Missing required input"):
        return "This is required."
    return error.partition("Cause: ")[2] or error


def _in_utc(value: str) -> str:
    """The browser sends a time of its own zone, without saying so."""
    try:
        local = datetime.fromisoformat(value)
    except ValueError:
        return value
    aware = local if local.tzinfo else local.replace(tzinfo=zone())
    return aware.isoformat()


def _in_zone(value: str) -> str:
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        return value
    local = when.astimezone(zone()) if when.tzinfo else when
    return local.replace(tzinfo=None, microsecond=0).isoformat()
