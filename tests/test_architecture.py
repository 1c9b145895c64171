"""The rooms stand where they should: imports go down only, and names say one thing."""

import subprocess
import sys
from pathlib import Path

from importing import PACKAGES

ROOT = Path(__file__).parents[1]
VAGUE = {"utils", "helpers", "common", "misc", "base", "manager"}


def test_imports_go_down_only() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout


def test_no_module_has_a_vague_name() -> None:
    assert [path for package in PACKAGES for path in package.rglob("*.py") if path.stem in VAGUE] == []
