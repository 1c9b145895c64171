"""Internal storage on a folder and in memory."""

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from celeriac.core.errors import Refused, StorageFailed, StoredFileNotFound
from celeriac.storage.internal import Storage

URI = "kestra:///ns/flow/executions/e/tasks/t/r/1/file.txt"
FOLDER = "kestra:///ns/flow/executions/e/"


@pytest.fixture(params=["folder", "memory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    return Storage.connect((tmp_path / "a b").as_uri() if request.param == "folder" else "memory:///")


@pytest.mark.parametrize("kind", ["bytes", "stream", "path"])
def test_what_is_put_is_read_back(storage: Storage, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "source"
    file.write_bytes(b"content")
    source = {"bytes": b"content", "stream": io.BytesIO(b"content"), "path": file}[kind]

    stored = storage.put(URI, source)

    assert stored == 7
    assert storage.size(URI) == 7
    with storage.open(URI) as stream:
        assert stream.read() == b"content"


def test_an_empty_file_is_a_file(storage: Storage) -> None:
    storage.put(URI, io.BytesIO(b""))

    assert storage.exists(URI)
    with storage.open(URI) as stream:
        assert stream.read() == b""


def test_a_stream_that_cannot_seek_is_stored(storage: Storage) -> None:
    class Pipe(io.RawIOBase):
        parts = [b"one", b"two"]

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            return self.parts.pop(0) if self.parts else b""

    assert storage.put(URI, Pipe()) == 6  # type: ignore[arg-type] # a raw stream is enough


def test_a_stored_file_is_iterated_by_lines_and_can_be_rewound(storage: Storage) -> None:
    storage.put(URI, b"one\ntwo\nthree")

    with storage.open(URI) as stream:
        assert list(stream) == [b"one\n", b"two\n", b"three"]
        assert stream.seek(4) == 4
        assert stream.read(3) == b"two"
        assert stream.seek(0, io.SEEK_END) == 13


def test_parts_larger_than_the_buffer_are_read_whole(storage: Storage) -> None:
    content = bytes(range(256)) * 12_000
    storage.put(URI, content)

    with storage.open(URI) as stream:
        stream.seek(1)
        assert stream.read(2_500_000) == content[1:2_500_001]


def test_putting_again_replaces_the_file(storage: Storage) -> None:
    storage.put(URI, b"a long first text")
    storage.put(URI, b"short")

    with storage.open(URI) as stream:
        assert stream.read() == b"short"


def test_a_missing_file_is_named(storage: Storage) -> None:
    for operation in (storage.open, storage.size):
        with pytest.raises(StoredFileNotFound, match=URI):
            operation(URI)
    assert not storage.exists(URI)


def test_files_of_a_folder_are_listed_in_order(storage: Storage) -> None:
    for name in ("b", "a", "c/d"):
        storage.put(FOLDER + name, b"")
    storage.put("kestra:///ns/flow/executions/e2/x", b"")

    assert list(storage.list(FOLDER)) == [FOLDER + "a", FOLDER + "b", FOLDER + "c/d"]


def test_a_folder_is_deleted_with_all_it_holds(storage: Storage) -> None:
    for name in ("a", "b/c"):
        storage.put(FOLDER + name, b"")
    storage.put("kestra:///ns/flow/executions/e2/x", b"")

    assert storage.delete_prefix(FOLDER) == 2
    assert list(storage.list(FOLDER)) == []
    assert storage.exists("kestra:///ns/flow/executions/e2/x")


def test_deleting_tells_whether_the_file_was_there(storage: Storage) -> None:
    storage.put(URI, b"")

    assert storage.delete(URI)
    assert not storage.delete(URI)


def test_no_uri_leads_out_of_the_folder(tmp_path: Path) -> None:
    storage = Storage.connect((tmp_path / "root").as_uri())
    (tmp_path / "secret").write_text("x")

    for operation in (storage.open, storage.size, storage.exists, storage.delete):
        with pytest.raises(Refused):
            operation("kestra:///../secret")


def test_a_source_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the source is gone")

    storage = Storage.connect(tmp_path.as_uri())

    with pytest.raises(OSError, match="the source is gone"):
        storage.put(URI, Broken())
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_store_that_cannot_be_written_is_named_with_its_cause(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    storage = Storage.connect((tmp_path / "root").as_uri())
    (tmp_path / "root" / "ns").write_text("a file where a folder is needed")

    with pytest.raises(StorageFailed, match=rf"Cannot write `{URI}` .* {tmp_path}/root: .*os error"):
        storage.put(URI, b"x")


def test_a_store_that_cannot_be_opened_is_named() -> None:
    with pytest.raises(StorageFailed, match="ftp://host/x"):
        Storage.connect("ftp://host/x")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_a_full_disk_is_called_so_and_nothing_is_left(small_disk: Path) -> None:
    storage = Storage.connect(small_disk.as_uri())

    with pytest.raises(StorageFailed, match="the disk is full"):
        storage.put(URI, io.BytesIO(b"x" * 4_000_000))
    assert not storage.exists(URI)


def test_a_file_larger_than_the_memory_allowed_is_put_and_read(tmp_path: Path) -> None:
    script = """
import resource, sys
from pathlib import Path
from celeriac.storage.internal import Storage

storage = Storage.connect(Path(sys.argv[1]).as_uri())
big = Path(sys.argv[1], "big")
with big.open("wb") as file:
    file.truncate(200_000_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
storage.put("kestra:///a/b", big)
with storage.open("kestra:///a/b") as stream:
    read = sum(len(part) for part in iter(lambda: stream.read(65536), b""))
print(read, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    result = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )

    read, grown_mb = map(int, result.stdout.split())
    assert read == 200_000_000
    assert grown_mb < 80
