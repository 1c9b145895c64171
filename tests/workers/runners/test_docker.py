import io
import os
import tarfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from celeriac.core.errors import Killed, RunnerFailed, TimedOut
from celeriac.core.runner import Command, RunResult
from celeriac.plugins.runners.docker import Docker
from celeriac_workers.runners.containers import list_containers, remove
from celeriac_workers.runners.docker import DockerRunner
from celeriac_workers.runners.engine import Engine, find_engine
from celeriac_workers.runners.settings import RunnerSettings

pytestmark = pytest.mark.docker
Run = Callable[..., RunResult]


def sh(text: str) -> tuple[str, ...]:
    return ("/bin/sh", "-c", text)


def engine() -> Engine:
    found = find_engine(dict(os.environ))
    assert isinstance(found, Engine)
    return found


def test_the_exit_code_and_the_lines_of_both_streams_come_back(run_docker: Run, attempt: Any) -> None:
    result = run_docker(*sh("echo one; echo two >&2; printf three; exit 3"))

    assert result.exit_code == 3
    assert attempt.texts("stdout") == ["one", "three"]
    assert attempt.texts("stderr") == ["two"]


def test_no_line_of_a_short_loud_command_is_lost(run_docker: Run, attempt: Any) -> None:
    run_docker(*sh("seq 1 200000"))

    assert attempt.texts("stdout") == [str(n) for n in range(1, 200_001)]


def test_the_working_directory_has_the_same_path_and_files(run_docker: Run, attempt: Any, directory: Path) -> None:
    (directory / "sub").mkdir()
    (directory / "sub" / "in.txt").write_text("content")

    run_docker(*sh("pwd; cat sub/in.txt"))

    assert attempt.texts("stdout") == [str(directory), "content"]


def test_only_what_matches_is_copied_back(run_docker: Run, directory: Path) -> None:
    (directory / "in.txt").write_text("as it was")

    run_docker(
        *sh("echo changed > in.txt; mkdir -p out/deep; echo 1 > out/deep/a.csv; echo 2 > b.json; echo 3 > c.xml"),
        outputs=("out/**.csv", "b.json", "absent.txt"),
    )

    made = {path.relative_to(directory).as_posix(): path.read_text() for path in directory.rglob("*") if path.is_file()}
    assert made == {"in.txt": "as it was", "out/deep/a.csv": "1\n", "b.json": "2\n"}


def test_links_are_copied_as_the_files_they_lead_to(run_docker: Run, attempt: Any, directory: Path) -> None:
    run_docker(
        *sh("echo x > /tmp/x; ln -s /tmp/x a.txt; echo y > y; ln y b.txt; ln -s y c.txt; ln -s nowhere d.txt"),
        outputs=("*.txt",),
    )

    assert {path.name: path.read_text() for path in directory.glob("*.txt")} == {
        "a.txt": "x\n",
        "b.txt": "y\n",
        "c.txt": "y\n",
    }
    assert attempt.notices == [("WARN", "Output file `d.txt` is a link that leads to no file")]


def test_large_files_go_in_and_out(run_docker: Run, directory: Path) -> None:
    with (directory / "in.bin").open("wb") as file:
        file.truncate(200_000_000)

    result = run_docker(*sh("mv in.bin out.bin"), outputs=("*.bin",))

    assert result.exit_code == 0
    assert (directory / "out.bin").stat().st_size == 200_000_000


def test_a_mounted_working_directory_needs_no_copies(run_docker: Run, directory: Path) -> None:
    run_docker(*sh("echo x > made"), properties={"fileHandlingStrategy": "MOUNT"})

    assert (directory / "made").read_text() == "x\n"


def test_processor_time_and_peak_memory_are_measured(run_docker: Run) -> None:
    result = run_docker("python", "-c", "x = b'x' * 100_000_000; sum(range(1_000_000))")

    assert result.cpu_s is not None
    assert 0.01 < result.cpu_s < 30
    assert result.peak_memory_bytes is not None
    assert 100_000_000 < result.peak_memory_bytes < 300_000_000


def test_kestra_can_be_imported_with_nothing_installed(run_docker: Run, attempt: Any) -> None:
    run_docker("python", "-c", "from kestra import Kestra; Kestra.outputs({'a': 1})", language="python")

    assert attempt.texts("stdout") == ['::{"outputs": {"a": 1}}::']


def test_an_installed_kestra_takes_the_place_of_ours(run_docker: Run, attempt: Any, directory: Path) -> None:
    packages = directory / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "kestra.py").write_text("class Kestra:\n    name = 'installed'\n")

    run_docker("python", "-c", "from kestra import Kestra; print(Kestra.name)", env={"PYTHONUSERBASE": str(directory)})

    assert attempt.texts("stdout") == ["installed"]


def test_variables_of_the_image_and_of_the_command_are_there(run_docker: Run, attempt: Any) -> None:
    run_docker(*sh("echo $A; case $PATH in /usr/local/sbin*) echo path;; esac"), env={"A": "a b"})

    assert attempt.texts("stdout") == ["a b", "path"]


def test_another_user_may_write_into_the_working_directory(run_docker: Run, attempt: Any, directory: Path) -> None:
    directory.chmod(0o700)
    (directory / "in.txt").write_text("x")

    result = run_docker(*sh("id -u; echo y >> in.txt && echo z > new"), properties={"user": "1234"}, outputs=("new",))

    assert (result.exit_code, attempt.texts("stdout")) == (0, ["1234"])
    assert (directory / "new").read_text() == "z\n"


def test_a_command_can_gain_no_privileges(run_docker: Run, attempt: Any) -> None:
    run_docker(*sh("grep NoNewPrivs /proc/self/status; test -w /dev/kmsg || echo shut"))

    assert attempt.texts("stdout") == ["NoNewPrivs:\t1", "shut"]


@pytest.mark.parametrize("properties", [{"privileged": True}, {"volumes": ["/etc:/mnt"]}])
def test_what_opens_the_machine_is_refused(run_docker: Run, properties: dict[str, Any]) -> None:
    with pytest.raises(RunnerFailed, match="not allowed here"):
        run_docker("true", properties=properties)


def test_volumes_are_mounted_where_they_are_allowed(
    docker_client: Any, docker_options: Any, settings: RunnerSettings, directory: Path, attempt: Any, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x").write_text("mounted")
    allowed = RunnerSettings(settings.cache, settings.environ, allow_volumes=True)
    options = docker_options(volumes=[f"{tmp_path}/data:/data:ro"])

    DockerRunner(allowed).run(Command(sh("cat /data/x"), directory, image="ubuntu"), options, attempt)

    assert attempt.texts("stdout") == ["mounted"]


def test_a_container_without_memory_is_told_so(run_docker: Run) -> None:
    with pytest.raises(RunnerFailed, match=r"ran out of memory \(limit 48MB\)"):
        run_docker(
            "python", "-c", "x = b'x' * 200_000_000", properties={"memory": {"memory": "48MB", "memorySwap": "48MB"}}
        )


def test_limits_reach_the_engine(run_docker: Run, docker_client: docker.APIClient, attempt: Any) -> None:
    seen: dict[str, Any] = {}

    def look(handle: Any) -> None:
        seen.update(docker_client.inspect_container(handle["container"])["HostConfig"])

    attempt.started = look
    run_docker(
        "true",
        properties={
            "cpu": {"cpus": 0.5},
            "memory": {"memory": "64MB"},
            "shmSize": "16MB",
            "extraHosts": ["here:127.0.0.1"],
            "networkMode": "none",
            "portBindings": ["127.0.0.1::8080"],
        },
    )

    assert (seen["NanoCpus"], seen["Memory"], seen["ShmSize"]) == (500_000_000, 64 << 20, 16 << 20)
    assert (seen["ExtraHosts"], seen["NetworkMode"], list(seen["PortBindings"])) == (
        ["here:127.0.0.1"],
        "none",
        ["8080/tcp"],
    )
    assert seen["PidsLimit"] == 4096


def test_an_amount_of_memory_that_is_none_is_named(run_docker: Run) -> None:
    with pytest.raises(RunnerFailed, match="`memory: plenty` is no amount of memory"):
        run_docker("true", properties={"memory": {"memory": "plenty"}})


def test_killing_takes_less_than_two_seconds(run_docker: Run, attempt: Any) -> None:
    attempt.stop_at_line = {b"ready": "killed"}
    began: list[float] = []
    attempt.line = lambda stream, data, line=attempt.line: (began.append(time.monotonic()), line(stream, data))

    with pytest.raises(Killed):
        run_docker(*sh("trap '' TERM; echo ready; while :; do sleep 1; done"))

    assert time.monotonic() - began[0] < 3


def test_last_words_after_term_are_kept(run_docker: Run, attempt: Any) -> None:
    attempt.stop_at_line = {b"ready": "timeout"}

    with pytest.raises(TimedOut):
        run_docker(*sh("trap 'echo bye; exit' TERM; echo ready; while :; do sleep 0.05; done"))

    assert attempt.texts("stdout") == ["ready", "bye"]


def test_a_container_whose_attempt_was_taken_away_is_left_to_others(run_docker: Run, attempt: Any) -> None:
    labels = {"celeriac.task-run": os.urandom(8).hex()}
    attempt.stop_at_line = {b"ready": "lost"}

    with pytest.raises(Killed):
        run_docker(*sh("echo ready; sleep 60"), labels=labels)

    [left] = list_containers(engine(), labels)
    remove(engine(), left.handle)
    assert (left.running, left.is_kept) == (True, False)


def test_containers_carry_labels_and_are_always_removed(
    run_docker: Run, settings: RunnerSettings, attempt: Any
) -> None:
    labels = {"celeriac.task-run": os.urandom(8).hex()}
    found: list[Any] = []
    attempt.started = lambda handle: found.extend(list_containers(engine(), labels))

    with pytest.raises(RunnerFailed):
        run_docker("python", "-c", "x = b'x' * 200_000_000", labels=labels, properties={"memory": {"memory": "16MB"}})
    run_docker("true", labels=labels)

    assert [(item.running, item.labels["celeriac"]) for item in found] == [(False, "celeriac")] * 2
    assert list_containers(engine(), labels) == []


def test_a_container_is_kept_where_the_flow_says_so(run_docker: Run) -> None:
    labels = {"celeriac.task-run": os.urandom(8).hex()}

    run_docker("true", labels=labels, properties={"delete": False})

    [kept] = list_containers(engine(), labels)
    remove(engine(), kept.handle)
    assert kept.is_kept
    assert list_containers(engine(), labels) == []


def test_a_container_is_not_waited_for_where_the_flow_says_so(run_docker: Run) -> None:
    labels = {"celeriac.task-run": os.urandom(8).hex()}
    start = time.monotonic()

    run_docker(*sh("sleep 30"), labels=labels, properties={"wait": False})

    [running] = list_containers(engine(), labels)
    remove(engine(), running.handle)
    assert running.is_kept
    assert time.monotonic() - start < 15


def test_an_image_of_a_registry_that_cannot_be_reached_is_named(run_docker: Run) -> None:
    with pytest.raises(
        RunnerFailed, match=r"`127.0.0.1:9/no/image:1`.*registry `127.0.0.1:9` cannot be reached.*docker load"
    ):
        run_docker("true", image="127.0.0.1:9/no/image:1")


def test_an_image_that_may_not_be_pulled_is_named(run_docker: Run) -> None:
    with pytest.raises(RunnerFailed, match="`nosuchimage` is not on the engine, and pullPolicy is NEVER"):
        run_docker("true", image="nosuchimage", properties={"pullPolicy": "NEVER"})


def test_the_image_of_the_task_runner_is_understood(run_docker: Run) -> None:
    assert run_docker("true", image="nosuchimage", properties={"image": "ubuntu"}).exit_code == 0


def test_a_program_that_the_image_has_not_fails_with_its_name(run_docker: Run, attempt: Any) -> None:
    result = run_docker("nosuchprogram")

    assert result.exit_code == 127
    assert "nosuchprogram" in attempt.texts("stderr")[0]


def test_an_image_without_a_shell_is_started_directly(run_docker: Run, docker_client: docker.APIClient) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("empty"))
    name = f"celeriac-test-{os.urandom(4).hex()}"
    docker_client.import_image_from_data(archive.getvalue(), repository=name)

    try:
        with pytest.raises(RunnerFailed, match="Choose a `containerImage` that has `nosuchprogram`"):
            run_docker("nosuchprogram", image=name)
    finally:
        docker_client.remove_image(name)


def test_an_entry_point_can_be_given(run_docker: Run, attempt: Any) -> None:
    run_docker("a", "b", properties={"entryPoint": ["/bin/echo", "said"]})

    assert attempt.texts("stdout") == ["said a b"]


def test_an_engine_that_is_not_there_is_named_with_a_remedy(
    settings: RunnerSettings, directory: Path, attempt: Any
) -> None:
    alone = RunnerSettings(settings.cache, {"DOCKER_HOST": "unix:///nowhere/docker.sock"})

    with pytest.raises(RunnerFailed, match=r"/nowhere/docker.sock \(DOCKER_HOST\).*--runner process"):
        DockerRunner(alone).run(Command(("true",), directory), Docker(), attempt)


def test_an_engine_that_goes_away_in_the_middle_is_named(
    docker_client: docker.APIClient, settings: RunnerSettings, directory: Path, attempt: Any, proxy: Any
) -> None:
    through = RunnerSettings(settings.cache, {"DOCKER_HOST": proxy.host})
    attempt.line = lambda stream, data: proxy.cut()

    with pytest.raises(RunnerFailed, match="does not answer any more"):
        DockerRunner(through).run(Command(sh("echo x; sleep 60"), directory, image="ubuntu"), Docker(), attempt)

    docker_client.remove_container(attempt.handles[0]["container"], force=True)


@pytest.mark.usefixtures("no_volumes_left")
def test_packages_are_installed_once_for_an_image_and_set(run_docker: Run, attempt: Any, package_index: Any) -> None:
    command = {
        "dependencies": (package_index.package,),
        "env": {"PIP_INDEX_URL": package_index.url, "PIP_TRUSTED_HOST": "127.0.0.1"},
        "properties": {"networkMode": "host"},
    }
    code = ("python", "-c", f"import {package_index.package}; print({package_index.package}.answer)")

    first = run_docker(*code, **command)
    asked = len(package_index.requests)
    second = run_docker(*code, **command)

    assert (first.exit_code, second.exit_code, attempt.texts("stdout")) == (0, 0, ["42", "42"])
    assert asked > 0
    assert len(package_index.requests) == asked


@pytest.mark.usefixtures("no_volumes_left")
def test_packages_asked_for_twice_at_once_are_installed_once(
    settings: RunnerSettings,
    docker_options: Any,
    directory: Path,
    attempt: Any,
    package_index: Any,
) -> None:
    results: list[int] = []
    env = {"PIP_INDEX_URL": package_index.url, "PIP_TRUSTED_HOST": "127.0.0.1"}
    code = ("python", "-c", f"import {package_index.package}")
    command = Command(code, directory, env=env, image="python:3.11-slim", dependencies=(package_index.package,))
    options = docker_options(networkMode="host")

    def go() -> None:
        results.append(DockerRunner(settings).run(command, options, attempt).exit_code)

    threads = [threading.Thread(target=go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [0, 0, 0]
    assert sum(path.endswith(".whl") for path in package_index.requests) == 1


@pytest.mark.usefixtures("no_volumes_left")
def test_an_installation_ends_when_its_attempt_is_killed(
    run_docker: Run, docker_client: docker.APIClient, attempt: Any, package_index: Any
) -> None:
    env = {"PIP_INDEX_URL": package_index.url, "PIP_TRUSTED_HOST": "127.0.0.1"}
    attempt.notice = lambda level, message: setattr(attempt, "stop", "killed")

    with pytest.raises(Killed):
        run_docker("true", dependencies=(package_index.package,), env=env, properties={"networkMode": "host"})

    assert docker_client.containers(all=True, filters={"label": "celeriac=packages"}) == []


@pytest.mark.usefixtures("no_volumes_left")
def test_packages_that_do_not_exist_are_named(run_docker: Run, package_index: Any) -> None:
    env = {"PIP_INDEX_URL": package_index.url, "PIP_TRUSTED_HOST": "127.0.0.1", "PIP_RETRIES": "0"}

    with pytest.raises(RunnerFailed, match="Cannot install nosuchpackage in the image"):
        run_docker("true", dependencies=("nosuchpackage",), env=env, properties={"networkMode": "host"})
