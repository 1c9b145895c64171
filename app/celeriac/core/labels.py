"""Labels: a mapping or a list of {key, value}, kept as {key: text}; the last of two equal keys wins."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_KEY = re.compile(r"[a-z][\w.-]*", re.UNICODE)


def parse_labels(value: Any) -> Any:
    """The mapping form of labels. Source: Kestra 2.0 (keys start in lower case, values are never empty)."""
    if value is None:
        return {}
    if isinstance(value, list):
        pairs = [(item.get("key"), item.get("value")) if isinstance(item, dict) else (None, None) for item in value]
    elif isinstance(value, dict):
        pairs = list(value.items())
    else:
        raise PydanticCustomError("labels", "labels are a mapping, or a list of {key, value}")
    found: dict[str, str] = {}
    for key, item in pairs:
        if key is None:
            raise PydanticCustomError("labels", "a label needs a key and a value")
        if isinstance(item, dict | list):
            text = "Unsupported type for key: {key}; a label is one text"
            raise PydanticCustomError("labels", text, {"key": str(key)})
        if item is None or not str(item).strip():
            raise PydanticCustomError("labels", "label `{key}`: the value must not be empty", {"key": str(key)})
        if not isinstance(key, str) or not (_KEY.fullmatch(key) or key[:1].islower()) or " " in key:
            raise PydanticCustomError(
                "labels",
                "label key `{key}` must start with a lower-case letter and hold letters, digits, `.`, `_`, `-` only",
                {"key": str(key)},
            )
        if key.startswith("system.") and key not in ("system.readOnly", "system.correlationId"):
            raise PydanticCustomError("labels", "label key `{key}`: `system.` is reserved", {"key": key})
        found[key] = str(item).lower() if isinstance(item, bool) else str(item)
    return found


Labels = Annotated[dict[str, str], BeforeValidator(parse_labels)]
