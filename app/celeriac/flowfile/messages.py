"""Words for what pydantic finds wrong with a flow."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

_OTHER_WORDS = {"when": "runIf", "if": "runIf", "depends_on": "dependsOn", "image": "containerImage", "steps": "tasks"}
_KINDS = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "time_parsing": "a time such as 09:30:00",
    "time_type": "a time such as 09:30:00",
    "datetime_parsing": "a date and time such as 2026-01-31T09:30:00Z",
    "datetime_from_date_parsing": "a date and time such as 2026-01-31T09:30:00Z",
    "datetime_type": "a date and time such as 2026-01-31T09:30:00Z",
}


def describe(error: ErrorDetails) -> str:
    """One sentence: what is wrong, and what would be right."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _KINDS:
        return f"must be {_KINDS[kind]}, not {shown(error['input'])}"
    if kind == "missing":
        empty = error["loc"] and error["loc"][-1] == "tasks"
        return "must not be empty: at least one task is needed" if empty else "must not be null: it is required"
    if kind == "string_pattern_mismatch":
        return f'must match "{str(context["pattern"]).removesuffix("$")}", and `{error["input"]}` does not'
    if kind in ("enum", "literal_error"):
        return f"must be {context['expected']}, not {shown(error['input'])}"
    if kind == "union_tag_invalid":
        return f"Invalid type: {context['tag']}; it must be one of {str(context['expected_tags']).replace(chr(39), '')}"
    if kind == "union_tag_not_found":
        return "must not be null: `type` is required"
    return _limits(error, kind, context)


def hint_for_name(name: str, allowed: Iterable[str]) -> str:
    """`did you mean …`, when one of the allowed names is close."""
    if name == "<<":
        return "YAML merge keys are not resolved; write the properties out"
    lower = {text.lower(): text for text in allowed}
    same = lower.get(_OTHER_WORDS.get(name, "").lower()) or lower.get(name.replace("_", "").replace("-", "").lower())
    close = [lower[text] for text in get_close_matches(name.lower(), lower, n=1, cutoff=0.7)]
    best = same or (close[0] if close else None)
    return f"did you mean `{best}`?" if best else ""


def hint_for_tag(error: ErrorDetails) -> str:
    """`did you mean …` for one of several words: the `type` of an input or a retry, a level, a behaviour."""
    context = error.get("ctx", {})
    given, allowed = context.get("tag", error["input"]), context.get("expected_tags", context.get("expected", ""))
    return hint_for_name(given, re.findall(r"'([^']+)'", str(allowed))) if isinstance(given, str) else ""


def as_text(error: ErrorDetails) -> str | None:
    """A boolean where text is meant is that word, as the engines have it; None for every other error."""
    if error["type"] == "string_type" and isinstance(error["input"], bool):
        return str(error["input"]).lower()
    return None


def shown(value: Any) -> str:
    """A value as a message names it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return f"`{text[:80]}…`" if len(text) > 80 else f"`{text}`"


def _limits(error: ErrorDetails, kind: str, context: Mapping[str, Any]) -> str:
    if kind == "too_short" or (kind == "string_too_short" and context["min_length"] == 1):
        return "must not be empty"
    if kind in ("too_long", "string_too_long"):
        return f"is too long; at most {context['max_length']} are allowed"
    if kind == "greater_than_equal":
        return f"must be greater than or equal to {context['ge']}"
    if kind == "greater_than":
        return f"must be greater than {context['gt']}"
    if kind == "less_than_equal":
        return f"must be less than or equal to {context['le']}"
    if kind == "none_required":
        return "must be null: it cannot be set here"
    text = error["msg"].removeprefix("Value error, ")
    return text[:1].lower() + text[1:] if text.startswith("Input should") else text
