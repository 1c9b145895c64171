"""Namespace files from a folder and from the storage."""

from pathlib import Path

import pytest

from celeriac.core.errors import Refused, StoredFileNotFound
from celeriac.storage.internal import Storage
from celeriac.storage.namespace_files import NamespaceFiles


@pytest.fixture
def storage() -> Storage:
    return Storage.connect("memory:///")


@pytest.fixture(params=["folder", "storage"])
def files(request: pytest.FixtureRequest, storage: Storage, tmp_path: Path) -> NamespaceFiles:
    contents = {"main.py": b"print(1)", "sub dir/ünit 50%.sql": b"select 1"}
    if request.param == "storage":
        stored = NamespaceFiles(storage)
        for path, content in contents.items():
            stored.put("company.team", path, content)
        return stored
    for path, content in contents.items():
        place = tmp_path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return NamespaceFiles(storage, tmp_path, ["company.team"])


def test_files_are_listed_by_path_with_their_uris(files: NamespaceFiles) -> None:
    assert files.list("company.team") == {
        "main.py": "nsfile://company.team/main.py",
        "sub dir/ünit 50%.sql": "nsfile://company.team/sub%20dir/ünit%2050%25.sql",
    }


def test_a_file_is_opened_and_measured_by_its_path(files: NamespaceFiles) -> None:
    with files.open("company.team", "sub dir/ünit 50%.sql") as stream:
        assert stream.read() == b"select 1"
    assert files.size("company.team", "main.py") == 8


def test_another_namespace_has_other_files(files: NamespaceFiles) -> None:
    assert files.list("company") == {}
    with pytest.raises(StoredFileNotFound, match=r"`company` has no file `main\.py`"):
        files.open("company", "main.py")


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "sub dir/../../x"])
def test_a_path_that_leaves_the_root_is_refused(files: NamespaceFiles, path: str) -> None:
    with pytest.raises(Refused):
        files.open("company.team", path)


def test_a_missing_file_and_a_folder_are_not_found(files: NamespaceFiles) -> None:
    for path in ("nope.py", "sub dir"):
        with pytest.raises(StoredFileNotFound, match=path):
            files.open("company.team", path)


def test_a_link_out_of_the_folder_is_not_followed(storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "link").symlink_to(tmp_path / "secret")

    with pytest.raises(StoredFileNotFound, match="leaves the folder"):
        NamespaceFiles(storage, tmp_path / "files").open("any", "link")


def test_a_folder_that_does_not_exist_has_no_files(storage: Storage, tmp_path: Path) -> None:
    assert NamespaceFiles(storage, tmp_path / "nope").list("any") == {}
