"""Filters that print or query structured data: JSON, YAML, Ion, jq."""

from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.expression.ion import write_ion
from celeriac.core.expression.jq_query import query
from celeriac.core.expression.operators import is_list
from celeriac.core.expression.printing import to_json
from celeriac.core.expression.scope import Scope
from celeriac.core.expression.yaml_text import write_yaml


def class_name(_: Scope, value: Any) -> Any:
    """The Java class that the engines have for such a value."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        return "java.util.LinkedHashMap"
    if is_list(value):
        return "java.util.ArrayList"
    names = {str: "String", bool: "Boolean", int: "Long", float: "Double"}
    return f"java.lang.{names[type(value)]}" if type(value) in names else type(value).__name__


def json_text(_: Scope, value: Any) -> str:
    """JSON."""
    return to_json(value)


DATA_FILTERS: Mapping[str, Callable[..., Any]] = {
    "className": class_name,
    "jq": lambda scope, value, expression: query(scope, value, expression),
    "json": json_text,
    "toIon": lambda scope, value: write_ion(value),
    "toJson": json_text,
    "yaml": lambda scope, value: write_yaml(value),
}
