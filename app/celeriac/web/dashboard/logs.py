"""A search in the logs of the newest executions."""

from flask import Blueprint, render_template, request

from celeriac.store.log_store import LEVELS
from celeriac.web.api import celeriac
from celeriac.web.dashboard.asked import executions_asked
from celeriac.web.dashboard.executions import RANGES

blueprint = Blueprint("logs", __name__)
LINES = 100


@blueprint.get("/logs")
def page() -> str:
    """Lines that hold `q`, from the level `minLevel` on; `q` is looked for in messages, not in ids."""
    level = request.args.get("minLevel", "INFO")
    level = level if level in LEVELS else "INFO"
    text = request.args.get("q", "").strip()
    asked = executions_asked(q="", size=LINES)
    return render_template(
        "ui/logs.html",
        asked=asked,
        text=text,
        level=level,
        levels=LEVELS,
        ranges=RANGES,
        found=celeriac().logs.search(asked, level, text),
        namespaces=celeriac().flow_lists.namespaces(),
    )
