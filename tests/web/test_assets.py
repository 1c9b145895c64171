"""The dashboard's files: what a page asks for is built, small, served for ever, and none of it is in git."""

import gzip
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from celeriac.web.assets import DIST, asset_tags, closure, load_manifest, register_assets

ROOT = Path(__file__).parents[2]
LIST_PAGE = ("theme", "shell")
ENTRIES = ("execution", "editor", "graph")


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    return load_manifest(DIST)


@pytest.fixture
def client() -> FlaskClient:
    flask = Flask(__name__, static_folder=None)
    register_assets(flask)
    return flask.test_client()


def files(manifest: dict[str, Any], *entries: str) -> set[str]:
    """Every script that a page with these entries loads at once."""
    return {chunk["file"] for entry in entries for chunk in closure(manifest, f"src/{entry}/index.ts")}


def size(names: set[str]) -> int:
    """Bytes of gzip."""
    return sum(len(gzip.compress((DIST / name).read_bytes(), 9)) for name in names)


@pytest.mark.parametrize("entry", [*LIST_PAGE, *ENTRIES])
def test_every_entry_is_built(manifest: dict[str, Any], entry: str) -> None:
    chunks = closure(manifest, f"src/{entry}/index.ts")

    assert all((DIST / name).is_file() for chunk in chunks for name in (chunk["file"], *chunk.get("css", ())))


def test_a_list_page_loads_at_most_60_kb_of_scripts(manifest: dict[str, Any]) -> None:
    assert size(files(manifest, *LIST_PAGE)) <= 60_000


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_page_loads_more_than_200_kb_of_scripts(manifest: dict[str, Any], entry: str) -> None:
    assert size(files(manifest, *LIST_PAGE, entry)) <= 200_000


def test_no_file_in_git_is_a_bundle() -> None:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    scripts = [ROOT / name for name in names.split("\0") if name.endswith((".js", ".mjs", ".css", ".ts"))]

    assert [file for file in scripts if ".min." in file.name or "dist" in file.parts] == []
    assert [file for file in scripts if max(map(len, file.read_text("utf-8").splitlines()), default=0) > 400] == []


def test_the_lock_file_names_no_registry() -> None:
    assert "resolved" not in (ROOT / "app/celeriac/web/ui/package-lock.json").read_text("utf-8")


def test_the_licences_of_all_that_is_bundled_come_with_it() -> None:
    bundled = json.loads((ROOT / "app/celeriac/web/ui/package.json").read_text("utf-8"))["dependencies"].keys() - {
        "vite"
    }
    told = (DIST / "licences.txt").read_text("utf-8")

    assert [name for name in bundled if f"{name} " not in told] == []


def test_the_tags_of_an_entry_name_what_it_imports() -> None:
    manifest = {
        "src/a/index.ts": {"file": "assets/a-1.js", "imports": ["_b.js"], "css": ["assets/a-1.css"]},
        "_b.js": {"file": "assets/b-2.js", "css": ["assets/b-2.css"]},
    }

    assert asset_tags(manifest, "a", "/x/").splitlines() == [
        '<link rel="stylesheet" href="/x/assets/a-1.css">',
        '<link rel="stylesheet" href="/x/assets/b-2.css">',
        '<link rel="modulepreload" href="/x/assets/b-2.js">',
        '<script type="module" src="/x/assets/a-1.js"></script>',
    ]


def test_the_theme_is_chosen_before_the_first_paint(manifest: dict[str, Any]) -> None:
    first = asset_tags(manifest, "shell", "/").splitlines()[0]

    assert first == f'<script src="/{manifest["src/theme/index.ts"]["file"]}"></script>'


def test_files_are_served_compressed_and_for_ever(client: FlaskClient, manifest: dict[str, Any]) -> None:
    name = manifest["src/shell/index.ts"]["file"]

    response = client.get(f"/static/dist/{name}", headers={"Accept-Encoding": "gzip"})

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert gzip.decompress(response.data) == (DIST / name).read_bytes()


def test_files_are_served_as_they_are_to_who_takes_no_gzip(client: FlaskClient, manifest: dict[str, Any]) -> None:
    name = manifest["src/shell/index.ts"]["file"]

    response = client.get(f"/static/dist/{name}", headers={"Accept-Encoding": "identity"})

    assert (response.data, response.mimetype) == ((DIST / name).read_bytes(), "text/javascript")


def test_nothing_outside_is_served(client: FlaskClient) -> None:
    assert client.get("/static/dist/../../assets.py").status_code == 404


def test_a_page_says_how_to_build_what_is_missing(tmp_path: Path) -> None:
    flask = Flask(__name__, static_folder=None)
    register_assets(flask, tmp_path)
    flask.add_url_rule("/", "page", lambda: flask.jinja_env.globals["asset_tags"]("shell"))  # type: ignore[operator]

    response = flask.test_client().get("/")

    assert response.status_code == 503
    assert "python hatch_build.py" in response.text
