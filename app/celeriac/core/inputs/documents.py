"""Inputs whose value is a structure (JSON, YAML, a list) or a file."""

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from celeriac.core.inputs.coerce import coerce, is_stored
from celeriac.core.inputs.json_schema import parse_schema, violations
from celeriac.core.inputs.model import Input, StoreFile, has_expression
from celeriac.core.inputs.shown import shown

_NO_ITEMS = frozenset({"ARRAY", "SECRET", "SELECT", "ENUM", "MULTISELECT", "FORM", "REUSABLE_INPUTS"})


def _item_type(value: Any) -> Any:
    if isinstance(value, str) and value in _NO_ITEMS:
        raise PydanticCustomError("input", "`itemType` cannot be {type}", {"type": value})
    return value


ItemType = Annotated[
    Literal[
        "STRING", "INT", "FLOAT", "BOOL", "BOOLEAN", "DATETIME", "DATE", "TIME", "DURATION", "FILE", "JSON", "YAML",
        "URI", "EMAIL",
    ],
    BeforeValidator(_item_type),
]  # fmt: skip


def _is_schema(text: str) -> str:
    try:
        parse_schema(text)
    except (ValueError, TypeError, RecursionError, re.error) as error:
        raise PydanticCustomError("input", "not a JSON schema: {reason}", {"reason": str(error)}) from error
    return text


class JsonInput(Input):
    """Any JSON value, given as such or as its text; `jsonSchema` is the JSON text of a schema."""

    checked_on_parsing: ClassVar[bool] = False

    type: Literal["JSON"]
    json_schema: Annotated[str, AfterValidator(_is_schema)] | None = None

    def check(self, value: Any, choices: Sequence[str] | None = None) -> None:
        if self.json_schema is None:
            return
        if found := violations(parse_schema(self.json_schema), value):
            raise ValueError(f"Invalid JSON schema: {self.id}: it must match the json schema: [{', '.join(found)}]")


class YamlInput(Input):
    """Any YAML value, given as its text or as JSON."""

    checked_on_parsing: ClassVar[bool] = False

    type: Literal["YAML"]


class ArrayInput(Input):
    """A list whose items have a type; given as JSON or its text."""

    checked_on_parsing: ClassVar[bool] = False

    type: Literal["ARRAY"]
    item_type: ItemType

    def coerce(self, value: Any) -> Any:
        return coerce("ARRAY", value, item_type=self.item_type)


class FileInput(Input):
    """A file: the value is the URI of the stored file. `extension` is old: files keep their name.

    What is sent is a path object or a stream; a text is only ever a URI, so that no text can name a file of the server.
    """

    checked_on_parsing: ClassVar[bool] = False

    type: Literal["FILE"]
    allowed_file_extensions: list[str] | None = None
    extension: str | None = None

    @property
    def suffix(self) -> str:
        """The extension of a sent file without a name of its own."""
        return "." + (self.extension or "upl").removeprefix(".")

    def receive(self, value: Any, store_file: StoreFile | None) -> Any:
        if is_stored(value):
            return value
        name = value if isinstance(value, PurePath) else getattr(value, "filename", getattr(value, "name", None))
        if not isinstance(value, PurePath) and not hasattr(value, "read"):
            raise ValueError(
                f"The file '{shown(value)}' does not exist in the storage: send the file, or the URI of a stored one"
            )
        self._check_extension(str(name or f"{self.id}{self.suffix}"))
        if store_file is None:
            return f"kestra:///{self.id}{self.suffix}"
        try:
            return store_file(self.id, value)
        except OSError as error:
            raise ValueError(f"The file '{name}' cannot be stored: {error.strerror or error}") from error

    def _check_extension(self, name: str) -> None:
        allowed = ["." + extension.removeprefix(".").lower() for extension in self.allowed_file_extensions or ()]
        if allowed and not name.lower().endswith(tuple(allowed)):
            raise ValueError(f"File type not allowed. Accepted extensions: {', '.join(allowed)}")

    @model_validator(mode="after")
    def _default_is_a_file(self) -> Self:
        default = self.defaults
        if default is None or has_expression(default) or str(default).startswith(("nsfile://", "file://")):
            return self
        raise PydanticCustomError(
            "input", "the default of a FILE is a namespace file (`nsfile:///…`) or a local file (`file:///…`)"
        )
