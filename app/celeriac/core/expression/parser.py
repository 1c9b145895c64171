"""Tokens → Jinja nodes: the expression grammar with Kestra 2.0's precedence.

Every operation becomes a call of a method of the environment (`nodes.Call` on `nodes.EnvironmentAttribute`), because
Jinja allows no new node types; `codegen` writes these calls out. `statements` has the tags.
"""

from jinja2 import TemplateSyntaxError, nodes
from jinja2.lexer import Token, TokenStream

from celeriac.core.expression.lexer import FLOAT, INTEGER, NAME, OPERATOR, PRINT, STRING, PebbleLexer
from celeriac.core.expression.operations import constant, harden, operation

_BINARY = {
    "or": 10,
    "and": 15,
    "is": 20,
    "contains": 20,
    **dict.fromkeys(("==", "equals", "!=", "<", ">", "<=", ">=", "??", "???", "isIn"), 30),
    **dict.fromkeys(("+", "-"), 40),
    **dict.fromkeys(("*", "/", "%"), 60),
    "|": 100,
    "~": 110,
    "..": 120,
}
_UNARY = 500
_METHODS = {
    "contains": "contains",
    "==": "equal",
    "equals": "equal",
    "!=": "unequal",
    "<": "less",
    ">": "greater",
    "<=": "at_most",
    ">=": "at_least",
    "isIn": "is_in",
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "%": "modulo",
    "~": "concatenate",
    "..": "interval",
}
_STRICT = frozenset({"+", "-", "*", "/", "%", "==", "equals", "!="})
"""Operators whose undefined operands are errors also below `??`, `default` and `is defined`."""
_RESERVED = frozenset({"or", "and", "not", "is", "contains", "equals", "isIn"})
_LITERALS = {"true": True, "TRUE": True, "false": False, "FALSE": False}
_NULLS = frozenset({"null", "NULL", "none", "NONE"})


class ExpressionParser:
    """Reads one expression after the other from a stream of tokens. Raises: TemplateSyntaxError."""

    def __init__(self, stream: TokenStream) -> None:
        self.stream = stream

    def expression(self, lowest: int = 0) -> nodes.Expr:
        """An expression whose operators bind at least as tight as `lowest`."""
        left = self._operand()
        while (precedence := self._precedence()) is not None and precedence >= lowest:
            left = self._binary(left, precedence)
        return self._ternary(left) if lowest == 0 and self.at("?") else left

    def at(self, text: str) -> bool:
        """True before the operator or word `text`."""
        token = self.stream.current
        return token.value == text and token.type in (OPERATOR, NAME)

    def skip(self, text: str) -> bool:
        """Goes over the operator or word `text`, if it is there."""
        if not self.at(text):
            return False
        next(self.stream)
        return True

    def expect(self, text: str) -> Token:
        """Goes over the operator or word `text`."""
        if not self.at(text):
            raise self.unexpected(f'"{text}"')
        return next(self.stream)

    def word(self) -> str:
        """A name that is no operator."""
        token = self.stream.current
        if token.type != NAME or token.value in _RESERVED:
            raise self.unexpected("a name")
        return str(next(self.stream).value)

    def unexpected(self, wanted: str = "an expression") -> TemplateSyntaxError:
        """The error to raise at the current token."""
        token = self.stream.current
        what = "end of the text" if token.type == "eof" else f"`{token.value}`"
        return TemplateSyntaxError(f"Unexpected {what}, expected {wanted}", token.lineno)

    def call_arguments(self) -> tuple[list[nodes.Expr], list[nodes.Keyword]]:
        """`(1, name=2)`; empty without a parenthesis."""
        positional: list[nodes.Expr] = []
        named: list[nodes.Keyword] = []
        if not self.skip("("):
            return positional, named
        while not self.at(")"):
            if positional or named:
                self.expect(",")
            line = self.stream.current.lineno
            if self.stream.current.type == NAME and self.stream.look().value == "=":
                name = self.word()
                self.expect("=")
                named.append(nodes.Keyword(name, self.expression(), lineno=line))
            else:
                positional.append(self.expression())
        self.expect(")")
        return positional, named

    def filter_call(self, value: nodes.Expr) -> nodes.Expr:
        """The filter named next, applied to `value`."""
        line = self.stream.current.lineno
        name = self.word()
        positional, named = self.call_arguments()
        if name == "default":
            return operation("default", line, value, *(positional or [item.value for item in named]))
        return operation("filter", line, constant(name, line), value, *positional, kwargs=named)

    def _precedence(self) -> int | None:
        token = self.stream.current
        return _BINARY.get(token.value) if token.type in (OPERATOR, NAME) else None

    def _binary(self, left: nodes.Expr, precedence: int) -> nodes.Expr:
        token = next(self.stream)
        operator, line = str(token.value), token.lineno
        if operator == "is":
            return self._test(left, line)
        if operator == "|":
            return self.filter_call(left)
        right = self.expression(precedence + 1)
        if operator in ("??", "???"):
            return operation("coalesce" if operator == "??" else "coalesce_undefined", line, left, right)
        if operator in ("and", "or"):
            sides = (operation("truth", line, left), operation("truth", line, right))
            return (nodes.And if operator == "and" else nodes.Or)(*sides, lineno=line)
        if operator in _STRICT:
            harden(left)
            harden(right)
        return operation(_METHODS[operator], line, left, right)

    def _ternary(self, test: nodes.Expr) -> nodes.Expr:
        line = self.expect("?").lineno
        if_true = self.expression()
        self.expect(":")
        return nodes.CondExpr(operation("choice", line, test), if_true, self.expression(), lineno=line)

    def _test(self, value: nodes.Expr, line: int) -> nodes.Expr:
        negated = self.skip("not")
        name = self.word()
        positional, named = self.call_arguments()
        if name == "defined":
            test = operation("defined", line, value)
        else:
            test = operation("test", line, constant(name, line), value, *positional, kwargs=named)
        return nodes.Not(test, lineno=line) if negated else test

    def _operand(self) -> nodes.Expr:
        token = self.stream.current
        line = token.lineno
        if token.type == OPERATOR and token.value in "+-([{":
            next(self.stream)
            return self._prefixed(str(token.value), line)
        if token.type == NAME and token.value == "not":
            next(self.stream)
            return nodes.Not(operation("truth", line, self.expression(_UNARY)), lineno=line)
        return self._postfix(self._primary(token))

    def _prefixed(self, operator: str, line: int) -> nodes.Expr:
        if operator == "(":
            inner = self.expression()
            self.expect(")")
            return self._postfix(inner)
        if operator == "[":
            return self._list(line)
        if operator == "{":
            return self._map(line)
        value = self.expression(_UNARY)
        return operation("negate" if operator == "-" else "positive", line, value)

    def _list(self, line: int) -> nodes.Expr:
        items: list[nodes.Expr] = []
        while not self.at("]") or items:
            items.append(self.expression())
            if not self.skip(","):
                break
        self.expect("]")
        return nodes.List(items, lineno=line)

    def _map(self, line: int) -> nodes.Expr:
        pairs: list[nodes.Pair] = []
        while not self.at("}") or pairs:
            key = self.expression()
            self.expect(":")
            pairs.append(nodes.Pair(key, self.expression(), lineno=line))
            if not self.skip(","):
                break
        self.expect("}")
        return operation("mapping", line, *(item for pair in pairs for item in (pair.key, pair.value)))

    def _primary(self, token: Token) -> nodes.Expr:
        line, text = token.lineno, str(token.value)
        if token.type == INTEGER:
            next(self.stream)
            return constant(_integer(text, line), line)
        if token.type == FLOAT:
            next(self.stream)
            return constant(float(text), line)
        if token.type == STRING:
            next(self.stream)
            return _string(text, line)
        name = self.word() if token.type == NAME else None
        if name is None:
            raise self.unexpected()
        if self.at("("):
            positional, named = self.call_arguments()
            return operation("function", line, constant(name, line), *positional, kwargs=named)
        if name in _LITERALS:
            return constant(_LITERALS[name], line)
        if name in _NULLS:
            return constant(None, line)
        return operation("variable", line, constant(name, line), constant(line, line))

    def _postfix(self, value: nodes.Expr) -> nodes.Expr:
        while True:
            line = self.stream.current.lineno
            if self.skip("."):
                value = self._member(value, line)
            elif self.skip("["):
                key = self.expression()
                self.expect("]")
                value = operation("item", line, value, key, constant(line, line))
            else:
                return value

    def _member(self, value: nodes.Expr, line: int) -> nodes.Expr:
        name = constant(self.word(), line)
        if not self.at("("):
            return operation("attribute", line, value, name, constant(line, line))
        positional, _ = self.call_arguments()
        return operation("method", line, value, name, constant(line, line), *positional)


def _integer(text: str, line: int) -> int:
    value = int(text.rstrip("lL"))
    if value >= 1 << 63:
        raise TemplateSyntaxError(f"The number {text} is too large", line)
    return value


def _string(text: str, line: int) -> nodes.Expr:
    quote, content = text[0], text[1:-1]
    content = content.replace(f"\\{quote}", quote)
    if quote == "'" or "#{" not in content:
        return constant(content, line)
    parts: list[nodes.Expr] = []
    while (start := content.find("#{")) >= 0:
        end = _interpolation_end(content, start + 2, line)
        parts += [constant(content[:start], line), _parsed(content[start + 2 : end], line)]
        content = content[end + 1 :]
    return operation("concatenate", line, *parts, constant(content, line))


def _interpolation_end(text: str, position: int, line: int) -> int:
    depth, quote = 1, ""
    for index in range(position, len(text)):
        character = text[index]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        else:
            depth += (character == "{") - (character == "}")
        if depth == 0:
            return index
    raise TemplateSyntaxError("Unclosed `#{` in a text", line)


def _parsed(source: str, line: int) -> nodes.Expr:
    lexer = object.__new__(PebbleLexer)
    stream = lexer.tokenize("{{" + source + "\n}}")
    parser = ExpressionParser(stream)
    stream.expect(PRINT)
    expression = parser.expression()
    if stream.current.type != "variable_end":
        raise parser.unexpected('"}"')
    return expression.set_lineno(line, override=True)  # type: ignore[return-value]
