"""Text → tokens, in Pebble's spelling. Knows delimiters, white space control and literals; no grammar."""

import re
from collections.abc import Iterator

from jinja2 import TemplateSyntaxError
from jinja2.lexer import Lexer, Token, TokenStream

DATA, PRINT, END_PRINT, TAG, END_TAG = "data", "variable_begin", "variable_end", "block_begin", "block_end"
NAME, INTEGER, FLOAT, STRING, OPERATOR = "name", "integer", "float", "string", "operator"

_OPEN = re.compile(r"\{([{%#])((?:(?<=\{\{)-(?=\s)|(?<!\{\{)-)?)")
_RAW = re.compile(r"\{%-?\s*(raw|verbatim)\s*-?%\}")
_CLOSE = {"{": re.compile(r"\s*(-)?\}\}(?(1)\s*)"), "%": re.compile(r"\s*(-)?%\}(?(1)\s*)")}
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<float>\d+\.\d+)|(?P<integer>\d+[lL]?)|(?P<name>[^\W\d]\w*)"
    r"""|(?P<string>"(?s:.*?)(?<!\\)"|'(?s:.*?)(?<!\\)')"""
    r"|(?P<operator>\?\?\?|\?\?|\.\.|==|!=|<=|>=|[-+*/%|~?:.,()\[\]{}<>=])"
)
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_KINDS = {"{": (PRINT, END_PRINT), "%": (TAG, END_TAG)}


class PebbleLexer(Lexer):
    """Replaces Jinja's tokenizer; everything else of Jinja reads its tokens as usual."""

    def tokenize(
        self, source: str, name: str | None = None, filename: str | None = None, state: str | None = None
    ) -> TokenStream:
        """Raises: TemplateSyntaxError."""
        return TokenStream(_Scan(source).tokens(), name, filename)


class _Scan:
    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self.line = 1
        self.strip_next = False

    def tokens(self) -> Iterator[Token]:
        while match := _OPEN.search(self.source, self.position):
            raw = _RAW.match(self.source, match.start())
            yield from self._data(match.start(), strip=bool(match[2]) and not (raw and raw[1] == "raw"))
            if match[1] == "#":
                self._comment(match)
            elif raw:
                yield from self._verbatim(raw)
            else:
                yield from self._code(match)
        yield from self._data(len(self.source), strip=False)

    def _data(self, end: int, *, strip: bool) -> Iterator[Token]:
        text, line = self.source[self.position : end], self.line
        self._advance(end)
        text = text.rstrip() if strip else text
        if text:
            yield Token(line, DATA, text)

    def _comment(self, match: re.Match[str]) -> None:
        end = self.source.find("#}", match.end())
        if end < 0:
            raise TemplateSyntaxError("Unclosed comment", self.line)
        self._advance(end + 2)
        if self.source[end - 1] == "-":
            self._skip_space()

    def _verbatim(self, match: re.Match[str]) -> Iterator[Token]:
        """Text as it is. `verbatim` loses white space at its start and where a dash says so, `raw` never."""
        word, trims = match[1], match[1] == "verbatim"
        end = re.compile(rf"\{{%(-?)\s*end{word}\s*(-?)%\}}").search(self.source, match.end())
        if end is None:
            raise TemplateSyntaxError(f'Unexpected end: the tag "end{word}" is missing', self.line)
        self._advance(match.end())
        if trims:
            self._skip_space()
        yield from self._data(end.start(), strip=trims and bool(end[1]))
        self._advance(end.end())
        if trims and end[2]:
            self._skip_space()

    def _code(self, match: re.Match[str]) -> Iterator[Token]:
        begin, end = _KINDS[match[1]]
        close = _CLOSE[match[1]]
        yield Token(self.line, begin, match[0])
        self._advance(match.end())
        open_brackets: list[str] = []
        while True:
            if not open_brackets and (closing := close.match(self.source, self.position)):
                yield Token(self.line, end, closing[0].strip())
                self._advance(closing.end())
                return
            token = _TOKEN.match(self.source, self.position)
            if token is None:
                raise TemplateSyntaxError(self._unexpected(), self.line)
            self._balance(token, open_brackets)
            if token.lastgroup != "space":
                yield Token(self.line, token.lastgroup or OPERATOR, token[0])
            self._advance(token.end())

    def _balance(self, token: re.Match[str], open_brackets: list[str]) -> None:
        if token[0] in _PAIRS:
            open_brackets.append(_PAIRS[token[0]])
        elif token[0] in (")", "]", "}") and (not open_brackets or open_brackets.pop() != token[0]):
            raise TemplateSyntaxError(f'Unexpected "{token[0]}"', self.line)

    def _unexpected(self) -> str:
        if self.position >= len(self.source):
            return "Unexpected end: an expression is not closed"
        return f"Unexpected character [{self.source[self.position]}]"

    def _skip_space(self) -> None:
        while self.position < len(self.source) and self.source[self.position].isspace():
            self._advance(self.position + 1)

    def _advance(self, position: int) -> None:
        self.line += self.source.count("\n", self.position, position)
        self.position = position
