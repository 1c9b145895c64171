"""Changing one property in the text of a flow."""

import pytest

from celeriac.core.errors import FlowInvalid
from celeriac.flowfile import plain, set_property


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id: a\nnamespace: b\n", "disabled: true\nid: a\nnamespace: b\n"),
        ("# top\n\nid: a # why\n", "# top\n\ndisabled: true\nid: a # why\n"),
        ("---\nid: a\n", "---\ndisabled: true\nid: a\n"),
        ("  id: a\n  b: c\n", "  disabled: true\n  id: a\n  b: c\n"),
        ("{id: a, b: c}", "{disabled: true, id: a, b: c}"),
        ("id: a\ndisabled: false # for now\nb: c\n", "id: a\ndisabled: true # for now\nb: c\n"),
        ("id: a\ndisabled: 'no'\n", "id: a\ndisabled: true\n"),
        ("id: a\ndisabled:\nb: c\n", "id: a\ndisabled: true\nb: c\n"),
        ("{id: a, disabled: false}", "{id: a, disabled: true}"),
        (
            "tasks:\n  - {id: a, disabled: false}\nid: a\n",
            "disabled: true\ntasks:\n  - {id: a, disabled: false}\nid: a\n",
        ),
        ("description: disabled\nid: a\n", "disabled: true\ndescription: disabled\nid: a\n"),
        ("ü: 'é—😀'\ndisabled: false\n", "ü: 'é—😀'\ndisabled: true\n"),
        ("\ufeffid: a\ndisabled: false\n", "\ufeffid: a\ndisabled: true\n"),
        ("id: a\r\ndisabled: false\r\nb: c\r\n", "id: a\r\ndisabled: true\r\nb: c\r\n"),
        ("id: a\n---\ndisabled: false\n", "disabled: true\nid: a\n---\ndisabled: false\n"),
    ],
)
def test_only_the_property_changes(text: str, expected: str) -> None:
    assert set_property(text, "disabled", "true") == expected
    assert plain(expected)["disabled"] is True


@pytest.mark.parametrize("text", ["", "- a\n", "text", "id: [", "# nothing\n"])
def test_a_text_without_a_mapping_is_refused(text: str) -> None:
    with pytest.raises(FlowInvalid):
        set_property(text, "disabled", "true")
