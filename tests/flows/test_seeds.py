"""The flows that the project began with, unchanged but for the host of their addresses, on Docker and as processes."""

import re
from pathlib import Path

import orjson
import pytest
from pytest_httpserver import HTTPServer

from flows.conftest import ROOT, RunFlow
from flows.served import TOP_PRODUCT, TOP_PRODUCT_UNITS, TOTAL_SALES, Webhook, serve_orders, serve_products

SEEDS = ROOT.parent / "shared" / "seeds"
AVERAGES = [
    {"brand": "Glamour", "avg_price": 16.25},
    {"brand": "Essence", "avg_price": 12.0},
    {"brand": "N/A", "avg_price": 1.99},
]
WITH_PANDAS = "python.Script\n    dependencies: [pandas]\n"

pytestmark = pytest.mark.timeout(240)


def seed_flow(name: str, server: HTTPServer) -> str:
    """The first flow of a document, its addresses leading to the server."""
    document = (SEEDS / f"{name}.txt").read_text(encoding="utf-8")
    flow = document.partition("```yaml\n")[2].partition("```")[0]
    return re.sub(r"https://[\w.]+", server.url_for("").rstrip("/"), flow)


@pytest.fixture
def data_pipeline(httpserver: HTTPServer, tmp_path: Path) -> Path:
    serve_products(httpserver)
    path = tmp_path / "data_pipeline.yaml"
    path.write_text(seed_flow("orchestrate-data-pipelines", httpserver), encoding="utf-8")
    return path


@pytest.fixture
def hook(httpserver: HTTPServer) -> Webhook:
    return Webhook(httpserver, "/api/slack")


@pytest.fixture
def sales_analysis(httpserver: HTTPServer, tmp_path: Path, hook: Webhook) -> Path:
    serve_orders(httpserver, "/datasets/kestra/datasets/raw/main/csv/orders.csv")
    path = tmp_path / "sales_analysis.yaml"
    path.write_text(seed_flow("orchestrate-python-workflows", httpserver), encoding="utf-8")
    return path


def check_averages(run_flow: RunFlow, path: Path, *arguments: str) -> None:
    run = run_flow(path, *arguments)

    assert (run.exit_code, run.state) == (0, "SUCCESS"), run.errors
    assert [orjson.loads(line) for line in run.file("query/rows.jsonl").splitlines()] == AVERAGES
    assert orjson.loads(run.file("transform/products.json"))[0] == {"brand": "Essence", "price": 9.99}
    assert run.outputs_of("query")["size"] == len(AVERAGES)


def check_sales(run_flow: RunFlow, path: Path, hook: Webhook, *arguments: str) -> None:
    run = run_flow(path, *arguments)

    assert (run.exit_code, run.state) == (0, "SUCCESS"), run.errors
    assert run.outputs_of("transform")["vars"] == {
        "total_sales": TOTAL_SALES,
        "top_product_id": TOP_PRODUCT,
        "total_quantity_sold": TOP_PRODUCT_UNITS,
    }
    assert f"Total Sales: ${TOTAL_SALES}" in hook.bodies[0]
    assert f"Top Product ID: #{TOP_PRODUCT}" in hook.bodies[0]
    assert f"Units Sold of Top Product: {TOP_PRODUCT_UNITS}" in hook.bodies[0]


@pytest.mark.docker
def test_the_data_pipeline_runs_on_docker(run_flow: RunFlow, needs_docker: None, data_pipeline: Path) -> None:
    check_averages(run_flow, data_pipeline)


def test_the_data_pipeline_runs_as_processes(run_flow: RunFlow, data_pipeline: Path) -> None:
    check_averages(run_flow, data_pipeline, "--runner", "process")


@pytest.mark.docker
def test_the_sales_analysis_runs_on_docker(
    run_flow: RunFlow, needs_docker: None, sales_analysis: Path, hook: Webhook
) -> None:
    check_sales(run_flow, sales_analysis, hook)


def test_the_sales_analysis_runs_as_processes_with_pandas_as_dependency(
    run_flow: RunFlow, sales_analysis: Path, hook: Webhook
) -> None:
    text = sales_analysis.read_text(encoding="utf-8").replace("python.Script\n", WITH_PANDAS)
    sales_analysis.write_text(text, encoding="utf-8")

    check_sales(run_flow, sales_analysis, hook, "--runner", "process")
