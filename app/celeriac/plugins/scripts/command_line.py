"""From lines of shell to the arguments of one command."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath

_FAIL_FAST = {
    "pwsh": "$ErrorActionPreference = 'Stop'",
    "powershell": "$ErrorActionPreference = 'Stop'",
} | dict.fromkeys(("sh", "bash", "dash", "ash", "zsh", "ksh", "busybox"), "set -e")
_LONGEST_BYTES = 100_000
"""Linux takes arguments up to 128 kB each; longer code goes through a file."""


def shell_argv(interpreter: Sequence[str], lines: Sequence[str], folder: Path, *, fail_fast: bool) -> tuple[str, ...]:
    """The arguments that run all lines in one interpreter. fail_fast: the first command that fails ends it."""
    prelude = _FAIL_FAST.get(PurePosixPath(interpreter[0]).name) if fail_fast else None
    text = "\n".join([prelude, *lines] if prelude else lines)
    if len(text.encode()) > _LONGEST_BYTES:
        file = folder / "lines"
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        text = f". '{file}'"
    return (*interpreter, text)
