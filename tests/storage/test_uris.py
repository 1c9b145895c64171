"""URIs of the internal storage."""

import pytest

from celeriac.core.errors import Refused
from celeriac.core.task_type import Identity
from celeriac.storage import uris

IDENTITY = Identity("Exec1", "run1", 2, "company.team", "etl", "extract")


def test_a_file_of_an_attempt_lies_under_its_execution_and_task_run() -> None:
    uri = uris.task_file(IDENTITY, "out/data.csv")

    assert uri == "kestra:///company/team/etl/executions/Exec1/tasks/extract/run1/2/out/data.csv"


def test_a_file_of_an_input_keeps_its_name() -> None:
    uri = uris.input_file("company", "etl", "Exec1", "report", "sales 2024.csv")

    assert uri == "kestra:///company/etl/executions/Exec1/inputs/report/sales%202024.csv"
    assert uris.file_name(uri) == "sales 2024.csv"


@pytest.mark.parametrize("name", ["100%.txt", "a#1", "a?b", "tab\there", "ümlaut.txt", 'quo"te', "back\\slash"])
def test_every_name_survives_in_a_uri(name: str) -> None:
    uri = uris.task_file(IDENTITY, name)

    assert uris.file_name(uri) == name
    assert uris.uri_of(uris.key_of(uri)) == uri


@pytest.mark.parametrize(
    "uri",
    [
        "kestra:///../etc/passwd",
        "kestra:///a/../../b",
        "kestra:///a/%2e%2e/b",
        "kestra:///a/..%2F..%2Fb",
        "kestra:////a",
        "kestra:///",
        "kestra://host/a",
        "file:///etc/passwd",
        "a/b",
    ],
)
def test_a_uri_that_is_none_of_the_storage_or_leaves_its_root_is_refused(uri: str) -> None:
    with pytest.raises(Refused, match="storage"):
        uris.key_of(uri)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a//b", "", "a/./b"])
def test_a_name_that_leaves_the_folder_of_its_attempt_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        uris.task_file(IDENTITY, name)


def test_files_of_task_runs_and_inputs_belong_to_their_execution_only() -> None:
    own = uris.task_file(IDENTITY, "x")
    given = uris.input_file("company.team", "etl", "Exec1", "f", "x")

    assert uris.belongs_to(own, "Exec1")
    assert uris.belongs_to(given, "Exec1")
    assert not uris.belongs_to(own, "Exec2")


def test_a_file_name_cannot_pretend_to_be_of_another_execution() -> None:
    uri = uris.task_file(IDENTITY, "executions/Exec2/tasks/x")

    assert uris.execution_of(uri) == "Exec1"


def test_a_namespace_file_belongs_to_no_execution() -> None:
    assert uris.execution_of("kestra:///company/_files/executions.txt") is None
    assert uris.execution_of("nsfile:///executions/Exec1/tasks/x") is None


def test_a_namespace_uri_without_host_means_the_own_namespace() -> None:
    assert uris.parse_namespace_file("nsfile:///dir/a b.py", "own") == ("own", "dir/a b.py")
    assert uris.parse_namespace_file("nsfile://other.ns/a.py", "own") == ("other.ns", "a.py")


def test_a_namespace_uri_survives_any_file_name() -> None:
    uri = uris.namespace_file("other.ns", "dir/50% off.txt")

    assert uris.parse_namespace_file(uri, "own") == ("other.ns", "dir/50% off.txt")


def test_a_namespace_uri_that_leaves_its_root_is_refused() -> None:
    with pytest.raises(Refused):
        uris.parse_namespace_file("nsfile:///%2e%2e/secret", "own")
