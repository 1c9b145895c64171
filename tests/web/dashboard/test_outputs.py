"""Outputs as a tree, and the files among them."""

from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from hand_engine import HandEngine

FILES = """\
id: files
namespace: company.team
tasks:
  - id: write
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {type: io.kestra.plugin.core.runner.Process}
    outputFiles: [table.csv, note.txt]
    commands:
      - "printf 'city,people\\nOslo,700000\\n<b>Bergen</b>,290000\\n' > table.csv"
      - "printf 'dear <b>diary</b>' > note.txt"
"""


@pytest.fixture
def outputs(by_hand: HandEngine) -> tuple[str, dict[str, str]]:
    """(path of the tab, {file: its URI})."""
    ended = by_hand.run(FILES)
    return f"/ui/executions/company.team/files/{ended.id}/outputs", ended.outputs_of("write")["outputFiles"]


def test_files_are_links_to_their_preview_and_their_bytes(
    client: FlaskClient, outputs: tuple[str, dict[str, str]]
) -> None:
    path, files = outputs

    text = client.get(path).text

    assert f"file={quote(files['table.csv'], safe='')}" in text
    assert f"/file?path={quote(files['table.csv'], safe='')}" in text


def test_a_table_is_shown_as_one(client: FlaskClient, outputs: tuple[str, dict[str, str]]) -> None:
    path, files = outputs

    text = client.get(f"{path}?file={quote(files['table.csv'])}").text

    assert '<th scope="col">people</th>' in text
    assert '<td class="mono">Oslo</td>' in text
    assert "&lt;b&gt;Bergen" in text


def test_a_text_is_shown_as_it_is(client: FlaskClient, outputs: tuple[str, dict[str, str]]) -> None:
    path, files = outputs

    assert "dear &lt;b&gt;diary&lt;/b&gt;" in client.get(f"{path}?file={quote(files['note.txt'])}").text


@pytest.mark.parametrize("uri", ["kestra:///company/team/other/executions/x/tasks/a/b/c.txt", "file:///etc/passwd"])
def test_a_file_that_is_not_the_executions_is_not_shown(
    client: FlaskClient, outputs: tuple[str, dict[str, str]], uri: str
) -> None:
    answer = client.get(f"{outputs[0]}?file={quote(uri)}")

    preview = answer.text.partition('aria-label="Preview"')[2]
    assert (answer.status_code, "<pre" in preview) == (200, False)
