"""The one JSON document, what it hides, and what a run takes in, leaves to the next one and hands out."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from real_command import Command, Result

TOKEN, PASSWORD = "token-of-the-test", "password-of-the-test"
MASKED = "******"
FLOW = """
id: document
namespace: company.team
inputs:
  - {id: data, type: FILE}
  - {id: password, type: SECRET}
tasks:
  - id: read
    type: io.kestra.plugin.scripts.shell.Script
    namespaceFiles: {enabled: true}
    inputFiles: {in.csv: "{{ inputs.data }}"}
    outputFiles: ["*.csv"]
    env: {TOKEN: "{{ secret('TOKEN') }}"}
    script: |
      sed s/1/one/ in.csv > out.csv
      cat greeting.txt
      echo "seen: $TOKEN {{ inputs.password }}"
      echo "::{\\"outputs\\": {\\"token\\": \\"$TOKEN\\", \\"password\\": \\"{{ inputs.password }}\\"}}::"
  - {id: tell, type: io.kestra.plugin.scripts.shell.Script, script: "echo again: {{ outputs.read.vars.token }}"}
  - id: count
    type: io.kestra.plugin.core.kv.Set
    key: count
    kvType: NUMBER
    value: "{{ (kv('count', errorOnMissing=false) ?? 0) + 1 }}"
  - {id: log, type: io.kestra.plugin.core.log.Log, message: "{{ kv('count') }} {{ outputs.read.vars.token }}"}
  - {id: call, type: io.kestra.plugin.core.flow.Subflow, namespace: company.team, flowId: called}
outputs:
  - {id: count, type: INT, value: "{{ kv('count') }}"}
  - {id: token, type: STRING, value: "{{ outputs.read.vars.token }}"}
"""
CALLED = """
id: called
namespace: company.team
tasks:
  - {id: hello, type: io.kestra.plugin.core.log.Log, message: called}
"""
ARGV = ("-i", f"password={PASSWORD}", "-f", "data=@data.csv", "--runner", "process", "--download", "got")


@dataclass(frozen=True)
class Twice:
    """Two runs of FLOW in one folder, the second one with other namespace files."""

    folder: Path
    first: Result
    second: Result


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    secret = {"SECRET_TOKEN": base64.b64encode(TOKEN.encode()).decode()}
    command = Command(tmp_path_factory.mktemp("document"), secret)
    command.write("called.yaml", CALLED)
    command.write("data.csv", "name,n\nx,1\n")
    command.write("_files/greeting.txt", "hello from _files\n")
    command.write("elsewhere/greeting.txt", "hello from elsewhere\n")
    first = command.run_flow(FLOW, *ARGV)
    second = command.run_flow(FLOW, *ARGV, "--files", "elsewhere")
    assert command.leftovers() == []
    yield Twice(command.folder, first, second)
    command.close()


def test_the_document_is_all_that_stands_on_stdout(twice: Twice) -> None:
    document = twice.first.document

    assert (twice.first.code, twice.first.state) == (0, "SUCCESS")
    assert {"id", "namespace", "flowId", "flowRevision", "inputs", "outputs", "labels", "variables", "trigger"} <= {
        *document
    }
    assert [run["taskId"] for run in document["taskRunList"]] == ["read", "tell", "count", "log", "call"]


def test_subexecutions_and_their_logs_are_part_of_the_document(twice: Twice) -> None:
    [child] = twice.first.document["subexecutions"]

    assert (child["flowId"], child["state"]["current"]) == ("called", "SUCCESS")
    assert "called" in twice.first.messages("INFO")


@pytest.mark.parametrize("secret", [TOKEN, PASSWORD])
def test_no_secret_is_printed_anywhere(twice: Twice, secret: str) -> None:
    assert secret not in twice.first.out + twice.first.err
    assert {f"seen: {MASKED} {MASKED}", f"again: {MASKED}", f"1 {MASKED}"} <= {*twice.first.messages()}
    assert twice.first.run_of("read")["outputs"]["vars"] == {"token": MASKED, "password": MASKED}


def test_keys_and_values_are_there_for_the_next_run(twice: Twice) -> None:
    assert [result.document["outputs"]["count"] for result in (twice.first, twice.second)] == [1, 2]


def test_namespace_files_come_from_beside_the_flow_or_from_where_it_is_told(twice: Twice) -> None:
    assert "hello from _files" in twice.first.messages()
    assert "hello from elsewhere" in twice.second.messages()


def test_a_file_input_is_read_and_output_files_are_written_where_they_are_wanted(twice: Twice) -> None:
    assert (twice.folder / "got" / "read" / "out.csv").read_text() == "name,n\nx,one\n"


def test_a_failure_is_one_document_too(command: Command) -> None:
    fail = "  - {id: fail, type: io.kestra.plugin.core.execution.Fail, errorMessage: no more}\n"
    result = command.run_flow(f"id: fails\nnamespace: company.team\ntasks:\n{fail}")

    assert (result.code, result.state, result.run_of("fail")["state"]["current"]) == (1, "FAILED", "FAILED")
    assert "no more" in result.messages("ERROR")
