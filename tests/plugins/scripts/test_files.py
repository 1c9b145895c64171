from collections.abc import Callable
from typing import Any

import pytest

from celeriac.core.errors import StoredFileNotFound, TaskFailed

Script = Callable[..., dict[str, Any]]


def test_input_files_hold_text_or_a_stored_file(script: Script, context: Any) -> None:
    uri = context.files.save(b"stored", "x.csv")
    context.variables = {"outputs": {"o": {"uri": uri}}}

    script(
        "shell.Commands",
        inputFiles={"a.txt": "text {{ flow.id }}", "sub/b.csv": "{{ outputs.o.uri }}"},
        commands=["cat a.txt sub/b.csv"],
    )

    assert context.logger.messages == ["text flowstored"]


def test_input_files_may_be_the_text_of_a_mapping(script: Script, context: Any) -> None:
    script("shell.Commands", inputFiles='{"a.txt": "x"}', commands=["cat a.txt"])

    assert context.logger.messages == ["x"]


def test_a_mapping_as_content_is_written_as_json(script: Script, context: Any) -> None:
    script("shell.Commands", inputFiles={"a.json": {"k": [1]}}, commands=["cat a.json"])

    assert context.logger.messages == ['{"k":[1]}']


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", ""])
def test_a_file_outside_the_working_directory_is_refused(script: Script, name: str) -> None:
    with pytest.raises(TaskFailed, match=r"inputFiles.*inside the working directory"):
        script("shell.Commands", inputFiles={name: "x"}, commands=["true"])


def test_an_input_file_that_is_not_stored_is_named(script: Script) -> None:
    with pytest.raises(StoredFileNotFound):
        script("shell.Commands", inputFiles={"a": "kestra:///company/team/nothing.txt"}, commands=["true"])


def test_output_files_are_stored_by_their_path(script: Script, context: Any) -> None:
    outputs = script(
        "shell.Commands",
        outputFiles=["*.csv", "out/**.json", "exact/name.txt", "missing.txt"],
        commands=[
            "mkdir -p out/deep",
            "echo 1 > a.csv",
            "echo 2 > out/deep/b.json",
            "echo 3 > exact/name.txt",
            "echo > c.txt",
        ],
    )

    files = {name: context.files.text(uri) for name, uri in outputs["outputFiles"].items()}
    assert files == {"a.csv": "1\n", "out/deep/b.json": "2\n", "exact/name.txt": "3\n"}


def test_what_celeriac_puts_into_the_directory_is_no_output(script: Script, context: Any) -> None:
    uri = context.files.save(b"stored", "x.csv")

    outputs = script("python.Script", outputFiles=["**"], script=f"open('made', 'w').write(open('{uri}').read())")

    assert list(outputs["outputFiles"]) == ["made"]


def test_the_place_of_an_exact_output_file_is_a_variable(script: Script, context: Any) -> None:
    outputs = script("shell.Commands", outputFiles=["sub/x.txt"], commands=["echo hi > {{ outputFiles['sub/x.txt'] }}"])

    assert context.files.text(outputs["outputFiles"]["sub/x.txt"]) == "hi\n"


def test_every_file_of_the_output_directory_is_an_output(script: Script, context: Any) -> None:
    outputs = script(
        "shell.Commands",
        outputDirectory=True,
        commands=["mkdir {{ outputDir }}/d", "echo 1 > $OUTPUT_DIR/a", "echo 2 > {{ outputDir }}/d/b"],
    )

    assert list(outputs["outputFiles"]) == ["a", "d/b"]


def test_uris_in_code_are_replaced_by_local_paths(script: Script, context: Any) -> None:
    uri = context.files.save(b"one\n", "data.csv")
    other = context.files.save(b"two\n", "data2.csv")

    script("shell.Commands", commands=[f"cat {uri} '{other}'", f"basename {uri}"])

    assert context.logger.messages == ["one", "two", "data.csv"]


def test_namespace_files_are_copied(script: Script, context: Any) -> None:
    context.namespace_store.put("company.team", "scripts/x.py", b"print('from the namespace')")
    context.namespace_store.put("company.team", "secret.txt", b"x")

    script(
        "python.Commands",
        namespaceFiles={"enabled": True, "exclude": ["secret.txt"]},
        commands=["python scripts/x.py", "ls"],
    )

    assert context.logger.messages == ["from the namespace", "scripts"]


def test_namespace_files_come_only_when_asked_for(script: Script, context: Any) -> None:
    context.namespace_store.put("company.team", "x.txt", b"x")

    script("shell.Commands", namespaceFiles={"enabled": False}, commands=["ls"])

    assert context.logger.messages == []


def test_later_namespaces_win_and_may_have_folders(script: Script, context: Any) -> None:
    context.namespace_store.put("one", "x.txt", b"1")
    context.namespace_store.put("two", "x.txt", b"2")

    script("shell.Commands", namespaceFiles={"namespaces": ["one", "two"]}, commands=["cat x.txt"])
    script(
        "shell.Commands",
        namespaceFiles={"namespaces": ["one", "two"], "folderPerNamespace": True},
        commands=["cat one/x.txt"],
    )

    assert context.logger.messages == ["2", "1"]


def test_input_files_win_over_namespace_files(script: Script, context: Any) -> None:
    context.namespace_store.put("company.team", "x.txt", b"namespace")

    script("shell.Commands", namespaceFiles={}, inputFiles={"x.txt": "input"}, commands=["cat x.txt"])

    assert context.logger.messages == ["input"]
