"""The live display on a terminal: log lines scroll above, the tree of task runs is drawn below them."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.markup import escape
from rich.text import Text

from celeriac.cli.display import is_told
from celeriac.cli.ports import Document
from celeriac.cli.watch import News, Progress, Watch
from celeriac.cli.wording import (
    COLOURS,
    ENDED,
    LEVEL_COLOURS,
    MARKS,
    clock_time,
    duration,
    duration_s,
    now_utc,
    run_name,
)

_SIBLINGS_SHOWN = 12
_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_FRAME_S = 0.12
_DEEPEST = 12


class TreeDisplay:
    """Draws at most eight times a second, from the thread that calls `show`."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._drawn_at = 0.0
        self._tree: RunTree | None = None
        self._live = Live(console=console, auto_refresh=False, transient=False, vertical_overflow="crop")
        self._live.start()

    def show(self, watch: Watch, news: News) -> None:
        told = [_log_text(entry, watch) for entry in news.logs if is_told(entry)]
        self._tree = RunTree(watch)
        if told:
            self._live.update(self._tree)
            self._console.print(*told, sep="\n", soft_wrap=True)
        if told or time.monotonic() - self._drawn_at >= _FRAME_S:
            self._draw()

    def notice(self, text: str) -> None:
        self._console.print(f"[cyan]{escape(text)}[/]", soft_wrap=True)

    def close(self) -> None:
        if self._tree is not None:
            self._draw()
        self._live.stop()

    def _draw(self) -> None:
        if self._tree is not None:
            self._live.update(self._tree, refresh=True)
            self._drawn_at = time.monotonic()


class RunTree:
    """The task runs as a tree no higher than the screen: long lists of siblings are summed up."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        now = now_utc()
        main = self._watch.main
        lines = list(self._rows(main, None, 1, now))
        room = max((options.max_height or console.height) - 3, 3)
        if len(lines) > room:
            cut = len(lines) - room + 1
            lines = [Text(f"  … {cut} more", style="dim"), *lines[cut:]]
        yield from (_clipped(line, options.max_width) for line in [_flow_line(main), *lines])

    def _rows(self, progress: Progress, parent: str | None, depth: int, now: datetime) -> Iterator[Text]:
        if depth <= _DEEPEST:
            yield from self._siblings(progress, progress.children(), parent, depth, now)

    def _siblings(
        self,
        progress: Progress,
        children: dict[str | None, list[Document]],
        parent: str | None,
        depth: int,
        now: datetime,
    ) -> Iterator[Text]:
        runs = children.get(parent, [])
        shown = _worth_showing(runs)
        if len(shown) < len(runs):
            yield _summary(runs, depth)
        for run in shown:
            yield _run_line(run, depth, now)
            if depth < _DEEPEST:
                yield from self._siblings(progress, children, run["id"], depth + 1, now)
            if child := self._watch.child_of(run):
                yield from self._rows(child, None, depth + 1, now)


def _worth_showing(runs: list[Document]) -> list[Document]:
    if len(runs) <= _SIBLINGS_SHOWN:
        return runs
    wanted = [run for run in runs if run["state"]["current"] not in ("SUCCESS", "CREATED", "SKIPPED")]
    return wanted[-_SIBLINGS_SHOWN:]


def _summary(runs: list[Document], depth: int) -> Text:
    counts = Counter(run["state"]["current"] for run in runs)
    text = ", ".join(f"{count} {state}" for state, count in counts.most_common())
    return Text("  " * depth + f"… {len(runs)} task runs: {text}", style="dim")


def _run_line(run: Document, depth: int, now: datetime) -> Text:
    state = run["state"]["current"]
    style = COLOURS.get(state, "dim")
    mark = _SPINNER[int(now.timestamp() * 10) % len(_SPINNER)] if state == "RUNNING" else MARKS.get(state, "·")
    attempts = len(run.get("attempts") or ())
    waiting = state in ("CREATED", "SKIPPED")
    return Text.assemble(
        "  " * depth,
        (f"{mark} ", style),
        run_name(run),
        ("" if state in ("SUCCESS", "RUNNING") else f"  {state}", style),
        ("" if waiting else f"  {duration(duration_s(run['state'], now))}", "dim"),
        (f"  attempt {attempts}" if attempts > 1 else "", "yellow"),
    )


def _flow_line(progress: Progress) -> Text:
    ended = sum(count for state, count in progress.counts().items() if state in ENDED)
    return Text.assemble(
        (f"{progress.namespace}.{progress.flow_id}  ", "bold"),
        (progress.state, COLOURS.get(progress.state, "")),
        (f"  {ended}/{len(progress.runs)} task runs", "dim"),
    )


def _log_text(entry: Document, watch: Watch) -> Text:
    level = str(entry.get("level", "INFO"))
    return Text.assemble(
        (f"{clock_time(entry.get('timestamp'))} ", "dim"),
        (f"{watch.origin(entry.get('executionId'))}{entry.get('taskId') or 'flow'} ", "bold"),
        ("" if level == "INFO" else f"{level} ", LEVEL_COLOURS.get(level, "")),
        Text.from_ansi(str(entry.get("message", "")), style=LEVEL_COLOURS.get(level, "")),
    )


def _clipped(line: Text, width: int) -> Text:
    line.truncate(width, overflow="ellipsis")
    line.no_wrap = True
    return line
