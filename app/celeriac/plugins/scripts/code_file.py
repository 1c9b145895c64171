"""Inline code as a file in the working directory."""

import shlex
from collections.abc import Callable, Sequence
from pathlib import Path


def code_argv(
    program: str,
    suffix: str,
    code: str,
    directory: Path,
    *,
    shell: Callable[[Path, Sequence[str]], tuple[str, ...]] | None,
) -> tuple[str, ...]:
    """Writes the code beside the input files, under a name that is free, and returns the arguments that run it.

    shell: gives the arguments that run lines of shell, when something has to run before; None = run it directly.
    """
    file = directory / f"script{suffix}"
    number = 1
    while file.exists():
        number += 1
        file = directory / f"script{number}{suffix}"
    file.write_text(code, encoding="utf-8")
    if shell is None:
        return (program, str(file))
    return shell(directory, [f"{program} {shlex.quote(str(file))}"])
