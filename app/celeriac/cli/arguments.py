"""What stands on the command line, as values: inputs, files, labels, paths."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import click

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class RunArguments:
    """What `celeriac run` was told. file: the flow. download: folder for output files, None = none wanted."""

    file: Path
    inputs: Mapping[str, str] = field(default_factory=dict)
    file_inputs: Mapping[str, Path] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    flows: Path | None = None
    files: Path | None = None
    runner: str = ""
    download: Path | None = None
    json_wanted: bool = False


class KeyValue(click.ParamType[tuple[str, str]]):
    """`key=value`; the value may be empty and may hold more `=`."""

    name = "key=value"

    def convert(
        self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        key, equals, text = value.partition("=")
        if not equals or not key:
            self.fail(f"`{value}` must be written key=value", param, ctx)
        return key, text


class KeyFile(click.ParamType[tuple[str, Path]]):
    """`input=@file` (or `input=file`) of a file that can be read."""

    name = "input=@file"

    def convert(
        self, value: str | tuple[str, Path], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        if isinstance(value, tuple):
            return value
        key, equals, text = value.partition("=")
        if not equals or not key or not text.removeprefix("@"):
            self.fail(f"`{value}` must be written input=@file", param, ctx)
        path = Path(text.removeprefix("@")).expanduser()
        if not path.is_file():
            self.fail(f"input `{key}`: {_why_no_file(path)}", param, ctx)
        return key, path.absolute()


class FlowFile(click.ParamType[Path]):
    """A flow file that is there."""

    name = "file"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if not path.is_file():
            self.fail(_why_no_file(path), param, ctx)
        return path


def unique(pairs: Iterable[tuple[str, Value]], what: str) -> dict[str, Value]:
    """The pairs as a mapping. Raises: click.UsageError when a key comes twice."""
    found: dict[str, Value] = {}
    for key, value in pairs:
        if key in found:
            raise click.UsageError(f"{what} `{key}` is given twice")
        found[key] = value
    return found


def _why_no_file(path: Path) -> str:
    if path.is_dir():
        return f"{path} is a folder, not a file"
    return f"{path} is no regular file" if path.exists() else f"there is no file {path}"
