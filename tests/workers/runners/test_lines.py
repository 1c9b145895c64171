import pytest

from celeriac_workers.runners.lines import LINE_BYTES, MESSAGE_BYTES, LineSplitter


def split(*chunks: bytes) -> list[bytes]:
    lines: list[bytes] = []
    splitter = LineSplitter(lines.append)
    for chunk in chunks:
        splitter.feed(chunk)
    splitter.close()
    return lines


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ((b"a\nb\n",), [b"a", b"b"]),
        ((b"a", b"b\nc", b"\n"), [b"ab", b"c"]),
        ((b"a\n\nb\n",), [b"a", b"", b"b"]),
        ((b"no end",), [b"no end"]),
        ((b"dos\r\n", b"x\r", b"\n"), [b"dos", b"x"]),
        ((b"",), []),
    ],
)
def test_lines_are_whole_however_they_arrive(chunks: tuple[bytes, ...], lines: list[bytes]) -> None:
    assert split(*chunks) == lines


def test_a_line_without_end_is_cut_so_that_memory_stays_flat() -> None:
    lines = split(*[b"x" * 65536] * 40, b"\nnext\n")

    assert max(map(len, lines)) <= LINE_BYTES + 65536
    assert b"".join(lines) == b"x" * 65536 * 40 + b"next"


def test_a_cut_exactly_at_the_end_of_a_line_leaves_no_empty_line() -> None:
    assert split(b"x" * (LINE_BYTES + 1), b"\nnext\n") == [b"x" * (LINE_BYTES + 1), b"next"]


def test_a_protocol_message_may_be_larger_than_a_line() -> None:
    message = b'::{"outputs": {"a": "' + b"y" * 3 * LINE_BYTES + b'"}}::'

    assert split(message[:1], message[1:2000000], message[2000000:], b"\n") == [message]


def test_a_protocol_message_has_a_limit_too() -> None:
    lines = split(b"::{", *[b"z" * LINE_BYTES] * 20)

    assert len(lines[0]) <= MESSAGE_BYTES + LINE_BYTES
    assert len(lines) > 1
