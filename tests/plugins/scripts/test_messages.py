from typing import Any

import pytest

from celeriac.plugins.scripts.messages import ScriptOutput
from fakes import FakeContext


@pytest.fixture
def output(context: FakeContext) -> ScriptOutput:
    return ScriptOutput(context)


def test_messages_come_on_both_streams(output: ScriptOutput) -> None:
    output("stdout", b'::{"outputs": {"a": 1}}::')
    output("stderr", b'::{"outputs": {"b": 2}}::')

    assert output.vars == {"a": 1, "b": 2}


def test_messages_are_not_logged(output: ScriptOutput, context: Any) -> None:
    output("stdout", b'::{"outputs": {"a": 1}}::')

    assert context.logger.lines == []


@pytest.mark.parametrize(
    "line",
    [
        b"::{broken}::",
        b'::{"metrics": [{"name": "x", "type": "histogram", "value": 1}]}::',
        b'::{"metrics": [{"name": "x", "type": "counter", "value": "many"}]}::',
        b'::{"outputs": [1]}::',
        b'::{"logs": "text"}::',
    ],
)
def test_a_message_that_is_not_understood_is_kept_as_a_warning(output: ScriptOutput, context: Any, line: bytes) -> None:
    output("stdout", line)

    assert [(level, line.decode() in text) for level, text in context.logger.lines] == [("WARN", True)]


@pytest.mark.parametrize("line", [b'x ::{"outputs": {}}::', b'::{"outputs": {}}', b"::::", b"::[1]::"])
def test_what_only_resembles_a_message_is_a_log_line(output: ScriptOutput, context: Any, line: bytes) -> None:
    output("stdout", line)

    assert context.logger.lines == [("INFO", line.decode())]


def test_bytes_that_are_no_text_become_replacement_characters(output: ScriptOutput, context: Any) -> None:
    output("stdout", b"a\xff\x00b")

    assert context.logger.messages == ["a\ufffd\ufffdb"]


def test_logs_keep_their_level(output: ScriptOutput, context: Any) -> None:
    output("stdout", b'::{"logs": [{"level": "DEBUG", "message": "d"}, {"level": "warning", "message": "w"}]}::')

    assert context.logger.lines == [("DEBUG", "d"), ("WARN", "w")]


def test_numbers_that_are_none_become_null(output: ScriptOutput) -> None:
    output("stdout", b'::{"outputs": {"a": NaN, "b": Infinity}}::')

    assert output.vars == {"a": None, "b": None}
