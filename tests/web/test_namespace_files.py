"""Namespaces and their files over HTTP."""

import io
import zipfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from celeriac.dispatch.publisher import NoPublisher
from celeriac.settings import Settings
from celeriac.web import create_app
from celeriac.wiring import build
from hand_engine import HandEngine

BASE = "/api/v1/main/namespaces"
FILES = f"{BASE}/company.team/files"


@pytest.fixture
def client(by_hand: HandEngine) -> FlaskClient:
    return create_app(by_hand.app).test_client()


def put(client: FlaskClient, path: str, content: bytes = b"x") -> int:
    form = {"fileContent": (io.BytesIO(content), "file")}
    return client.post(FILES, query_string={"path": path}, data=form).status_code


@pytest.mark.parametrize("path", ["main.py", "/sub dir/ünit 50%.sql", "a#b?c", "a+b&c=d", "line\r\nend\x85"])
def test_a_file_is_read_as_it_was_written(client: FlaskClient, path: str) -> None:
    written = put(client, path, b"1\0\xff" * 300_000)

    answer = client.get(FILES, query_string={"path": path})
    assert (written, answer.status_code, answer.data) == (204, 200, b"1\0\xff" * 300_000)
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_folder_is_listed_folders_first(client: FlaskClient) -> None:
    for path in ("b.py", "a/deep/c.py", "a/d.py"):
        put(client, path, b"123")

    root = client.get(f"{FILES}/directory").json
    below = client.get(f"{FILES}/directory?path=/a").json

    assert [(one["fileName"], one["type"], one["size"]) for one in root] == [("a", "Directory", 0), ("b.py", "File", 3)]
    assert [one["fileName"] for one in below] == ["deep", "d.py"]
    assert below[1]["lastModifiedTime"] > 1_700_000_000_000


def test_what_is_known_of_one_file_is_told(client: FlaskClient) -> None:
    put(client, "a/b.py", b"123")

    assert client.get(f"{FILES}/stats?path=a/b.py").json["size"] == 3
    assert client.get(f"{FILES}/stats?path=a").json["type"] == "Directory"
    assert client.get(f"{FILES}/stats?path=a/c.py").status_code == 404


def test_files_are_found_by_a_part_of_their_path(client: FlaskClient) -> None:
    for path in ("Report.sql", "a/report.py", "other"):
        put(client, path)

    assert client.get(f"{FILES}/search?q=report").json == ["/Report.sql", "/a/report.py"]


def test_a_folder_is_moved_with_all_that_is_in_it(client: FlaskClient) -> None:
    for path in ("a/b.py", "a/c/d.py", "ab"):
        put(client, path)

    moved = client.put(f"{FILES}?from=/a&to=/x/y")

    assert moved.status_code == 204
    assert client.get(f"{FILES}/search").json == ["/ab", "/x/y/b.py", "/x/y/c/d.py"]


def test_a_file_is_moved(client: FlaskClient) -> None:
    put(client, "a.py", b"1")

    client.put(f"{FILES}?from=a.py&to=b.py")

    assert client.get(f"{FILES}?path=b.py").data == b"1"
    assert client.get(f"{FILES}?path=a.py").status_code == 404


def test_a_file_and_a_folder_are_removed(client: FlaskClient) -> None:
    for path in ("a/b.py", "a/c/d.py", "ab"):
        put(client, path)

    codes = [client.delete(f"{FILES}?path={path}").status_code for path in ("/a", "/ab", "/ab")]

    assert codes == [204, 204, 404]
    assert client.get(f"{FILES}/search").json == []


@pytest.mark.parametrize("path", ["../x", "a/../../x", "a//b", "", "/", "x" * 300, "a/" * 600])
def test_paths_that_leave_or_cannot_be_are_refused(client: FlaskClient, path: str) -> None:
    assert put(client, path) == 422
    assert client.get(FILES, query_string={"path": path}).status_code == 422
    assert client.delete(FILES, query_string={"path": path}).status_code == 422


@pytest.mark.parametrize("namespace", ["..", "a..b", "Upper", "a b", "x" * 200])
def test_what_is_no_namespace_is_not_found(client: FlaskClient, namespace: str) -> None:
    answer = client.get(f"{BASE}/{namespace}/files?path=a")

    assert answer.status_code == 404


def test_a_name_is_of_a_file_or_of_a_folder(client: FlaskClient) -> None:
    put(client, "a/b.py")

    assert (put(client, "a"), put(client, "a/b.py/c")) == (409, 409)
    assert client.put(f"{FILES}?from=a&to=a/c").status_code == 409


def test_an_upload_without_a_file_is_refused(client: FlaskClient) -> None:
    assert client.post(f"{FILES}?path=a", data={"other": "x"}).status_code == 400


def test_all_files_are_exported_as_a_zip(client: FlaskClient) -> None:
    put(client, "a/ü.py", b"1")

    with zipfile.ZipFile(io.BytesIO(client.get(f"{FILES}/export").data)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {"a/ü.py": b"1"}


def test_files_of_a_local_folder_are_read_and_not_changed(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "b.py").write_bytes(b"1")
    app = build(Settings.from_environ({"CELERIAC_HOME": str(tmp_path), "CELERIAC_FILES": str(folder)}), NoPublisher())
    app.migrate()
    client = create_app(app).test_client()

    assert client.get(f"{FILES}?path=a/b.py").data == b"1"
    assert [one["fileName"] for one in client.get(f"{FILES}/directory?path=a").json] == ["b.py"]
    assert (put(client, "c"), client.delete(f"{FILES}?path=a").status_code) == (409, 409)
    app.close()


def test_namespaces_are_where_flows_and_keys_are_and_those_above(client: FlaskClient) -> None:
    task = "{id: a, type: io.kestra.plugin.core.log.Log, message: x}"
    client.post("/api/v1/main/flows", data=f"id: a\nnamespace: company.team\ntasks: [{task}]\n")
    client.put(f"{BASE}/other/kv/a", data="1")
    put(client, "a.py")

    answer = client.get(f"{BASE}/search").json

    assert ([one["id"] for one in answer["results"]], answer["total"]) == (["company", "company.team", "other"], 3)
    assert [one["id"] for one in client.get(f"{BASE}/search?q=TEAM").json["results"]] == ["company.team"]
    assert [client.get(f"{BASE}/{name}").status_code for name in ("company", "company.team", "nope")] == [200, 200, 404]
