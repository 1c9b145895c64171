"""Cells: who lives in a folder, and what a dead command left."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from celeriac.cli.cells import dead_cells, open_cell, prepare_home

HOLDER = """
import subprocess, sys, time
from pathlib import Path
from celeriac.cli.cells import open_cell
with open_cell(Path(sys.argv[1])) as cell:
    child = subprocess.Popen(["/bin/sleep", sys.argv[2]], pass_fds=[cell.alive_fd], start_new_session=True)
    (Path(sys.argv[1]) / "child").write_text(str(child.pid))
    print(cell.id, flush=True)
    time.sleep(60)
"""


def _killed_holder(home: Path, child_lives_s: str = "0") -> str:
    argv = [sys.executable, "-c", HOLDER, str(home), child_lives_s]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        cell_id = holder.stdout.readline().strip()
        holder.send_signal(signal.SIGKILL)
    return cell_id


def test_the_home_keeps_itself_out_of_git(tmp_path: Path) -> None:
    prepare_home(tmp_path / "home")

    assert (tmp_path / "home" / ".gitignore").read_text() == "*\n"


def test_a_cell_that_ends_leaves_no_folder(tmp_path: Path) -> None:
    with open_cell(tmp_path) as cell:
        (tmp_path / "tmp" / cell.id).mkdir(parents=True)

    assert not cell.directory.exists()
    assert not (tmp_path / "tmp" / cell.id).exists()


def test_a_living_cell_is_not_dead(tmp_path: Path) -> None:
    with open_cell(tmp_path):
        assert dead_cells(tmp_path) == []


def test_the_cell_of_a_killed_command_is_dead(tmp_path: Path) -> None:
    cell_id = _killed_holder(tmp_path)

    assert dead_cells(tmp_path) == [cell_id]


def test_two_commands_have_a_cell_each(tmp_path: Path) -> None:
    with open_cell(tmp_path) as one, open_cell(tmp_path) as other:
        assert one.id != other.id


def test_a_lasting_cell_is_held_once_and_survives_its_command(tmp_path: Path) -> None:
    with open_cell(tmp_path, "main"), pytest.raises(BlockingIOError), open_cell(tmp_path, "main"):
        pass

    assert (tmp_path / "run" / "main").exists()
    assert dead_cells(tmp_path) == []


def test_a_dead_cell_is_told_only_when_its_children_have_ended_too(tmp_path: Path) -> None:
    cell_id = _killed_holder(tmp_path, child_lives_s="1")

    assert dead_cells(tmp_path) == [cell_id]
    child = int((tmp_path / "child").read_text())
    assert not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE
