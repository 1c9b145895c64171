"""`celeriac server --watch DIR`: deploys the flows of a folder when they are saved.

A file that cannot be accepted leaves the last good revision of its flow in place; a file that is gone deletes nothing.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from celeriac import lifeline
from celeriac.cli.flow_folder import FlowKey, flow_files, flow_texts, read_flow
from celeriac.cli.ports import Flows
from celeriac.cli.problems import problem_json, tell
from celeriac.core.errors import FlowInvalid, Problem
from celeriac.settings import Settings
from celeriac.wiring import build

ROLE = "watcher"
_EACH_S = 0.5
_SETTLED_S = 0.05
"""A file that was written to just now may not be complete."""

Signature = tuple[int, int, int]
"""(inode, time of the last change in ns, bytes): an editor may write a file in place or put a new one there."""


@dataclass
class Redeployment:
    """What is known of a folder. `step` looks for what has changed."""

    folder: Path
    flows: Flows
    say: Callable[[str], None]
    now: Callable[[], float] = time.time
    _seen: dict[Path, Signature] = field(default_factory=dict)
    _keys: dict[Path, FlowKey | None] = field(default_factory=dict)
    _revisions: dict[FlowKey, int] = field(default_factory=dict)
    _problems: dict[Path, tuple[Problem, ...]] = field(default_factory=dict)
    _has_begun: bool = False

    def step(self) -> list[Problem] | None:
        """Deploys what was saved since the last step; returns its problems, None when nothing was saved."""
        found = {path: signature for path in self._files() if (signature := _signature(path))}
        for path in self._seen.keys() - found.keys():
            self._forget(path)
        saved = [path for path, signature in found.items() if self._is_settled(signature, self._seen.get(path))]
        problems: list[Problem] = []
        for path in saved:
            problems += self._deploy(path)
            self._seen[path] = found[path]
        if not self._has_begun:
            self._has_begun = True
            self.say(f"watching {self.folder}: {len(self._revisions)} flows, {len(self._problems)} files with problems")
        return problems if saved else None

    def document(self) -> Mapping[str, Any]:
        """For the dashboard: the folder, how many flows it has, what is wrong now. Another thread may ask."""
        wrong = sorted(self._problems.copy().items())
        problems = [problem_json(problem) for _path, found in wrong for problem in found]
        return {"folder": str(self.folder), "flows": len(self._revisions), "problems": problems}

    def _files(self) -> list[Path]:
        try:
            return flow_files(self.folder, deep=True)
        except OSError:
            return list(self._seen)

    def _is_settled(self, signature: Signature, before: Signature | None) -> bool:
        return signature != before and not 0 <= self.now() - signature[1] / 1e9 < _SETTLED_S

    def _deploy(self, path: Path) -> tuple[Problem, ...]:
        try:
            self._register(path)
        except FlowInvalid as error:
            self._problems[path] = tuple(error.problems)
            return self._problems[path]
        self._problems.pop(path, None)
        return ()

    def _register(self, path: Path) -> None:
        """Raises: FlowInvalid."""
        texts = flow_texts([path])
        if not texts:
            if path in self._keys:
                read_flow(path)
                raise FlowInvalid([Problem("is no flow any more", file=str(path), hint="its last revision stays")])
            return
        (text,) = texts
        if other := next((one for one, key in self._keys.items() if key and key == text.key and one != path), None):
            name = ".".join(text.key or ())
            raise FlowInvalid([Problem(f"flow `{name}` stands in {other}, too", "id", file=str(path))])
        self._keys[path] = text.key
        registered = self.flows.register(text.source, str(path))
        key = (registered.namespace, registered.id)
        if self._has_begun and self._revisions.get(key) != registered.revision:
            self.say(f"{'.'.join(key)} is at revision {registered.revision} ({path})")
        self._revisions[key] = registered.revision

    def _forget(self, path: Path) -> None:
        self._seen.pop(path, None)
        self._problems.pop(path, None)
        for other in self._problems:
            self._seen.pop(other, None)
        if key := self._keys.pop(path, None):
            self.say(f"{path} is gone; flow {'.'.join(key)} stays")


def main() -> int:
    """Watches until it is told to end."""
    line = lifeline.attach(os.environ)
    app = build(Settings.from_environ(os.environ))
    if line is not None:
        line.wait_for_go()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signum, frame: stop.set())
    redeployment = Redeployment(Path(sys.argv[1]), app.flows, lambda text: click.echo(text, err=True))
    with app.processes.heartbeat(ROLE, redeployment.document) as heartbeat:
        while not stop.wait(_EACH_S):
            try:
                problems = redeployment.step()
            except app.claims.Unavailable as error:
                click.echo(f"not deployed, the database is away: {error}", err=True)
                continue
            if problems is not None:
                tell(problems)
                heartbeat.beat_now()
    return 0


def _signature(path: Path) -> Signature | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


if __name__ == "__main__":
    sys.exit(main())
