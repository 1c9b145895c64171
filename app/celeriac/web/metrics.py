"""What Prometheus reads: requests of this process, and what the database and the broker know of all."""

import time
from collections.abc import Iterator

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from celeriac.wiring import App

HOUR_MS = 3_600_000
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_EXTENSION = "celeriac.metrics"


def register_metrics(flask: Flask, celeriac: App) -> None:
    """Measures every request."""
    registry = CollectorRegistry()
    registry.register(_State(celeriac))
    seconds = Histogram(
        "celeriac_http_request_seconds",
        "Seconds until an answer begins, by route, method and status",
        ("method", "route", "status"),
        buckets=_BUCKETS_S,
        registry=registry,
    )
    streams = Gauge("celeriac_streams_open", "Streams that are open", registry=registry)
    streams.set_function(lambda: flask.extensions["celeriac.streams"].open)
    flask.extensions[_EXTENSION] = registry

    def started() -> None:
        g.started_s = time.perf_counter()

    def ended(response: Response) -> Response:
        if "started_s" in g:
            route = request.url_rule.rule.replace("/api/v1/main/", "/api/v1/", 1) if request.url_rule else "none"
            labels = (request.method, route, str(response.status_code))
            seconds.labels(*labels).observe(time.perf_counter() - g.started_s)
        return response

    flask.before_request(started)
    flask.after_request(ended)


def text(flask: Flask) -> bytes:
    """Everything, in Prometheus's text format."""
    return generate_latest(flask.extensions[_EXTENSION])


class _State(Collector):
    """Asked at each scrape."""

    def __init__(self, celeriac: App) -> None:
        self._celeriac = celeriac

    def describe(self) -> list[Metric]:
        """Nothing is asked when this is registered."""
        return []

    def collect(self) -> Iterator[Metric]:
        celeriac = self._celeriac
        counts = celeriac.state_counts
        hour = counts.created_since(time.time_ns() // 1_000_000 - HOUR_MS)
        yield _gauge("executions_open", "Executions that have not ended", "state", counts.open())
        yield _gauge("executions_last_hour", "Executions created in the last hour, by their state", "state", hour)
        yield _gauge("processes", "Living processes", "role", dict(celeriac.health.roles()))
        depths = celeriac.queue.depths()
        yield GaugeMetricFamily("celeriac_broker_up", "1 when the broker answers", int(depths is not None))
        yield _gauge("queue_messages", "Messages that wait", "queue", depths or {})


def _gauge(name: str, help_text: str, label: str, values: dict[str, int]) -> Metric:
    family = GaugeMetricFamily(f"celeriac_{name}", help_text, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
