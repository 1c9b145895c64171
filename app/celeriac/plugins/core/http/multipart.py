"""`formData` as the fields of a multipart request; files of internal storage are streamed."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from celeriac.core.dynamic import as_text
from celeriac.core.errors import TaskFailed
from celeriac.core.task_type import TaskFiles

Field = tuple[str, tuple[str | None, Any]]
_STORED = ("kestra://", "nsfile://")


def multipart_fields(form: Mapping[str, Any], files: TaskFiles, stack: ExitStack) -> list[Field]:
    """The fields in httpx2's form.

    A text is a field, a `kestra:///…` or `nsfile://…` URI is a file, {name, content} a file of that name, a list
    several of them. Opened files are closed with `stack`. Raises: StoredFileNotFound, TaskFailed.
    """
    return [
        (name, _part(name, item, files, stack))
        for name, value in form.items()
        for item in (value if isinstance(value, list) else [value])
    ]


def _part(name: str, value: Any, files: TaskFiles, stack: ExitStack) -> tuple[str | None, Any]:
    if isinstance(value, dict):
        if set(value) != {"name", "content"}:
            raise TaskFailed(f"Property `formData.{name}`: a file is {{name, content}}, not {{{', '.join(value)}}}")
        return as_text(value["name"]), _content(as_text(value["content"]), files, stack)
    text = as_text(value)
    if text.startswith(_STORED):
        return text.rpartition("/")[2], _content(text, files, stack)
    return None, text


def _content(text: str, files: TaskFiles, stack: ExitStack) -> Any:
    return stack.enter_context(files.open(text)) if text.startswith(_STORED) else text.encode()
