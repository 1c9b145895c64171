"""Kestra's own clients, as they are on PyPI, against a real server with real workers."""

import warnings
from collections.abc import Iterator

import pytest
import requests

from celeriac.web import create_app
from real_engine import RealEngine
from serving import served

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import kestrapy
    from kestra import Flow
    from kestrapy.exceptions import ConflictException, NotFoundException, UnprocessableEntityException
    from kestrapy.models.id_with_namespace import IdWithNamespace
    from kestrapy.models.query_filter import QueryFilter
    from kestrapy.query import eq, where

NAMESPACE = "clients.kestra"
HELLO = f"""\
id: hello
namespace: {NAMESPACE}
labels:
  team: data
inputs:
  - {{id: name, type: STRING}}
  - {{id: data, type: FILE, required: false}}
tasks:
  - {{id: say, type: io.kestra.plugin.core.log.Log, message: "hello {{{{ inputs.name }}}}"}}
"""


@pytest.fixture(scope="module")
def url(engine: RealEngine) -> Iterator[str]:
    with served(create_app(engine.app)) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[kestrapy.KestraClient]:
    with kestrapy.KestraClient(host=url) as client:
        for flow in client.flows.search_flows("main", size=100).results:
            client.flows.delete_flow(flow.namespace, flow.id, "main")
        yield client


@pytest.fixture
def flow(url: str, client: kestrapy.KestraClient, monkeypatch: pytest.MonkeyPatch) -> Flow:
    client.flows.create_flow("main", HELLO)
    monkeypatch.setenv("KESTRA_HOSTNAME", url)
    return Flow(poll_interval=0)


def test_the_flow_client_runs_a_flow_and_gets_its_log(flow: Flow) -> None:
    result = flow.execute(NAMESPACE, "hello", {"name": "world"})

    assert (result.status, "hello world" in result.log) == ("SUCCESS", True)


def test_the_flow_client_speaks_to_the_tenant_too(url: str, flow: Flow) -> None:
    result = Flow(wait_for_completion=False, tenant="main", labels_from_inputs=True).execute(
        NAMESPACE, "hello", {"name": "world"}
    )

    labels = requests.get(f"{url}/api/v1/main/executions/{result.execution_id}", timeout=10).json()["labels"]
    assert {"key": "name", "value": "world"} in labels


def test_the_flow_client_hears_of_a_missing_input(flow: Flow) -> None:
    with pytest.raises(requests.HTTPError) as raised:
        flow.execute(NAMESPACE, "hello")

    assert "Missing required input:name" in raised.value.response.json()["message"]


def test_kestrapy_creates_reads_changes_and_removes_a_flow(client: kestrapy.KestraClient) -> None:
    created = client.flows.create_flow("main", HELLO)
    updated = client.flows.update_flow(NAMESPACE, "hello", "main", HELLO.replace("hello {{", "bye {{"))
    read = client.flows.flow(NAMESPACE, "hello", "main", source=True)
    revisions = client.flows.list_flow_revisions(NAMESPACE, "hello", "main")
    client.flows.delete_flow(NAMESPACE, "hello", "main")

    assert isinstance(created, kestrapy.FlowWithSource)
    assert (created.source, created.labels[0].key) == (HELLO, "team")
    assert (updated.revision, read.revision, read.disabled) == (created.revision + 1, updated.revision, False)
    assert [one.revision for one in revisions[-2:]] == [created.revision, updated.revision]
    with pytest.raises(NotFoundException):
        client.flows.flow(NAMESPACE, "hello", "main")


def test_kestrapy_creates_a_flow_from_an_object(client: kestrapy.KestraClient) -> None:
    task = {"id": "say", "type": "io.kestra.plugin.core.log.Log", "message": "hi"}

    created = client.flows.create_flow_from_object("main", {"id": "made", "namespace": NAMESPACE, "tasks": [task]})

    assert created.tasks[0].id == "say"


def test_kestrapy_hears_why_a_flow_is_refused(client: kestrapy.KestraClient) -> None:
    client.flows.create_flow("main", HELLO)

    with pytest.raises(UnprocessableEntityException, match="already exists"):
        client.flows.create_flow("main", HELLO)


def test_kestrapy_finds_flows(client: kestrapy.KestraClient) -> None:
    client.flows.create_flow("main", HELLO)
    filters: list[QueryFilter] = where(eq(kestrapy.QueryFilterField.LABELS, {"team": "data"}))

    found = client.flows.search_flows("main", page=1, size=5, sort=["id:asc"], filters=filters)
    sources = client.flows.search_flows_by_source_code("main", q="inputs.name")

    assert ([one.id for one in found.results], found.total) == (["hello"], 1)
    assert [(one.id, one.matches[0].line) for one in sources.results] == [("hello", 9)]
    assert client.flows.list_distinct_namespaces("main") == [NAMESPACE]
    assert [one.id for one in client.flows.list_flows_by_namespace(NAMESPACE, "main")] == ["hello"]


def test_kestrapy_validates_draws_switches_and_carries_flows(client: kestrapy.KestraClient) -> None:
    client.flows.create_flow("main", HELLO)
    keys = [IdWithNamespace(namespace=NAMESPACE, id="hello")]

    (verdict,) = client.flows.validate_flows("main", HELLO.replace("message", "messag"))
    graph = client.flows.generate_flow_graph(NAMESPACE, "hello", "main")
    disabled = client.flows.disable_flows_by_ids("main", keys)
    packed = client.flows.export_flows_by_ids("main", keys)
    removed = client.flows.delete_flows_by_ids("main", keys)
    refused = client.flows.import_flows("main", file_content=packed)

    assert (verdict.flow, "messag" in verdict.constraints) == ("hello", True)
    assert {"root.say"} <= {node.uid for node in graph.nodes}
    assert (disabled.count, removed.count, refused) == (1, 1, [])
    assert client.flows.flow(NAMESPACE, "hello", "main").disabled is True


def test_kestrapy_syncs_a_namespace(client: kestrapy.KestraClient) -> None:
    client.flows.create_flow("main", HELLO)
    other = HELLO.replace("id: hello", "id: other")

    saved = client.flows.update_flows_in_namespace(NAMESPACE, "main", other, delete=True)

    assert [(one.id, one.deleted) for one in saved] == [("other", False), ("hello", True)]


def test_kestrapy_runs_a_flow_and_follows_it_to_its_end(client: kestrapy.KestraClient) -> None:
    client.flows.create_flow("main", HELLO)

    started = client.executions.create_execution(
        "main", NAMESPACE, "hello", labels=["run:one"], wait=True, inputs={"name": "you", "data": b"a,b\n"}
    )
    ended = client.executions.execution(started.id, "main")

    assert (ended.state.current.value, ended.inputs["name"]) == ("SUCCESS", "you")
    assert ended.task_run_list[0].state.current.value == "SUCCESS"
    assert {"run": "one"}.items() <= {one.key: one.value for one in ended.labels}.items()


def test_kestrapy_keeps_values_and_files(client: kestrapy.KestraClient) -> None:
    client.kv.set_key_value(NAMESPACE, "limit", "main", "42")
    client.files.create_namespace_file(NAMESPACE, "/scripts/a.py", "main", b"print(1)")

    value = client.kv.key_value(NAMESPACE, "limit", "main")
    listed = client.files.list_namespace_directory_files(NAMESPACE, "main", "/scripts")

    assert (value.value, value.type.value) == (42, "NUMBER")
    assert "limit" in [one.key for one in client.kv.list_all_keys("main").results]
    assert NAMESPACE in [one.id for one in client.namespaces.search_namespaces("main", size=100).results]
    assert client.kv.delete_key_value(NAMESPACE, "limit", "main") is True
    assert client.files.file_content(NAMESPACE, "/scripts/a.py", "main") == b"print(1)"
    assert [(one.file_name, one.size) for one in listed] == [("a.py", 8)]
    assert client.files.search_namespace_files(NAMESPACE, "a.py", "main") == ["/scripts/a.py"]
    client.files.move_file_directory(NAMESPACE, "/scripts", "/code", "main")
    client.files.delete_file_directory(NAMESPACE, "/code/a.py", "main")


def test_kestrapy_hears_of_a_disabled_flow(client: kestrapy.KestraClient) -> None:
    client.flows.create_flow("main", HELLO + "disabled: true\n")

    with pytest.raises(ConflictException):
        client.executions.create_execution("main", NAMESPACE, "hello", inputs={"name": "x"})
