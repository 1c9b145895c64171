"""What a caller gave, by the ids of the declared inputs. Dotted ids may be given flat or as nested mappings."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from celeriac.core.inputs.model import Input


def flatten(inputs: Sequence[Input], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """({input id: value}, names that no input has)."""
    ids = {declared.id for declared in inputs}
    found: dict[str, Any] = {}
    unknown: list[str] = []

    def walk(values: Mapping[str, Any], prefix: str) -> None:
        for key, value in values.items():
            name = f"{prefix}{key}"
            if name in ids:
                found[name] = value
            elif isinstance(value, Mapping) and any(other.startswith(f"{name}.") for other in ids):
                walk(value, f"{name}.")
            else:
                unknown.append(name)

    walk(given, "")
    return found, unknown


def unknown_warning(name: str, ids: Iterable[str]) -> str:
    """The line that tells about a value which no input takes."""
    close = get_close_matches(name, list(ids), n=1)
    hint = f" (did you mean `{close[0]}`?)" if close else ""
    return f"Input `{name}` is not declared by the flow{hint}: the given value is ignored"
