"""The README says what is true: its blocks, commands, settings, decisions, and its task type works."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from celeriac.cli.main import cli
from celeriac.cli.roles import existing_roles
from importing import importers

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
MODULES = {
    "argon2-cffi": "argon2",
    "celery-redbeat": "redbeat",
    "flask-limiter": "flask_limiter",
    "flask-sqlalchemy": "flask_sqlalchemy",
    "prometheus-client": "prometheus_client",
    "pyyaml": "yaml",
}
"""{distribution: module}, where the names differ."""


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def table(heading: str) -> list[list[str]]:
    """The cells of the rows of the first table below a heading."""
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_there_are_exactly_two_sh_blocks_the_example_and_the_tests() -> None:
    example, tests = blocks("sh")

    assert example.splitlines()[-1] == ".venv/bin/celeriac run flows/company.sales/sales_pipeline.yaml"
    assert tests.splitlines()[-1].startswith(".venv/bin/pytest")


def test_the_settings_table_names_every_variable_that_is_read() -> None:
    source = (ROOT / "app/celeriac/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'"(CELERIAC_\w+|SECRET_|ENV_|KESTRA_)"', source))
    told = {name.replace("<NAME>", "") for row in table("Settings") for name in re.findall(r"`([A-Z_<>]+)`", row[0])}

    assert told == read


def test_the_decisions_name_every_dependency() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").partition("[dependency-groups]")[0]
    needed = set(re.findall(r'^\s*(?:postgres = \[)?"([a-z0-9-]+)(?:\[[\w,]+\])?[><=]', project, re.MULTILINE))
    told = {name for row in table("Decisions") for name in row[0].split(", ")}

    assert told == needed - {"hatchling"}


@pytest.mark.parametrize("row", table("Decisions"), ids=lambda row: row[0])
def test_the_decisions_say_who_imports_a_dependency(row: list[str]) -> None:
    told = set(re.findall(r"`(\w+)`", row[2]))

    assert set().union(*(importers(MODULES.get(name, name)) for name in row[0].split(", "))) == told


def test_every_command_in_a_console_block_exists() -> None:
    lines = [line for block in blocks("console") for line in block.splitlines()]
    commands = [line.removeprefix("$ celeriac ").split() for line in lines if line.startswith("$ celeriac ")]

    assert commands
    for words in commands:
        command: click.Command = cli
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-") and "#" not in words[: words.index(word)]} <= options


def test_the_procfile_starts_every_role_that_exists() -> None:
    lines = [line.partition(": ") for line in (ROOT / "Procfile").read_text().splitlines()]

    assert [command for _, _, command in lines] == [f"celeriac {role}" for role in existing_roles()]
    assert [name for name, _, _ in lines] == list(existing_roles())


def test_every_linked_or_named_place_exists() -> None:
    links = re.findall(r"\]\((?!http)([^)]+)\)", TEXT)
    places = re.findall(r"`((?:app|workers|flows|tests|bench)/[\w/.]*)`", TEXT)

    assert [place for place in links + places if not (ROOT / place).exists()] == []


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """A folder with the task type of the README, as if its package were installed there."""
    (tmp_path / "acme_celeriac.py").write_text(blocks("python")[0])
    info = tmp_path / "acme-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    group, entry = blocks("toml")[0].splitlines()
    assert group == '[project.entry-points."celeriac.plugins"]'
    (info / "entry_points.txt").write_text(f"[celeriac.plugins]\n{entry.replace(chr(34), '')}\n")
    (tmp_path / "words.yaml").write_text(blocks("yaml")[1])
    (tmp_path / "text.txt").write_text("To be, or not to be:\nthat is the question\n")
    return tmp_path


def celeriac(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "celeriac", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "CELERIAC_HOME": str(folder / ".celeriac")},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_task_type_of_the_readme_runs_in_the_flow_of_the_readme(acme: Path) -> None:
    result = celeriac(acme, "run", "words.yaml", "-f", "text=@text.txt", "-o", "json")
    document = json.loads(result.stdout)

    assert (document["state"]["current"], document["outputs"]) == ("SUCCESS", {"words": 2})
    assert [line["message"] for line in document["logs"]] == ["2 words"]


def test_the_task_type_of_the_readme_is_listed(acme: Path) -> None:
    assert "acme.text.WordCount  Outputs `words`" in celeriac(acme, "plugins", "acme").stdout


def test_the_first_flow_of_the_readme_runs(tmp_path: Path) -> None:
    (tmp_path / "hello.yaml").write_text(blocks("yaml")[0])
    result = celeriac(tmp_path, "run", "hello.yaml", "--runner", "process", "-o", "json")

    assert [line["message"] for line in json.loads(result.stdout)["logs"]] == ["The total is 45"]
