"""Styles and elements of the dashboard: what `hatch_build.py` made, by entry. Knows the manifest, not what is in it."""

import gzip
import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, send_from_directory
from markupsafe import Markup

DIST = Path(__file__).parent / "static" / "dist"
URL = "/static/dist/"
IMMUTABLE = "public, max-age=31536000, immutable"
TEXT = frozenset({".js", ".css", ".svg"})
HOW_TO_BUILD = """\
The dashboard is not part of this installation.

The API works. To get the dashboard, install Celeriac again without CELERIAC_SKIP_UI,
or build it in a checkout: python hatch_build.py
"""


class AssetsMissing(Exception):
    """The dashboard was not built."""


def register_assets(flask: Flask, dist: Path = DIST) -> None:
    """`asset_tags(entry)` for templates, the files below /static/dist/, and a page that says how to build them."""

    def tags(entry: str) -> Markup:
        return asset_tags(load_manifest(dist), entry, request.script_root + URL)

    def file(path: str) -> Response:
        response = send_from_directory(dist, path)
        response.headers["Cache-Control"] = IMMUTABLE
        if Path(path).suffix in TEXT and request.accept_encodings["gzip"] and response.status_code == 200:
            response.direct_passthrough = False
            response.set_data(compressed(dist / path))
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        return response

    flask.add_url_rule(f"{URL}<path:path>", "assets", file)
    flask.register_error_handler(AssetsMissing, _missing)
    flask.jinja_env.globals["asset_tags"] = tags


def load_manifest(dist: Path) -> dict[str, Any]:
    """{source path: chunk} of Vite, read again when it was built again. Raises: AssetsMissing."""
    file = dist / ".vite" / "manifest.json"
    try:
        return _read(file, file.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise AssetsMissing from error


def asset_tags(manifest: dict[str, Any], entry: str, base: str) -> Markup:
    """What a page's head needs for an entry: its style sheets, its module, and what that imports.

    `shell` comes with `theme`, a script that runs before the first paint.
    """
    chunks = closure(manifest, f"src/{entry}/index.ts")
    first = [f'<script src="{base}{manifest["src/theme/index.ts"]["file"]}"></script>'] if entry == "shell" else []
    styles = [f'<link rel="stylesheet" href="{base}{css}">' for chunk in chunks for css in chunk.get("css", ())]
    imported = [f'<link rel="modulepreload" href="{base}{chunk["file"]}">' for chunk in chunks[1:]]
    module = f'<script type="module" src="{base}{chunks[0]["file"]}"></script>'
    return Markup("\n".join(dict.fromkeys([*first, *styles, *imported, module])))


def closure(manifest: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The chunk and all that it imports at once, each one time."""
    names = [name]
    for one in names:
        names += [other for other in manifest[one].get("imports", ()) if other not in names]
    return [manifest[one] for one in names]


@cache
def compressed(file: Path) -> bytes:
    """A file as gzip; names hold a hash of the content, so it never changes."""
    return gzip.compress(file.read_bytes(), 9, mtime=0)


@lru_cache(maxsize=4)
def _read(file: Path, _modified_ns: int) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(file.read_bytes())
    return manifest


def _missing(error: AssetsMissing) -> Response:
    return Response(HOW_TO_BUILD, 503, mimetype="text/plain")
