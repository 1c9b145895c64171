"""The first steps of a new user, which tick themselves off."""

from dataclasses import dataclass

from flask import request, url_for
from werkzeug.wrappers import Response

from celeriac.core.execution_filter import ExecutionFilter
from celeriac.wiring import App

SEEN_TIMELINE = "timeline"
CONNECTED = "connected"
HIDDEN = "hidden"
_COOKIE = "first_steps"
_YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Step:
    """One step. href: where it is done."""

    text: str
    hint: str
    href: str
    done: bool


def steps(app: App) -> list[Step]:
    """The four steps; none when they are all done, or somebody has had enough of them."""
    seen = _seen()
    if HIDDEN in seen:
        return []
    newest = app.listing.search(ExecutionFilter(size=1)).results
    hello = app.flow_lists.search("hello", size=1).results or app.flow_lists.search(size=1).results
    changed = app.flow_lists.search(size=1, sort=(("revision", True),)).results
    first = hello[0] if hello else None
    run = url_for("ui.run.page", namespace=first.namespace, flow_id=first.id) if first else url_for("ui.editor.new")
    edit = (
        url_for("ui.flow.page", namespace=first.namespace, flow_id=first.id, tab="source")
        if first
        else url_for("ui.editor.new")
    )
    timeline = (
        url_for(
            "ui.execution.page",
            namespace=newest[0]["namespace"],
            flow_id=newest[0]["flowId"],
            execution_id=newest[0]["id"],
        )
        if newest
        else url_for("ui.executions.page")
    )
    made = [
        Step(
            f"Run the flow {first.id}" if first else "Create a flow", "One click; it takes seconds", run, bool(newest)
        ),
        Step("Open its timeline", "Where the time went, and what each task said", timeline, SEEN_TIMELINE in seen),
        Step(
            "Edit a flow and save it",
            "Problems show while you type; each save is a revision",
            edit,
            bool(changed and changed[0].revision > 1),
        ),
        Step("Start it from your own program", "One line of curl, or Python", run, CONNECTED in seen),
    ]
    return [] if all(step.done for step in made) else made


def remember(answer: Response, what: str) -> Response:
    """Ticks a step off, in a cookie."""
    seen = _seen()
    if what not in seen:
        answer.set_cookie(_COOKIE, ".".join(sorted({*seen, what})), max_age=_YEAR_S, samesite="Lax")
    return answer


def _seen() -> set[str]:
    return set(request.cookies.get(_COOKIE, "").split("."))
