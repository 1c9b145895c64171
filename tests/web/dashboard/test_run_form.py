"""The form that starts a flow."""

import io
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from celeriac.storage.secrets import Secrets
from hand_engine import HandEngine

EVERY_INPUT = """\
id: asks
namespace: company.team
inputs:
  - {id: text, type: STRING, displayName: A text, description: Any text, defaults: Ada, validator: "[A-Z][a-z]+"}
  - {id: count, type: INT, min: 1, max: 9, defaults: 3}
  - {id: ratio, type: FLOAT, defaults: 0.5}
  - {id: wants, type: BOOL, defaults: true}
  - {id: refuses, type: BOOLEAN, defaults: false}
  - {id: colour, type: SELECT, values: [red, green], defaults: green}
  - {id: days, type: MULTISELECT, values: [mon, tue, wed], defaults: [mon, wed]}
  - {id: born, type: DATE, defaults: "1815-12-10"}
  - {id: since, type: DATETIME, defaults: "2025-01-02T03:04:05Z"}
  - {id: at, type: TIME, defaults: "09:30:00"}
  - {id: patience, type: DURATION, defaults: PT90S}
  - {id: letter, type: FILE, required: false}
  - {id: settings, type: JSON, defaults: '{"a": 1}'}
  - {id: notes, type: YAML, defaults: "b: 2"}
  - {id: home, type: URI, defaults: "https://example.com/"}
  - {id: mail, type: EMAIL, defaults: ada@example.com}
  - {id: password, type: SECRET, defaults: opensesame}
  - {id: scores, type: ARRAY, itemType: INT, defaults: [3, 4]}
  - {id: dotted.name, type: STRING, required: false}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: hi}
"""
PAGE = "/ui/flows/run/company.team/asks"
DEPENDENT = """\
id: asks
namespace: company.team
inputs:
  - {id: kind, type: SELECT, values: [car, boat]}
  - id: wheels
    type: INT
    defaults: 4
    dependsOn: {inputs: [kind], condition: "{{ inputs.kind == 'car' }}"}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: hi}
"""


@pytest.fixture
def flow(by_hand: HandEngine) -> None:
    by_hand.register(EVERY_INPUT)


@pytest.mark.usefixtures("flow")
@pytest.mark.parametrize(
    "part",
    [
        ">A text<",
        "Any text",
        'value="Ada"',
        'type="number" value="3" name="input.count"',
        '<option value="green" selected>',
        'value="mon" checked',
        'type="date" value="1815-12-10"',
        'type="datetime-local" value="2025-01-02T03:04:05"',
        'type="time" value="09:30:00"',
        'value="PT1M30S"',
        'type="file"',
        "{&#34;a&#34;: 1}",
        "b: 2",
        "ada@example.com",
        'type="password"',
        "[3, 4]",
        'name="input.dotted.name"',
    ],
)
def test_each_input_has_a_field_with_its_default(client: FlaskClient, part: str) -> None:
    assert part in client.get(PAGE).text


@pytest.mark.usefixtures("flow")
def test_the_default_of_a_secret_is_not_shown(client: FlaskClient) -> None:
    assert "opensesame" not in client.get(PAGE).text


@pytest.mark.usefixtures("flow")
def test_times_are_entered_in_the_zone_of_the_browser(client: FlaskClient, by_hand: HandEngine) -> None:
    client.set_cookie("zone", "Asia%2FTokyo")

    page = client.get(PAGE).text
    answer = client.post(PAGE, data={"input.since": "2025-06-01T09:00:00"})

    started = by_hand.execution(answer.headers["Location"].rpartition("/")[2])
    assert 'value="2025-01-02T12:04:05"' in page
    assert started.inputs["since"].startswith("2025-06-01T00:00:00")


@pytest.mark.usefixtures("flow")
def test_what_was_entered_starts_the_flow(client: FlaskClient, by_hand: HandEngine) -> None:
    data = {
        "input.text": "Grace",
        "input.count": "7",
        "input.wants": ["false"],
        "input.refuses": ["false", "true"],
        "input.colour": "red",
        "input.days": ["", "tue"],
        "input.letter": (io.BytesIO(b"dear"), "letter.txt"),
        "input.settings": '{"b": [1]}',
        "input.dotted.name": "deep",
        "labels": "team:data\nby:hand",
    }

    answer = client.post(PAGE, data=data, content_type="multipart/form-data")

    started = by_hand.execution(answer.headers["Location"].rpartition("/")[2])
    found = {
        key: started.inputs[key]
        for key in ("text", "count", "wants", "refuses", "colour", "days", "settings", "dotted")
    }
    assert answer.status_code == 303
    assert found == {
        "text": "Grace",
        "count": 7,
        "wants": False,
        "refuses": True,
        "colour": "red",
        "days": ["tue"],
        "settings": {"b": [1]},
        "dotted": {"name": "deep"},
    }
    assert started.labels["team"] == "data"
    with by_hand.app.files.open(started.inputs["letter"]) as file:
        assert file.read() == b"dear"


@pytest.mark.usefixtures("flow")
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("text", "ada", "must match the pattern"),
        ("count", "12", "must be less than"),
        ("count", "many", "INT"),
        ("settings", "{", "JSON"),
        ("mail", "nobody", "EMAIL"),
    ],
)
def test_a_problem_stands_at_its_field_and_nothing_that_was_entered_is_lost(
    client: FlaskClient, name: str, value: str, reason: str
) -> None:
    answer = client.post(PAGE, data={f"input.{name}": value, "input.home": "https://example.org/", "labels": "a:b"})

    field = answer.text.partition(f'id="field-{name}"')[2].partition('class="field"')[0]
    assert answer.status_code == 422
    assert reason in field
    assert "https://example.org/" in answer.text


@pytest.mark.usefixtures("flow")
def test_a_label_without_a_value_is_told(client: FlaskClient) -> None:
    answer = client.post(PAGE, data={"labels": "team"})

    assert (answer.status_code, "written key:value" in answer.text) == (409, True)


@pytest.mark.usefixtures("flow")
def test_the_start_is_shown_as_code_without_starting(client: FlaskClient, by_hand: HandEngine) -> None:
    answer = client.post(PAGE, data={"do": "show", "input.text": "It's me", "input.password": "hush"})

    assert "text=It&#39;&#34;&#39;&#34;&#39;s me" in answer.text
    assert "hush" not in answer.text.partition('id="code"')[2]
    assert by_hand.rows("SELECT count(*) FROM execution") == [(0,)]


@pytest.mark.usefixtures("flow")
def test_a_start_at_a_date_waits_for_it(client: FlaskClient, by_hand: HandEngine) -> None:
    answer = client.post(PAGE, data={"schedule": "2100-01-01T00:00"})

    started = by_hand.execution(answer.headers["Location"].rpartition("/")[2])
    assert started.scheduled_us == 4_102_444_800_000_000


def test_an_input_that_does_not_apply_is_hidden_until_it_does(client: FlaskClient, by_hand: HandEngine) -> None:
    by_hand.register(DEPENDENT)

    before = client.get(PAGE).text.partition('id="field-wheels"')[2][:40]
    after = client.post(PAGE, data={"do": "show", "input.kind": "car"}).text.partition('id="field-wheels"')[2][:40]

    assert ("hidden" in before, "hidden" in after) == (True, False)


def test_a_default_with_a_secret_is_shown_with_stars_and_stays_the_default(
    by_hand: HandEngine, client: FlaskClient
) -> None:
    app = by_hand.app
    app.surroundings = replace(app.surroundings, secrets=Secrets({"KEY": "b3BlbnNlc2FtZQ=="}))
    by_hand.register(
        """
id: secretive
namespace: tests
inputs:
  - {id: text, type: STRING, defaults: "Bearer {{ secret('KEY') }}"}
tasks:
  - {id: say, type: io.kestra.plugin.core.log.Log, message: hello}
"""
    )

    page = client.get("/ui/flows/run/tests/secretive").text
    answer = client.post("/ui/flows/run/tests/secretive", data={"input.text": "Bearer ******"})

    started = by_hand.execution(answer.headers["Location"].rpartition("/")[2])
    assert ("opensesame" in page, "Bearer ******" in page) == (False, True)
    assert started.inputs["text"] == "Bearer opensesame"
