"""Every page renders: with data, without any, and with texts that would like to be markup."""

import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from celeriac.web import create_app
from hand_engine import HandEngine, hand_engine
from web.dashboard.conftest import History
from web.dashboard.flow_texts import HELLO, HOSTILE

LISTS = [
    "/ui/",
    "/ui/?hours=168",
    "/ui/flows",
    "/ui/flows?q=hello&namespace=company&labels=team:data",
    "/ui/flows?tab=sources",
    "/ui/flows?tab=sources&q=message",
    "/ui/flows/new",
    "/ui/executions",
    "/ui/executions?state=FAILED&state=RUNNING&namespace=company&timeRange=PT24H&labels=team:data",
    "/ui/executions?q=nothing&flowId=hello",
    "/ui/triggers",
    "/ui/triggers?q=morning",
    "/ui/logs",
    "/ui/logs?q=hello&minLevel=WARN",
    "/ui/settings",
]
FLOW_TABS = ["overview", "source", "topology", "executions", "triggers", "canvas"]
EXECUTION_TABS = ["timeline", "logs", "outputs", "inputs", "metrics", "topology", "history"]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Pages of a fresh installation."""
    with hand_engine(tmp_path_factory.mktemp("empty")) as engine:
        flask = create_app(engine.app)
        flask.jinja_env.globals["asset_tags"] = lambda entry: ""
        yield flask.test_client()


@pytest.mark.parametrize("path", LISTS)
def test_every_page_is_there_before_anything_else_is(empty: FlaskClient, path: str) -> None:
    assert empty.get(path).status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_every_page_is_there_with_data(history: History, path: str) -> None:
    assert history.client.get(path).status_code == 200


@pytest.mark.parametrize("tab", FLOW_TABS)
@pytest.mark.parametrize("key", ["company.team/hello", "company.other/sleepy", "company.team/evil"])
def test_every_tab_of_a_flow_is_there(history: History, tab: str, key: str) -> None:
    assert history.client.get(f"/ui/flows/edit/{key}/{tab}").status_code == 200


@pytest.mark.parametrize("tab", EXECUTION_TABS)
@pytest.mark.parametrize("which", ["good", "broken", "open", "evil"])
def test_every_tab_of_an_execution_is_there(history: History, tab: str, which: str) -> None:
    assert history.client.get(f"{getattr(history, which)}/{tab}").status_code == 200


def test_no_text_of_a_flow_or_an_execution_becomes_markup(history: History) -> None:
    execution_id = history.evil.rpartition("/")[2]
    paths = [
        *LISTS,
        *(f"/ui/flows/edit/company.team/evil/{tab}" for tab in FLOW_TABS),
        *(f"{history.evil}/{tab}" for tab in EXECUTION_TABS),
        f"/ui/executions/{execution_id}/replay",
        "/ui/flows/run/company.team/evil",
        "/ui/flows/delete/company.team/evil",
        f"/ui/executions?q={HOSTILE}&namespace={HOSTILE}&flowId={HOSTILE}&labels=a:{HOSTILE}",
        f"/ui/flows?q={HOSTILE}&namespace={HOSTILE}",
        f"/ui/flows?tab=sources&q={HOSTILE}",
        f"/ui/logs?q={HOSTILE}",
        f"/ui/{HOSTILE}",
    ]

    answers = {path: history.client.get(path).get_data(as_text=True) for path in paths}

    assert [path for path, text in answers.items() if "<script>alert" in text] == []


def test_pages_have_no_inline_styles_or_handlers_which_the_policy_forbids(history: History) -> None:
    paths = [*LISTS, "/ui/flows/edit/company.team/hello", history.good, f"{history.good}/outputs"]

    texts = [history.client.get(path).get_data(as_text=True) for path in paths]

    assert [text for text in texts if " style=" in text or " onclick=" in text or "<style" in text] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/", "/ui/"),
        ("/ui/main/flows?q=a", "/ui/flows?q=a"),
        ("/ui/main", "/ui/"),
        ("/ui/flows/company.team/hello", "/ui/flows/edit/company.team/hello"),
    ],
)
def test_other_addresses_lead_to_the_page(client: FlaskClient, old: str, new: str) -> None:
    assert client.get(old).headers["Location"] == new


def test_an_execution_is_found_by_its_id_alone(client: FlaskClient, by_hand: HandEngine) -> None:
    ended = by_hand.run(HELLO)

    answer = client.get(f"/ui/executions/{ended.id}")

    assert answer.headers["Location"] == f"/ui/executions/company.team/hello/{ended.id}"


@pytest.mark.parametrize(
    "path",
    [
        "/ui/nothing",
        "/ui/flows/edit/company.team/nothing",
        "/ui/executions/company.team/hello/0000000000000000000000",
        "/ui/flows/run/company.team/nothing",
        "/ui/executions/0000000000000000000000/kill",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, "Nothing is here" in answer.text) == (404, True)


def test_a_bug_is_a_page_with_the_number_under_which_the_log_tells_more(
    client: FlaskClient, by_hand: HandEngine, caplog: pytest.LogCaptureFixture
) -> None:
    by_hand.app.listing = None  # type: ignore[assignment] # any bug

    answer = client.get("/ui/executions")

    number = answer.text.partition("under ")[2].partition(".")[0]
    assert answer.status_code == 500
    assert number in caplog.text


def test_a_task_run_is_inspected_beside_the_timeline(history: History) -> None:
    run_id = re.findall(r"taskRunId=(\w+)", history.client.get(history.broken).text)[0]

    text = history.client.get(f"{history.broken}?taskRunId={run_id}").text.partition('id="inspector"')[2]

    assert "there are no rows" in text
    assert "Replay from here" in text


def test_what_failed_is_told_on_the_page_and_in_the_lists(history: History) -> None:
    paths = [history.broken, "/ui/executions?state=FAILED", "/ui/"]

    assert ["there are no rows" in history.client.get(path).text for path in paths] == [True, True, True]


def test_colours_of_a_terminal_are_left_out(client: FlaskClient, by_hand: HandEngine) -> None:
    flow = HELLO.replace("Hello {{ inputs.name }}", "\\e[32mgreen\\e[0m")
    ended = by_hand.run(flow)

    text = client.get(f"/ui/executions/company.team/hello/{ended.id}/logs").text

    assert ('<span class="log-message">green</span>' in text, "\x1b" in text) == (True, False)


def test_a_list_goes_on_page_by_page_and_says_where_it_is(client: FlaskClient, by_hand: HandEngine) -> None:
    for _ in range(3):
        by_hand.run(HELLO)

    first = client.get("/ui/executions?size=2").text
    second = client.get("/ui/executions?size=2&page=2").text

    assert ("1–2 of 3" in first, "page=2" in first, "3–3 of 3" in second) == (True, True, True)


def test_what_is_typed_into_a_filter_is_no_error_before_it_is_finished(history: History) -> None:
    paths = ["/ui/executions?labels=te", "/ui/executions?labels=&q=&timeRange=", "/ui/flows?labels=te"]

    assert [history.client.get(path).status_code for path in paths] == [200, 200, 200]


@pytest.mark.parametrize("query", ["state=NONE", "timeRange=soon", "sort=nothing", "startDate=never"])
def test_a_filter_that_cannot_be_read_is_told(history: History, query: str) -> None:
    assert history.client.get(f"/ui/executions?{query}").status_code == 422


def test_every_state_is_a_chip_with_its_count_and_a_filter(history: History) -> None:
    text = history.client.get("/ui/executions").text

    chip = text.partition('data-state="FAILED" href="')[2].partition("</a>")[0]
    assert (chip.startswith("/ui/executions?state=FAILED"), 'chip-count">2<' in chip) == (True, True)
