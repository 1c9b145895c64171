"""Logs of task runs: in order, masked, capped."""

from pathlib import Path

import pytest

from engine.flow_text import LOG, SHELL, flow
from hand_engine import HandEngine
from real_engine import RealEngine

CAP_BYTES = 200_000


def script(text: str, more: str = "") -> str:
    return f'{{id: s, type: {SHELL}, script: "{text}"{more and ", "}{more}}}'


def test_lines_stand_in_the_order_in_which_they_were_written(engine: RealEngine) -> None:
    ended = engine.run(flow(f"tasks: [{script('for i in $(seq 1 1500); do echo $i; done')}]"))

    assert ended.messages == [str(n) for n in range(1, 1501)]


def test_more_than_the_cap_is_counted_and_not_stored(by_hand: HandEngine) -> None:
    ended = by_hand.run(flow(f"tasks: [{script('yes 0123456789012345678901234567890123456789 | head -n 20000')}]"))

    *lines, last = ended.logs
    assert ended.state == "SUCCESS"
    assert sum(len(line["message"]) for line in lines) <= CAP_BYTES
    assert last["level"] == "WARN"
    assert f"{20_000 - len(lines):,} more log lines were dropped" in last["message"]


def test_a_level_lower_than_asked_for_is_not_stored(engine: RealEngine) -> None:
    task = f"{{id: a, type: {LOG}, message: [one, two], level: DEBUG, logLevel: INFO}}"

    ended = engine.run(flow(f"tasks: [{task}]"))

    assert ended.messages == []


@pytest.mark.parametrize("text", ["echo '{{ secret(\\\"PASSWORD\\\") }}'", "echo before; echo mypassword after"])
def test_secrets_that_an_execution_uses_are_masked(engine: RealEngine, text: str) -> None:
    use = f"{{id: use, type: {LOG}, message: \"{{{{ secret('PASSWORD') }}}}\"}}"

    ended = engine.run(flow(f"tasks: [{use}, {script(text)}]"))

    assert ended.state == "SUCCESS"
    assert "mypassword" not in str(ended.logs)
    assert "******" in ended.messages


def test_bytes_that_are_no_text_are_replaced(by_hand: HandEngine, tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"a\xff\x00b\n")

    ended = by_hand.run(flow(f"tasks: [{script(f'cat {tmp_path}/bytes')}]"))

    assert ended.messages == ["a\ufffd\ufffdb"]
