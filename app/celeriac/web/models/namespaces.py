"""What is asked about namespaces and their files, and what is answered."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from celeriac.web.models.shapes import Answer, Asked, Found, Paging

LONGEST_PATH = 1000
LONGEST_PART_BYTES = 200


def _path(path: str) -> str:
    """Without the slash that clients put in front and behind."""
    path = path.strip("/")
    for part in path.split("/") if path else ():
        if part in ("", ".", ".."):
            raise ValueError("a path has no empty parts and no `.` or `..`")
        if len(part.encode()) > LONGEST_PART_BYTES:
            raise ValueError(f"a part of the path is longer than {LONGEST_PART_BYTES} bytes")
    return path


def _file(path: str) -> str:
    if not path:
        raise ValueError("name a file")
    return path


FolderPath = Annotated[str, Field(max_length=LONGEST_PATH), AfterValidator(_path)]
FilePath = Annotated[FolderPath, AfterValidator(_file)]


class SearchNamespaces(Paging):
    """q: a part of the name."""

    q: Annotated[str, Field(max_length=256)] = ""


class NamespaceDocument(Answer):
    """A namespace; it exists because something is in it."""

    id: str
    deleted: bool = False


class NamespacesFound(Found):
    """A page of namespaces."""

    results: list[NamespaceDocument]


class OneFile(Asked):
    """path: of a file, a slash in front or not."""

    path: FilePath


class OnePlace(Asked):
    """path: of a file or a folder, empty = the root."""

    path: FolderPath = ""


class MoveFile(Asked):
    """from, to: paths of a file, or of a folder with all that is in it."""

    from_: Annotated[FilePath, Field(alias="from")]
    to: FilePath


class FindFiles(Asked):
    """q: a part of the path, in any case."""

    q: Annotated[str, Field(max_length=256)] = ""


class FileDocument(Answer):
    """A file or a folder. Times are milliseconds since the epoch, as in Kestra; 0 for folders."""

    file_name: str
    type: Literal["File", "Directory"]
    size: int
    last_modified_time: int
    creation_time: int
