"""What is asked about the files of executions, and what is answered."""

from typing import Annotated, Any

from pydantic import Field

from celeriac.web.models.shapes import Answer, Asked

Uri = Annotated[str, Field(min_length=1, max_length=2048)]


class FileAt(Asked):
    """path: the URI of a file of the execution or its namespace, such as kestra:///… or nsfile:///…"""

    path: Uri


class PreviewFile(FileAt):
    """maxRows: rows of tables, lines of text. encoding: of text."""

    max_rows: Annotated[int, Field(ge=1, le=1000)] = 100
    encoding: Annotated[str, Field(min_length=1, max_length=40)] = "UTF-8"


class FileMetas(Answer):
    """size: bytes."""

    size: int


class FilePreview(Answer):
    """type: LIST = content is rows; TEXT, MARKDOWN = text; BINARY = hexadecimal digits."""

    extension: str
    type: str
    content: Any
    truncated: bool
    size: int
