"""Streams of server-sent events: what changes, for pages that stay open; and those that Kestra's clients follow."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
from flask import Blueprint, Response, request
from werkzeug.exceptions import ServiceUnavailable

from celeriac.services.live import Event, Live, WatchEnded, Watcher
from celeriac.services.logs import LogFilter
from celeriac.web.api import celeriac
from celeriac.web.execution_answers import MOST_OUTPUTS
from celeriac.web.models.events import FollowLogs, WatchTopics
from celeriac.web.openapi import operation
from celeriac.web.params import wrong
from celeriac.web.streams import (
    HEARTBEAT_S,
    LONGEST_S,
    RETRY_MS,
    client_is_gone,
    event_stream,
    frame,
)
from celeriac.wiring import App

blueprint = Blueprint("events", __name__)
EVENT_STREAM = "text/event-stream"
MOST_TOPICS = 50
_HEARTBEAT = b": ping\n\n"


@blueprint.get("/events")
@operation(content_type=EVENT_STREAM)
def watch(query: WatchTopics) -> Response:
    """One stream for a page. topics: `execution:ID`, `logs:ID`, `logs:ID?minLevel=WARN`, `executions`, `flows`.

    Every event has a rising `id`, its kind as `event`, and JSON with the `topic`. First comes all there is, then what
    changes. `resync`: some were dropped, read again. `reconnect`: open the stream again.
    """
    topics = [name for text in query.topics for name in text.split(",") if name]
    if not topics or len(topics) > MOST_TOPICS:
        raise wrong("topics", f"name 1 to {MOST_TOPICS} topics, such as topics=executions,flows")
    live, is_gone, last = celeriac().live, client_is_gone(), request.headers.get("Last-Event-ID", "")
    return event_stream(lambda: _watcher(live, topics, last), lambda watcher: _events(watcher, is_gone, live.instance))


@blueprint.get("/executions/<execution_id>/follow")
@operation(content_type=EVENT_STREAM, tag="executions")
def follow(execution_id: str) -> Response:
    """The execution each time it changes, until it has ended. The ids of the events are start, progress and end."""
    celeriac().views.stored(execution_id)
    app, is_gone, topics = celeriac(), client_is_gone(), [f"execution:{execution_id}"]
    return event_stream(
        lambda: _watcher(app.live, topics), lambda watcher: _executions(app, execution_id, watcher, is_gone)
    )


@blueprint.get("/logs/<execution_id>/follow")
@operation(content_type=EVENT_STREAM, tag="logs")
def follow_logs(execution_id: str, query: FollowLogs) -> Response:
    """The lines of an execution, those to come too, until it has ended; each is one event."""
    asked = LogFilter(query.min_level)
    celeriac().views.stored(execution_id)
    app, is_gone, topics = celeriac(), client_is_gone(), [f"logs:{execution_id}", f"execution:{execution_id}"]
    return event_stream(
        lambda: _watcher(app.live, topics), lambda watcher: _lines(app, execution_id, asked, watcher, is_gone)
    )


def _watcher(live: Live, topics: list[str], last_event_id: str = "") -> Watcher:
    number, _, instance = last_event_id.partition("-")
    last_id = int(number) if instance == live.instance and number.isdecimal() else 0
    try:
        return live.watch(topics, last_id)
    except WatchEnded as error:
        raise ServiceUnavailable("The server is about to end", retry_after=2) from error


def _events(watcher: Watcher, is_gone: Callable[[], bool], instance: str) -> Iterator[bytes]:
    watcher.welcomed(HEARTBEAT_S)
    yield f"retry: {RETRY_MS}\n\n".encode()
    for event in _until_gone(watcher, is_gone):
        if event is None:
            yield _HEARTBEAT
        else:
            yield frame(event.data, event=event.kind, event_id=f"{event.id}-{instance}")
    yield frame(b"{}", event="reconnect")


def _executions(app: App, execution_id: str, watcher: Watcher, is_gone: Callable[[], bool]) -> Iterator[bytes]:
    """Whole documents, so the larger they are the rarer; those who need only what changes watch `/events`."""
    yield frame(_json(app.views.header(app.views.stored(execution_id))), event_id="start")
    rest_s = 0.0
    for event in _until_gone(watcher, is_gone):
        if event is None:
            yield _HEARTBEAT
            continue
        time.sleep(min(5.0, rest_s))
        watcher.drain()
        begun = time.monotonic()
        document = app.views.execution(execution_id, most_bytes=MOST_OUTPUTS)
        yield frame(_json(document), event_id="end" if document["done"] else "progress")
        if document["done"]:
            return
        rest_s = 10 * (time.monotonic() - begun)


def _lines(
    app: App, execution_id: str, asked: LogFilter, watcher: Watcher, is_gone: Callable[[], bool]
) -> Iterator[bytes]:
    yield frame(_json({"executionId": execution_id}), event_id="start")
    cursor = None
    for event in _until_gone(watcher, is_gone):
        if event is None:
            yield _HEARTBEAT
            continue
        watcher.drain()
        is_end = app.views.stored(execution_id).done_us is not None
        lines, cursor = app.views.logs([execution_id], cursor)
        while lines:
            for line in lines:
                if line["level"] in asked.levels:
                    yield frame(_json(line), event_id="progress")
            lines, cursor = app.views.logs([execution_id], cursor)
        if is_end:
            yield frame(_json({"executionId": execution_id}), event_id="end")
            return


def _until_gone(watcher: Watcher, is_gone: Callable[[], bool]) -> Iterator[Event | None]:
    """The events as they come, None in the place of a heartbeat; ends with the client, the server, or the time."""
    ends_at = time.monotonic() + LONGEST_S
    while time.monotonic() < ends_at:
        try:
            event = watcher.next(HEARTBEAT_S)
        except WatchEnded:
            return
        if event is None and is_gone():
            return
        yield event


def _json(document: Any) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS, default=str)
