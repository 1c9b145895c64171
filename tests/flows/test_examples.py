"""Every example flow runs, with the numbers that it promises."""

import csv
import json
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from celeriac.flowfile import parse
from celeriac.plugins.discovery import discover
from flows.conftest import FLOWS, RunFlow
from flows.served import TOP_PRODUCT, TOTAL_SALES, Webhook, serve_orders, serve_products

SALES = FLOWS / "company.sales"
ROUTING = FLOWS / "company.routing"
OPS = FLOWS / "company.ops"


def sold(region: str | None = None) -> float:
    """What the shipped orders that can be counted come to."""
    with (SALES / "_files" / "orders.csv").open() as file:
        orders = [order for order in csv.DictReader(file) if region in (None, order["region"])]
    usable = [order for order in orders if order["quantity"] and order["unit_price"] != "n/a"]
    return round(sum(int(order["quantity"]) * float(order["unit_price"]) for order in usable), 2)


@pytest.mark.parametrize("path", sorted(FLOWS.rglob("*.yaml")), ids=lambda path: path.stem)
def test_an_example_is_valid_described_and_stands_in_the_folder_of_its_namespace(path: Path) -> None:
    found = parse(path.read_text(), discover(), file=str(path))

    assert [str(problem) for problem in (*found.problems, *found.warnings, *found.unsupported)] == []
    assert found.flow is not None
    assert (found.flow.namespace, found.flow.id) == (path.parent.name, path.stem)
    assert found.flow.description


def test_the_sales_pipeline_sums_up_the_shipped_orders(run_flow: RunFlow) -> None:
    run = run_flow(SALES / "sales_pipeline.yaml")

    assert (run.exit_code, run.state) == (0, "SUCCESS")
    assert {name: run.outputs[name] for name in ("total_sales", "orders", "best_product")} == {
        "total_sales": sold(),
        "orders": 117,
        "best_product": "Kettle",
    }
    assert "| Kettle | 59 | 4422.05 |" in run.file("report/report.md")
    assert run.messages("log") == ["117 orders, 15345.45 in all; best: Kettle"]
    assert [json.loads(line)["orders"] for line in run.file("by_region/rows.jsonl").splitlines()] == [11, 42, 34, 30]


def test_the_sales_pipeline_takes_other_orders_and_tells_a_webhook(
    run_flow: RunFlow, httpserver: HTTPServer, tmp_path: Path
) -> None:
    hook = Webhook(httpserver)
    header = "order_id,ordered_on,region,product_id,product,quantity,unit_price"
    (tmp_path / "my.csv").write_text(f"{header}\n1,2025-01-01,north,P,Pen,3,1.5\n")
    run = run_flow(SALES / "sales_pipeline.yaml", "-f", "orders=@my.csv", "-i", f"webhook={hook.url}")

    assert (run.state, run.outputs["best_product"]) == ("SUCCESS", "Pen")
    assert hook.messages == [{"text": "1 orders, 4.5 in all"}]


def test_a_parent_collects_what_its_subflows_found(run_flow: RunFlow) -> None:
    run = run_flow(SALES / "orders_by_region.yaml")

    assert run.state == "SUCCESS"
    assert run.outputs == {"best_region": "north", "sales_north": sold("north")}
    assert [child["flowId"] for child in run.document["subexecutions"]] == ["region_total"] * 3


@pytest.mark.docker
def test_the_products_go_from_download_through_a_container_to_duckdb(
    run_flow: RunFlow, needs_docker: None, httpserver: HTTPServer
) -> None:
    run = run_flow(FLOWS / "tutorial" / "product_prices.yaml", "-i", f"source={serve_products(httpserver)}")

    assert (run.state, run.outputs["brands"]) == ("SUCCESS", 3)
    assert [json.loads(line) for line in run.file("average/rows.jsonl").splitlines()] == [
        {"brand": "Glamour", "products": 2, "average_price": 16.25},
        {"brand": "Essence", "products": 2, "average_price": 12.0},
        {"brand": "unknown", "products": 1, "average_price": 1.99},
    ]


@pytest.mark.docker
def test_the_daily_sales_are_analysed_with_pandas_and_posted(
    run_flow: RunFlow, needs_docker: None, httpserver: HTTPServer
) -> None:
    hook = Webhook(httpserver)
    source = serve_orders(httpserver)
    run = run_flow(FLOWS / "analytics" / "daily_sales.yaml", "-i", f"source={source}", "-i", f"webhook={hook.url}")

    assert run.state == "SUCCESS"
    assert run.outputs == {"total_sales": TOTAL_SALES, "top_product": TOP_PRODUCT}
    assert hook.messages == [{"text": f"Sales: {TOTAL_SALES}, most of product {TOP_PRODUCT}"}]


def test_a_loop_counts_errors_in_each_file_and_adds_them_up(run_flow: RunFlow) -> None:
    run = run_flow(FLOWS / "company.files" / "for_each_file.yaml")

    assert (run.state, run.outputs) == ("SUCCESS", {"days": 3, "errors": 4})
    assert sorted(item["value"] for item in run.runs("count")) == [
        "days/2025-03-01.log",
        "days/2025-03-02.log",
        "days/2025-03-03.log",
    ]


def test_a_script_is_taken_from_the_namespace_files(run_flow: RunFlow) -> None:
    run = run_flow(FLOWS / "company.files" / "namespace_script.yaml")

    assert (run.state, run.outputs) == ("SUCCESS", {"slow": 3, "slowest": "GET /orders/17"})


def test_a_failure_is_told_with_the_execution_and_the_task(run_flow: RunFlow, httpserver: HTTPServer) -> None:
    hook = Webhook(httpserver)
    run = run_flow(OPS / "alert_on_failure.yaml", "-i", f"webhook={hook.url}")

    assert (run.exit_code, run.state, run.runs("never_reached")) == (1, "FAILED", [])
    assert "The nightly load did not end well" in hook.messages[0]["text"]
    assert run.document["id"] in hook.bodies[0]
    assert {"title": "Task", "value": "load", "short": True} in hook.messages[0]["attachments"][0]["fields"]


def test_the_third_try_succeeds_with_a_warning(run_flow: RunFlow) -> None:
    run = run_flow(OPS / "third_try.yaml")

    assert (run.exit_code, run.state, run.outputs) == (0, "WARNING", {"tries": 3})
    assert [item["state"]["current"] for item in run.runs("unsteady")[0]["attempts"]] == ["FAILED", "FAILED", "SUCCESS"]
    assert not Path(f"/tmp/celeriac-third-try-{run.document['id']}").exists()


@pytest.mark.parametrize(
    ("break_it", "state", "messages"),
    [("false", "SUCCESS", ["The work is done"]), ("true", "FAILED", ["The work is not done"])],
)
def test_finally_and_after_execution_follow_the_end(
    run_flow: RunFlow, break_it: str, state: str, messages: list[str]
) -> None:
    run = run_flow(OPS / "clean_up.yaml", "-i", f"break_it={break_it}")

    assert run.state == state
    assert run.runs("release")[0]["state"]["current"] == "SUCCESS"
    assert run.messages("on_success") + run.messages("on_failure") == messages


def test_shell_and_node_hand_files_and_values_on(run_flow: RunFlow, needs_node: None) -> None:
    run = run_flow(FLOWS / "company.web" / "shell_and_node.yaml")

    assert (run.state, run.outputs) == ("SUCCESS", {"sum": 385})
    assert run.messages("show") == ["[1,4,9,16,25,36,49,64,81,100]the sum is 385"]


def test_rates_are_asked_for_kept_and_used(run_flow: RunFlow, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/latest").respond_with_json({"base": "EUR", "rates": {"USD": 1.25, "GBP": 0.8}})
    run = run_flow(FLOWS / "company.web" / "exchange_rates.yaml", "-i", f"source={httpserver.url_for('/latest')}")

    assert (run.state, run.outputs) == ("SUCCESS", {"usd": "25.00"})


def test_parallel_branches_are_joined(run_flow: RunFlow) -> None:
    run = run_flow(ROUTING / "parallel_join.yaml")

    assert (run.state, run.outputs) == ("SUCCESS", {"left": 40})


@pytest.mark.parametrize(
    ("kind", "amount", "shipping", "tasks"),
    [
        ("retail", "150", "free", ["by_kind", "by_amount", "free_shipping"]),
        ("retail", "20", "4.9", ["by_kind", "by_amount", "paid_shipping"]),
        ("wholesale", "20", "freight", ["by_kind", "freight"]),
        ("gift", "20", "none", ["by_kind", "unknown"]),
    ],
)
def test_a_branch_is_taken_by_kind_and_amount(
    run_flow: RunFlow, kind: str, amount: str, shipping: str, tasks: list[str]
) -> None:
    run = run_flow(ROUTING / "branching.yaml", "-i", f"kind={kind}", "-i", f"amount={amount}")

    assert (run.state, run.outputs) == ("SUCCESS", {"shipping": shipping})
    assert [item["taskId"] for item in run.document["taskRunList"]] == tasks


def test_inputs_of_every_type_are_typed_and_secrets_masked(run_flow: RunFlow, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Ada")
    run = run_flow(ROUTING / "every_input.yaml", "-f", "letter=@letter.txt", "-i", "name=Grace")

    assert run.state == "SUCCESS"
    assert run.outputs == {"greeting": "Hello Grace", "retries": 2, "letter": "Dear Ada", "year": 1815}
    assert run.messages("show") == [
        "Hello Grace, 37 next year",
        "7 points, mon and wed",
        "the password is ******",
    ]
    assert "opensesame" not in json.dumps(run.document)
