"""core.output.OutputValues."""

from celeriac.plugins.core.output.output_values import OutputValues
from fakes import FakeContext, run_task


def test_what_holds_an_expression_becomes_text_at_every_depth(context: FakeContext) -> None:
    values = {
        "number": "{{ 1 }}",
        "list": "{{ [1, 2] }}",
        "deep": {"items": ["{{ true }}", 3]},
        "two": "{{ 1 }}{{ 2 }}",
    }

    outputs = run_task(OutputValues, {"values": values}, context)

    assert outputs == {
        "values": {"number": "1", "list": "[1,2]", "deep": {"items": ["true", 3]}, "two": "12"},
    }


def test_plain_values_stay_what_they_are(context: FakeContext) -> None:
    values = {"number": 7, "yes": True, "text": "12", "nothing": None, "half": 0.5}

    assert run_task(OutputValues, {"values": values}, context) == {"values": values}
