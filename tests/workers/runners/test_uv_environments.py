import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from celeriac.core.errors import Killed, RunnerFailed
from celeriac.core.runner import Command, RunnerType, RunResult
from celeriac_workers.runners.process import ProcessRunner
from celeriac_workers.runners.settings import RunnerSettings

Run = Callable[..., RunResult]


def environments(settings: RunnerSettings) -> list[Path]:
    return [path for path in (settings.cache / "envs").iterdir() if path.is_dir()]


def install(index: Any) -> dict[str, Any]:
    """Keywords of a command whose first line installs the package of the index."""
    line = f"pip install -q --index-url {index.url} {index.package}"
    return {"needs_pip": True, "setup": (line,), "language": "python"}


@pytest.fixture
def index(package_index: Any, environ: dict[str, str]) -> Any:
    """The package index beside the one that has pip, for uv."""
    environ["UV_INDEX"] = package_index.url
    environ["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return package_index


def test_dependencies_can_be_imported(run: Run, index: Any, attempt: Any) -> None:
    code = f"import {index.package} as p; print(p.answer)"

    run("python", "-c", code, dependencies=(index.package,), language="python")

    assert attempt.texts("stdout") == ["42"]


def test_an_environment_is_made_once_for_a_set_of_packages(
    run: Run, index: Any, settings: RunnerSettings, attempt: Any
) -> None:
    for _ in range(2):
        run("python", "-c", "pass", dependencies=(index.package,), language="python")

    assert len(environments(settings)) == 1
    assert len(attempt.notices) == 1


def test_dependencies_that_cannot_be_installed_are_named(run: Run, index: Any) -> None:
    with pytest.raises(RunnerFailed, match="Cannot install the dependencies celeriac-no-such-package"):
        run("python", "-c", "pass", dependencies=("celeriac-no-such-package",), language="python")


def test_lines_before_the_script_may_install_packages(run: Run, index: Any, attempt: Any) -> None:
    command = install(index)
    text = f"{command['setup'][0]}\npython -c 'import {index.package} as p; print(p.answer)'; echo $VIRTUAL_ENV"

    result = run("/bin/sh", "-c", text, **command)

    assert result.exit_code == 0
    assert attempt.texts("stdout")[0] == "42"
    assert "/cache/envs/" in attempt.texts("stdout")[1]


def test_what_was_installed_is_there_the_next_time(run: Run, index: Any, settings: RunnerSettings) -> None:
    command = install(index)
    run("/bin/sh", "-c", command["setup"][0], **command)

    result = run("python", "-c", f"import {index.package}", **command)

    assert result.exit_code == 0
    assert len(environments(settings)) == 1


def test_an_environment_whose_script_failed_is_thrown_away(run: Run, index: Any, settings: RunnerSettings) -> None:
    command = install(index)

    run("/bin/sh", "-c", f"{command['setup'][0]}\nexit 1", **command)

    assert environments(settings) == []


def test_environments_that_nobody_asks_for_any_more_are_removed(run: Run, index: Any, settings: RunnerSettings) -> None:
    run("python", "-c", "pass", dependencies=(index.package,), language="python")
    [old] = environments(settings)
    os.utime(old / "celeriac.ready", (0, 0))

    run("/bin/sh", "-c", "true", **install(index))

    assert old not in environments(settings)


def test_two_attempts_at_once_never_install_into_one_environment(
    settings: RunnerSettings, directory: Path, index: Any, attempt: Any
) -> None:
    command = Command(("/bin/sh", "-c", "echo $VIRTUAL_ENV; sleep 1.5"), directory, **install(index))
    threads = [
        threading.Thread(target=ProcessRunner(settings).run, args=(command, RunnerType(), attempt)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    first, second = attempt.texts("stdout")
    assert first != second
    assert len(environments(settings)) == 1


def test_making_an_environment_ends_when_the_attempt_is_killed(run: Run, index: Any, attempt: Any) -> None:
    attempt.stop = "killed"

    with pytest.raises(Killed):
        run("python", "-c", "pass", dependencies=(index.package,), language="python")
