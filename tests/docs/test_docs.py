"""What the documentation says is true: its flows are valid, its programs and commands do what it shows.

In a `console` block every line that begins with `$ ` is run, in a folder of the page, and what stands below it must be
part of what it prints, `…` standing for anything. `celeriac server` goes on until the end of its page, on a free port
in place of 8080. A block that begins with `# file: NAME` is written before the commands that follow it. Blocks of
`text` are not run.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from celeriac.flowfile import parse
from celeriac.plugins.discovery import discover
from e2e.stacks import BIN, READY_S, ROOT, free_port, process, wait_until_ready
from rabbitmq_server import RABBITMQ

DOCS = ROOT / "docs"
PAGES = sorted(path.name for path in DOCS.glob("*.md"))
COMMAND_S = 90.0
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"# file: (\S+)\n")


@dataclass
class Page:
    """A page at work. A server it starts is found at `port`."""

    folder: Path
    environ: dict[str, str]
    stack: ExitStack
    port: int = field(default_factory=free_port)

    def run(self, command: str) -> str:
        """What a command prints on both streams, in bash."""
        if command == "celeriac server":
            argv = [BIN / "celeriac", "server", "--port", str(self.port)]
            self.stack.enter_context(process(argv, self.folder, self.environ, "server"))
            wait_until_ready(f"http://127.0.0.1:{self.port}", self.folder)
            return self._welcome()
        done = subprocess.run(
            ["bash", "-c", self.moved(command)],
            cwd=self.folder,
            env={**os.environ, **self.environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=COMMAND_S,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}"
        return done.stdout

    def _welcome(self) -> str:
        """What the server prints once it is ready."""
        output = self.folder / "server.output"
        deadline = time.monotonic() + READY_S
        while "Ctrl-C" not in output.read_text():
            assert time.monotonic() < deadline, output.read_text()
            time.sleep(0.05)
        return output.read_text()

    def moved(self, text: str) -> str:
        """The text with the port of this page's server."""
        return text.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    environ = {"PATH": path, "CELERIAC_RUNNER": "process", "COLUMNS": "200"}
    with ExitStack() as stack:
        yield Page(tmp_path, environ, stack)


def blocks(name: str, *languages: str) -> list[tuple[str, str]]:
    """(language, text) of the fenced blocks of a page."""
    found = _BLOCK.findall((DOCS / name).read_text(encoding="utf-8"))
    return [(language, text) for language, text in found if not languages or language in languages]


def exchanges(text: str) -> Iterator[tuple[str, str]]:
    """(command, what it is to print)."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        yield command, printed.rstrip("\n")


def prints(shown: str, printed: str) -> bool:
    """Whether the shown text, in which `…` is anything, is part of what was printed."""
    return re.search(".*".join(re.escape(piece) for piece in shown.split("…")), printed, re.DOTALL) is not None


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=RABBITMQ.marks if name == "producers.md" else ()) for name in PAGES],
)
def test_the_commands_of_a_page_print_what_it_shows(name: str, page: Page, request: pytest.FixtureRequest) -> None:
    if name == "producers.md":
        page.environ["CELERIAC_AMQP_URL"] = request.getfixturevalue("rabbitmq_url")
    for language, text in blocks(name):
        if named := _FILE.match(text):
            path = page.folder / named[1]
            path.parent.mkdir(exist_ok=True)
            path.write_text(page.moved(text[named.end() :]))
        if language != "console":
            continue
        for command, shown in exchanges(text):
            printed = page.run(command)
            assert prints(page.moved(shown), printed), f"$ {command}\n{printed}"


@pytest.mark.parametrize("name", PAGES)
def test_the_flows_of_a_page_can_be_run(name: str) -> None:
    types = discover()
    for _, text in blocks(name, "yaml"):
        parsed = parse(text, types)
        if "# file: broken.yaml" in text:
            assert parsed.problems
            continue
        assert not parsed.problems and not parsed.unsupported, f"{name}: {parsed.problems}\n{text}"


def test_the_producers_are_of_20_lines_at_most() -> None:
    for _, text in blocks("producers.md", "python"):
        assert len(text.split('"""\n', 1)[1].strip().splitlines()) <= 20


@pytest.mark.parametrize("name", PAGES)
def test_the_links_of_a_page_lead_somewhere(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (DOCS / target).exists(), target


def test_the_reference_is_what_the_models_say(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "docs" / "generate.py", tmp_path], check=True, timeout=COMMAND_S)

    made = {path.name: path.read_text() for path in tmp_path.glob("*.md")}
    assert made == {path.name: path.read_text() for path in (DOCS / "reference").glob("*.md")}
