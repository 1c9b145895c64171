"""Node.js and what the elements are tested with, installed once even when several test processes ask for it."""

import fcntl
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
UI = ROOT / "app/celeriac/web/ui"


def hatch_build() -> ModuleType:
    """The build hook as a module."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["hatch_build"] = module
    spec.loader.exec_module(module)
    return module


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """A script of node_modules, by node."""
    build = hatch_build()
    node, npm = build.of_wheel()
    with (Path(tempfile.gettempdir()) / "celeriac-ui-tools.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not build.is_installed() or not (UI / "node_modules/vitest").is_dir():
            build.install(npm, Path(node[0]).parent, dev=True)
    return subprocess.run([*node, *arguments], cwd=UI, capture_output=True, text=True, check=False)
