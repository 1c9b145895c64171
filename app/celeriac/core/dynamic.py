"""Dynamic properties: values that may hold expressions until the task runs.

A task type declares `rows: Dynamic[int] = 1`. The YAML value is kept as written; `render_properties` gives a copy of
the model whose dynamic fields are rendered and have the declared types. A bad value of a dynamic property is therefore
an error of its task run, not of the file. Source: Kestra's Property<T>.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from celeriac.core.errors import TaskFailed

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")
Render = Callable[..., Any]
"""render(value, *, typed: bool) → value. typed: a text that is one expression keeps its native value; else text."""


DECLARED = "celeriac.declared"
"""Under this key the core schema of a dynamic field tells its declared type, for JSON Schemas."""


class _Deferred:
    """Keeps the raw YAML value; only its outer shape (list, mapping or scalar) is checked on parsing."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        shape = shape_of(source)

        def keep(value: Any) -> Any:
            if shape in ("list", "map") and not isinstance(value, str | (list if shape == "list" else dict)):
                wanted = "a list" if shape == "list" else "a mapping"
                raise PydanticCustomError("shape", "should be {wanted} or an expression", {"wanted": wanted})
            if value is None:
                raise PydanticCustomError("missing", "has no value")
            return value

        return core_schema.no_info_plain_validator_function(keep, metadata={DECLARED: source})


Dynamic = Annotated[T, _Deferred()]


def shape_of(kind: Any) -> str:
    """'text', 'list', 'map', 'any' or 'scalar' for a declared type."""
    origin = get_origin(kind)
    if origin is Annotated:
        return shape_of(get_args(kind)[0])
    if kind is str:
        return "text"
    if kind is Any:
        return "any"
    if (origin or kind) in (list, tuple):
        return "list"
    if isinstance(origin or kind, type) and issubclass(origin or kind, Mapping):
        return "map"
    return "any" if origin is not None else "scalar"


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    alias: str
    shape: str
    text_items: bool
    adapter: TypeAdapter[Any]


@cache
def dynamic_fields(model: type[BaseModel]) -> tuple[_Field, ...]:
    """The dynamic fields of a model class, in order of declaration."""
    found = []
    for name, info in model.model_fields.items():
        kind = _dynamic_type(info.annotation, info.metadata)
        if kind is not None:
            text_items = get_args(kind[0])[-1:] == (str,)
            found.append(_Field(name, info.alias or name, shape_of(kind[0]), text_items, TypeAdapter(kind[0])))
    return tuple(found)


def _dynamic_type(annotation: Any, metadata: list[Any]) -> tuple[Any] | None:
    if any(isinstance(item, _Deferred) for item in metadata):
        others = tuple(item for item in metadata if not isinstance(item, _Deferred))
        return (Annotated[annotation, *others] if others else annotation,)
    if get_origin(annotation) is Annotated:
        kind, *marks = get_args(annotation)
        return _dynamic_type(kind, marks)
    for option in get_args(annotation):
        if get_origin(option) is Annotated and (found := _dynamic_type(option, [])):
            return found
    return None


def render_properties(model: M, render: Render, *, skip: frozenset[str] = frozenset()) -> M:
    """A copy of `model` with every dynamic field rendered and typed, nested models included.

    Raises: ExpressionError; TaskFailed when a rendered value does not fit the declared type.
    """
    updates: dict[str, Any] = {}
    dynamic = dynamic_fields(type(model))
    for field in dynamic:
        raw = getattr(model, field.name)
        if raw is not None and field.name not in skip and field.name in model.model_fields_set:
            updates[field.name] = _value(field, raw, render)
    names = {field.name for field in dynamic}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name not in names and name not in skip and isinstance(value, BaseModel):
            updates[name] = render_properties(value, render)
    return model.model_copy(update=updates) if updates else model


def _value(field: _Field, raw: Any, render: Render) -> Any:
    if field.shape == "text":
        return as_text(render(raw, typed=False))
    value = render(raw, typed=field.shape != "scalar" or not isinstance(raw, str))
    if field.shape == "any":
        return value
    if field.shape in ("list", "map") and isinstance(value, str):
        value = _from_json(field, value)
    if value is None or value == "":
        return None
    if field.text_items and isinstance(value, list):
        value = [as_text(item) for item in value]
    elif field.text_items and isinstance(value, dict):
        value = {key: as_text(item) for key, item in value.items()}
    try:
        return field.adapter.validate_python(value)
    except ValidationError as error:
        reasons = "; ".join(item["msg"] for item in error.errors(include_url=False))
        raise TaskFailed(
            f"Property `{field.alias}`: the value `{as_text(value)[:200]}` does not fit: {reasons}"
        ) from error


def _from_json(field: _Field, text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        wanted = "a list" if field.shape == "list" else "a mapping"
        raise TaskFailed(
            f"Property `{field.alias}`: `{text[:200]}` is neither {wanted} nor JSON text of one"
        ) from error


def as_text(value: Any) -> str:
    """A rendered value as text: JSON for lists, mappings and booleans, nothing for None."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
