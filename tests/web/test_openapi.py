"""The OpenAPI document is true: schemathesis sends to every operation what it allows and what it forbids."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask

from celeriac.web import create_app
from hand_engine import hand_engine
from serving import served

DOCUMENT = "/api/v1/openapi.json"
FLOW = "id: a\nnamespace: company\ntasks:\n  - {id: a, type: io.kestra.plugin.core.log.Log, message: x}\n"
UNCHECKED = (
    "positive_data_acceptance",  # a text that is no flow is refused
    "negative_data_rejection",  # numbers are read from texts, and dates in more forms than one
    "allow_header_conformance",  # `/flows/search` and `/flows/{namespace}` are one route for OPTIONS
)
PHASES, EXAMPLES = ("examples,coverage,fuzzing", "5") if os.environ.get("CELERIAC_TEST_ALL") else ("fuzzing", "2")
"""A minute of coverage for every operation is for CI."""
STREAMS = "/events|/follow|/webhook"


@pytest.fixture(scope="module")
def flask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application that knows a flow and an execution."""
    with hand_engine(tmp_path_factory.mktemp("openapi")) as engine:
        engine.app.flows.register(FLOW)
        engine.app.executions.start("company", "a")
        yield create_app(engine.app)


@pytest.fixture(scope="module")
def document(flask: Flask) -> dict[str, Any]:
    found: dict[str, Any] = flask.test_client().get(DOCUMENT).json
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """[(method and path, the operation)]."""
    return [(f"{method} {path}", one) for path, all_ in document["paths"].items() for method, one in all_.items()]


def test_every_operation_is_described_once_and_without_the_tenant(document: dict[str, Any]) -> None:
    ids = [one["operationId"] for _, one in operations(document)]

    assert document["openapi"].startswith("3.1")
    assert len(set(ids)) == len(ids) > 40
    assert not [path for path in document["paths"] if path.startswith("/api/v1/main")]


def test_every_view_of_the_api_is_described(flask: Flask) -> None:
    rules = [rule for rule in flask.url_map.iter_rules() if rule.rule.startswith("/api/v1/")]
    views = {flask.view_functions[rule.endpoint] for rule in rules}
    undescribed = [view for view in views if not hasattr(view, "extra") and "alias" not in view.__qualname__]

    assert [view.__module__ for view in undescribed] == ["celeriac.web.api.openapi"]


def test_every_error_is_described_as_a_problem(document: dict[str, Any]) -> None:
    without = [name for name, one in operations(document) if "application/problem+json" not in str(one["responses"])]

    assert without == []


def test_every_schema_is_one(document: dict[str, Any]) -> None:
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)


@pytest.mark.timeout(1200)
def test_every_operation_answers_as_documented(flask: Flask, tmp_path: Path) -> None:
    with served(flask) as url:
        command = [Path(sys.executable).with_name("schemathesis"), "run", url + DOCUMENT, "--no-color"]
        limits = ["--max-examples", EXAMPLES, "--phases", PHASES, "--request-timeout", "150"]
        chosen = ["--exclude-checks", ",".join(UNCHECKED), "--exclude-path-regex", STREAMS, "--continue-on-failure"]
        ran = subprocess.run([*command, *limits, *chosen], cwd=tmp_path, capture_output=True, text=True)

    assert ran.returncode == 0, ran.stdout[-20_000:]
