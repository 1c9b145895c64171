"""Tokens → a template: text, `{{ … }}` and the tags. Expressions are `parser`'s."""

from collections.abc import Callable

from jinja2 import TemplateSyntaxError, nodes
from jinja2.lexer import TokenStream

from celeriac.core.expression.lexer import DATA, END_PRINT, END_TAG, NAME, OPERATOR, PRINT, TAG
from celeriac.core.expression.operations import constant, operation
from celeriac.core.expression.parser import ExpressionParser


class TemplateParser:
    """Parses a whole text. Macros and blocks are hoisted: they may be called before they are defined."""

    def __init__(self, stream: TokenStream) -> None:
        self.stream = stream
        self.expressions = ExpressionParser(stream)
        self.hoisted: list[nodes.Node] = []
        self.depth = 0
        self.tags: dict[str, Callable[[int], list[nodes.Node]]] = {
            "if": self._if,
            "for": self._for,
            "set": self._set,
            "macro": self._macro,
            "block": self._block,
            "filter": self._filter,
        }

    def template(self) -> nodes.Template:
        """Raises: TemplateSyntaxError."""
        body, _ = self._body(frozenset())
        return nodes.Template([*self.hoisted, *body], lineno=1)

    def _body(self, ends: frozenset[str]) -> tuple[list[nodes.Node], str]:
        """Nodes up to one of the end tags, and which one it was; its name is read, the rest of the tag is not."""
        body: list[nodes.Node] = []
        while self.stream:
            token = next(self.stream)
            if token.type == DATA:
                body.append(nodes.Output([nodes.TemplateData(token.value, lineno=token.lineno)], lineno=token.lineno))
            elif token.type == PRINT:
                body.append(nodes.Output([self.expressions.expression()], lineno=token.lineno))
                self._close(END_PRINT)
            elif token.type == TAG:
                name = self._tag_name()
                if name in ends:
                    return body, name
                body += self._tag(name, token.lineno)
        if ends:
            raise TemplateSyntaxError(
                f"Unexpected end: the tag {' or '.join(sorted(ends))} is missing", self.stream.current.lineno
            )
        return body, ""

    def _tag_name(self) -> str:
        if self.stream.current.type != NAME:
            raise self.expressions.unexpected("the name of a tag")
        return str(next(self.stream).value)

    def _tag(self, name: str, line: int) -> list[nodes.Node]:
        if name not in self.tags:
            raise TemplateSyntaxError(f'Unexpected tag name "{name}"', line)
        self.depth += 1
        if self.depth > 50:
            raise TemplateSyntaxError("Tags are nested more than 50 deep", line)
        found = self.tags[name](line)
        self.depth -= 1
        return found

    def _close(self, kind: str = END_TAG) -> None:
        if self.stream.current.type != kind:
            raise self.expressions.unexpected('"}}"' if kind == END_PRINT else '"%}"')
        next(self.stream)

    def _if(self, line: int) -> list[nodes.Node]:
        test: nodes.Expr = operation("truth", line, self.expressions.expression())
        self._close()
        body, end = self._body(frozenset({"elseif", "else", "endif"}))
        otherwise: list[nodes.Node] = []
        if end == "elseif":
            otherwise = self._if(self.stream.current.lineno)
        elif end == "else":
            self._close()
            otherwise, _ = self._body(frozenset({"endif"}))
        if end != "elseif":
            self._close()
        return [nodes.If(test, body, [], otherwise, lineno=line)]

    def _for(self, line: int) -> list[nodes.Node]:
        target = nodes.Name(self.expressions.word(), "store", lineno=line)
        self.expressions.expect("in")
        values = self.expressions.expression()
        self._close()
        body, end = self._body(frozenset({"else", "endfor"}))
        self._close()
        otherwise: list[nodes.Node] = []
        if end == "else":
            otherwise, _ = self._body(frozenset({"endfor"}))
            self._close()
        return [nodes.For(target, values, body, otherwise, None, False, lineno=line)]

    def _set(self, line: int) -> list[nodes.Node]:
        name = self.expressions.word()
        self.expressions.expect("=")
        value = self.expressions.expression()
        self._close()
        return [nodes.ExprStmt(operation("assign", line, constant(name, line), value), lineno=line)]

    def _macro(self, line: int) -> list[nodes.Node]:
        name = self.expressions.word()
        parameters: list[nodes.Name] = []
        defaults: list[nodes.Expr] = []
        self.expressions.expect("(")
        while not self.expressions.at(")"):
            if parameters:
                self.expressions.expect(",")
            parameters.append(nodes.Name(self.expressions.word(), "param", lineno=line))
            default = self.expressions.expression() if self.expressions.skip("=") else constant(None, line)
            defaults.append(default)
        self.expressions.expect(")")
        self._close()
        body, _ = self._body(frozenset({"endmacro"}))
        self._end_name()
        self.hoisted.append(nodes.Macro(name, parameters, defaults, body, lineno=line))
        return []

    def _block(self, line: int) -> list[nodes.Node]:
        name = self.expressions.word()
        self._close()
        body, _ = self._body(frozenset({"endblock"}))
        self._end_name()
        self.hoisted.append(nodes.Macro(f"_block_{name}", [], [], body, lineno=line))
        return [nodes.Output([operation("block", line, constant(name, line))], lineno=line)]

    def _filter(self, line: int) -> list[nodes.Node]:
        placeholder = operation("captured", line)
        filtered = self.expressions.filter_call(placeholder)
        while self.stream.current.type == OPERATOR and self.expressions.skip("|"):
            filtered = self.expressions.filter_call(filtered)
        self._close()
        body, _ = self._body(frozenset({"endfilter"}))
        self._close()
        return [nodes.FilterBlock(body, filtered, lineno=line)]

    def _end_name(self) -> None:
        if self.stream.current.type == NAME:
            next(self.stream)
        self._close()
