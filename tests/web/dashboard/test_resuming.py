"""A pause may ask for inputs: the question before a resume has a field for each."""

import io

import pytest
from flask.testing import FlaskClient

from hand_engine import HandEngine

PAUSING = """\
id: asks
namespace: company.team
tasks:
  - id: ask
    type: io.kestra.plugin.core.flow.Pause
    onResume:
      - {id: reason, type: STRING, description: Why it goes on}
      - {id: count, type: INT, defaults: 3, max: 9}
      - {id: letter, type: FILE, required: false}
      - id: wheels
        type: INT
        defaults: 4
        dependsOn: {inputs: [reason], condition: "{{ inputs.reason == 'car' }}"}
  - id: told
    type: io.kestra.plugin.core.log.Log
    message: "{{ outputs.ask.onResume.reason }} {{ outputs.ask.onResume.count }}"
  - id: letter
    type: io.kestra.plugin.core.log.Log
    runIf: "{{ outputs.ask.onResume.letter is not null }}"
    message: "{{ read(outputs.ask.onResume.letter) }}"
"""
SILENT = """\
id: silent
namespace: company.team
tasks:
  - {id: rest, type: io.kestra.plugin.core.flow.Pause}
"""


@pytest.fixture
def paused(by_hand: HandEngine) -> str:
    """The id of an execution that waits for a reason."""
    return _paused(by_hand, PAUSING)


def _paused(engine: HandEngine, source: str) -> str:
    execution_id = engine.start(source)
    engine.drain()
    return execution_id


def _field(page: str, input_id: str) -> str:
    return page.partition(f'id="field-{input_id}"')[2].partition('class="field"')[0]


def test_each_input_has_a_field_with_its_default(client: FlaskClient, paused: str) -> None:
    page = client.get(f"/ui/executions/{paused}/resume").text

    assert "Why it goes on" in _field(page, "reason")
    assert 'type="number" value="3" name="input.count"' in _field(page, "count")
    assert 'type="file"' in _field(page, "letter")


def test_what_was_entered_is_what_the_pause_is_told(client: FlaskClient, by_hand: HandEngine, paused: str) -> None:
    data = {"input.reason": "because", "input.count": "5", "input.letter": (io.BytesIO(b"dear"), "letter.txt")}

    answer = client.post(f"/ui/executions/{paused}/resume", data=data, content_type="multipart/form-data")
    by_hand.drain()

    assert answer.status_code == 303
    assert by_hand.look(paused).messages == ["because 5", "dear"]


def test_a_problem_stands_at_its_field_and_nothing_goes_on(
    client: FlaskClient, by_hand: HandEngine, paused: str
) -> None:
    answer = client.post(f"/ui/executions/{paused}/resume", data={"input.count": "12"})
    by_hand.drain()

    assert answer.status_code == 422
    assert "This is required" in _field(answer.text, "reason")
    assert "must be less than" in _field(answer.text, "count")
    assert 'value="12"' in _field(answer.text, "count")
    assert by_hand.look(paused).state == "PAUSED"


def test_a_field_shows_when_what_was_entered_calls_for_it(client: FlaskClient, paused: str) -> None:
    address = f"/ui/executions/{paused}/resume"

    before = _field(client.get(address).text, "wheels")[:40]
    after = _field(client.post(address, data={"do": "show", "input.reason": "car"}).text, "wheels")[:40]

    assert ("hidden" in before, "hidden" in after) == (True, False)


def test_many_are_not_resumed_past_a_pause_that_asks(client: FlaskClient, by_hand: HandEngine, paused: str) -> None:
    data = {"action": "resume", "id": [paused, _paused(by_hand, SILENT)]}

    answer = client.post("/ui/executions/many", data=data, follow_redirects=True)

    assert "Resume: 1 execution" in answer.text
    assert f"{paused} asks for inputs, resume it alone" in answer.text


def test_a_pause_that_asks_nothing_has_no_fields(client: FlaskClient, by_hand: HandEngine) -> None:
    execution_id = _paused(by_hand, SILENT)

    page = client.get(f"/ui/executions/{execution_id}/resume").text

    assert ('id="confirm"' in page, 'class="field"' in page) == (True, False)
