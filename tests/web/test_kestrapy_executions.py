"""Kestra's own Python SDK against our executions, logs and files, over real sockets."""

import warnings
from collections.abc import Iterator

import pytest
from flask import Flask

from hand_engine import HandEngine
from serving import served

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import kestrapy
    from kestrapy.exceptions import NotFoundException
    from kestrapy.models.query_filter import QueryFilter

NAMESPACE = "examples.sdk"
FLOW = f"""
id: hello
namespace: {NAMESPACE}
inputs:
  - {{id: n, type: INT, defaults: 1}}
  - {{id: data, type: FILE, required: false}}
tasks:
  - {{id: say, type: io.kestra.plugin.core.log.Log, message: "said {{{{ inputs.n }}}}"}}
  - {{id: give, type: io.kestra.plugin.core.debug.Return, format: "{{{{ inputs.n }}}}"}}
  - {{id: stop, type: io.kestra.plugin.core.execution.Fail, condition: "{{{{ inputs.n > 5 }}}}"}}
"""


@pytest.fixture
def client(server: Flask, by_hand: HandEngine) -> Iterator[kestrapy.KestraClient]:
    by_hand.register(FLOW)
    with served(server) as url, kestrapy.KestraClient(host=url) as client:
        yield client


@pytest.fixture
def failed(client: kestrapy.KestraClient, by_hand: HandEngine) -> str:
    started = client.executions.create_execution("main", NAMESPACE, "hello", inputs={"n": 7}, labels=["team:data"])
    by_hand.drain()
    return str(started.id)


def test_it_starts_with_inputs_and_files_and_downloads_them(client: kestrapy.KestraClient) -> None:
    started = client.executions.create_execution("main", NAMESPACE, "hello", inputs={"n": 3, "data": ("a.txt", b"abc")})
    uri = started.inputs["data"]

    assert (started.inputs["n"], started.url.endswith(started.id)) == (3, True)
    assert client.executions.download_file_from_execution(started.id, uri, "main") == b"abc"
    assert client.executions.file_metadatas_from_execution(started.id, uri, "main").size == 3
    assert client.executions.preview_file_from_execution(started.id, uri, "main")["content"] == "abc"


def test_it_finds_executions_by_its_filters(client: kestrapy.KestraClient, failed: str) -> None:
    filters = [
        QueryFilter(field="namespace", operation="EQUALS", value=NAMESPACE),
        QueryFilter(field="state", operation="IN", value=["FAILED", "KILLED"]),
        QueryFilter(field="labels", operation="EQUALS", value={"team": "data"}),
    ]

    found = client.executions.search_executions("main", page=1, size=5, sort=["state.startDate:desc"], filters=filters)

    assert [one["id"] for one in found["results"]] == [failed]
    assert client.executions.search_executions_by_flow_id("main", NAMESPACE, "hello")["total"] == 1


def test_it_reads_an_execution_and_what_belongs_to_it(client: kestrapy.KestraClient, failed: str) -> None:
    execution = client.executions.execution(failed, "main")
    run = next(one for one in client.outputs.task_outputs_information(failed, "main") if one.task_id == "give")

    assert (execution.state.current, len(execution.task_run_list)) == ("FAILED", 3)
    assert client.executions.flow_from_execution_by_id(failed, "main").id == "hello"
    assert client.executions.execution_flow_graph(failed, "main").nodes
    assert client.outputs.task_run_outputs(failed, run.task_run_id, "main") == {"value": "7"}
    assert client.metrics.execution_metrics(failed, "main")["total"] == 0


def test_it_reads_searches_and_deletes_logs(client: kestrapy.KestraClient, failed: str) -> None:
    lines = client.logs.list_logs_from_execution(failed, "main", min_level="INFO", task_id="say")
    text = client.logs.download_logs_from_execution(failed, "main", task_id="say")
    found = client.logs.search_logs("main", size=5, filters=[QueryFilter(field="q", operation="EQUALS", value="SAID")])
    client.logs.delete_logs_from_execution(failed, "main", task_id="say")

    assert [line.message for line in lines] == [line.message for line in found.results] == ["said 7"]
    assert text.endswith("said 7\n")
    assert client.logs.list_logs_from_execution(failed, "main", task_id="say") == []


def test_it_follows_an_execution_and_its_log(client: kestrapy.KestraClient, failed: str) -> None:
    states = [one.state.current for one in client.executions.follow_execution(failed, "main")]
    messages = [line.message for line in client.logs.follow_logs_from_execution(failed, "main", min_level="INFO")]

    assert states[-1] == "FAILED"
    assert "said 7" in messages


def test_it_steers_one_execution(client: kestrapy.KestraClient, by_hand: HandEngine, failed: str) -> None:
    executions = client.executions
    assert executions.restart_execution(failed, "main").id == failed
    by_hand.drain()
    replay = executions.replay_execution_with_inputs(failed, "main", inputs={"n": 2})
    by_hand.drain()
    executions.set_labels_on_terminated_execution(failed, "main", [{"key": "seen", "value": "yes"}])
    executions.update_execution_status(failed, "WARNING", "main")
    waiting = executions.create_execution("main", NAMESPACE, "hello").id
    executions.kill_execution(waiting, "main")
    by_hand.drain()

    assert executions.execution(replay.id, "main").state.current == "SUCCESS"
    assert executions.execution(failed, "main").state.current == "WARNING"
    assert executions.execution(waiting, "main").state.current == "KILLED"
    executions.delete_execution(waiting, "main")
    with pytest.raises(NotFoundException):
        executions.execution(waiting, "main")


def test_it_steers_many_executions(client: kestrapy.KestraClient, by_hand: HandEngine, failed: str) -> None:
    executions, filters = client.executions, [QueryFilter(field="flowId", operation="EQUALS", value="hello")]

    counts = [
        executions.restart_executions_by_ids("main", [failed])["count"],
        executions.kill_executions_by_query("main", filters)["count"],
    ]
    by_hand.drain()
    counts.append(executions.replay_executions_by_query("main", filters, latest_revision=True)["count"])
    by_hand.drain()

    assert counts == [1, 1, 1]
    assert executions.delete_executions_by_query("main", filters)["count"] == 2


def test_it_tries_inputs(client: kestrapy.KestraClient) -> None:
    found = client.executions.validate_new_execution_inputs(NAMESPACE, "hello", "main", inputs={"n": "x"})

    assert found["inputs"][0]["errors"]
