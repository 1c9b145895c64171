"""Where outputs are kept: small ones in the row, large ones in storage, and none that is too large."""

import pytest

from engine.flow_text import RETURN, flow, log
from hand_engine import HandEngine

VALUES = "io.kestra.plugin.core.output.OutputValues"


def large(characters: int) -> str:
    """A task whose output has at least so many characters."""
    return f'{{id: large, type: {RETURN}, format: "{{{{ inputs.text | slice(0, {characters}) }}}}"}}'


def source(characters: int, *more: str) -> str:
    tasks = ", ".join([large(characters), *more])
    return flow(f"inputs: [{{id: text, type: STRING}}]\ntasks: [{tasks}]")


@pytest.mark.parametrize(("characters", "is_in_row"), [(60_000, True), (70_000, False)])
def test_outputs_over_64_kb_are_kept_in_storage(by_hand: HandEngine, characters: int, is_in_row: bool) -> None:
    length = f"{{id: length, type: {RETURN}, format: '{{{{ outputs.large.value | length }}}}'}}"

    ended = by_hand.run(source(characters, length), {"text": "x" * characters})

    assert by_hand.rows("SELECT outputs IS NOT NULL, outputs_uri IS NULL FROM task_run WHERE seq = 1") == [
        (is_in_row, is_in_row)
    ]
    assert ended.outputs_of("large") == {"value": "x" * characters}
    assert ended.outputs_of("length") == {"value": str(characters)}


def test_a_worker_keeps_large_outputs_in_storage_too(by_hand: HandEngine) -> None:
    script = (
        '{id: s, type: io.kestra.plugin.scripts.shell.Script, script: "printf \'::{\\"outputs\\":{\\"v\\":\\"\'; '
        "head -c 70000 /dev/zero | tr '\\\\0' x; printf '\\\"}}::\\\\n'\"}"
    )

    ended = by_hand.run(flow(f"tasks: [{script}]"))

    assert len(ended.outputs_of("s")["vars"]["v"]) == 70_000
    assert by_hand.rows("SELECT outputs IS NULL FROM task_run") == [(1,)]


def test_outputs_over_16_mb_fail_the_task_run_and_name_the_way_out(by_hand: HandEngine) -> None:
    values = ", ".join(f"v{n}: '{{{{ inputs.text }}}}'" for n in range(20))
    task = f"{{id: huge, type: {VALUES}, values: {{{values}}}}}"

    ended = by_hand.run(
        flow(f"inputs: [{{id: text, type: STRING}}]\ntasks: [{task}, {log('b')}]"), {"text": "x" * 900_000}
    )

    assert (ended.state, ended.states) == ("FAILED", [("huge", "FAILED")])
    assert "16,000,000" in ended.messages[0] and "file" in ended.messages[0]
