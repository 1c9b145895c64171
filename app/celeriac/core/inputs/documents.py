"""Inputs whose value is a structure: JSON, YAML, a list; and files."""

from typing import Any, Literal

from celeriac.core.inputs.coerce import coerce
from celeriac.core.inputs.model import Input

ItemType = Literal[
    "STRING", "INT", "FLOAT", "BOOL", "BOOLEAN", "DATETIME", "DATE", "TIME", "DURATION", "FILE", "JSON", "YAML", "URI",
    "EMAIL", "ENUM",
]


class JsonInput(Input):
    """Any JSON value, given as such or as its text."""

    type: Literal["JSON"]
    json_schema: Any = None


class YamlInput(Input):
    """Any YAML value, given as its text or as JSON."""

    type: Literal["YAML"]


class ArrayInput(Input):
    """A list whose items have a type; given as JSON."""

    type: Literal["ARRAY"]
    item_type: ItemType

    def coerce(self, value: Any) -> Any:
        return coerce("ARRAY", value, item_type=self.item_type)


class FileInput(Input):
    """A file: the value is the URI of the stored file."""

    type: Literal["FILE"]
    allowed_file_extensions: list[str] | None = None
    extension: str | None = None
