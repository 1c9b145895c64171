"""Nodes → Python source. What Jinja compiles differently from Pebble is written here; the rest is Jinja's own.

A template's function yields its parts unprinted, so that one compiled template serves text and native values alike.
Variables live in the run-time scope (`context`), never in Python locals: Pebble's `set` reaches outer scopes.
"""

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame

_LAZY = {"coalesce": 2, "coalesce_undefined": 2, "default": 2, "defined": 1}
"""{operation: how many of its arguments are passed as functions without arguments}."""
_NAMED = {"filter": 2, "test": 2, "function": 1}
"""{operation: how many arguments it has of its own, before those of the flow's author}."""


class PebbleCodeGenerator(CodeGenerator):
    """The code generator of `environment.ExpressionEnvironment`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._captured: list[str] = []

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """Writes an operation: `environment.<name>(context, …)`."""
        assert isinstance(node.node, nodes.EnvironmentAttribute)
        name = node.node.name
        if name == "captured":
            self.write(self._captured[-1])
            return
        self.write(f"environment.{name}(context")
        lazy, own = _LAZY.get(name, 0), _NAMED.get(name, len(node.args))
        for index, argument in enumerate(node.args[:own]):
            self.write(", lambda: " if index < lazy else ", ")
            self.visit(argument, frame)
        if name in _NAMED:
            self._author_arguments(node.args[own:], node.kwargs, frame)
        self.write(")")

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        """Yields each part as it is."""
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                self.writeline(f"yield {child.data!r}", child)
            else:
                self.writeline("yield ", child)
                self.visit(child, frame)

    def visit_For(self, node: nodes.For, frame: Frame) -> None:
        """A loop over the run-time scope; `else` runs when there was nothing to loop over."""
        assert isinstance(node.target, nodes.Name)
        loop = self.temporary_identifier()
        self.writeline(f"{loop} = environment.loop(context, {node.target.name!r}, ", node)
        self.visit(node.iter, frame)
        self.write(")")
        self.writeline(f"for _ in {loop}:")
        self._block(node.body, frame)
        if node.else_:
            self.writeline(f"if {loop}.is_empty:")
            self._block(node.else_, frame)

    def visit_Macro(self, node: nodes.Macro, frame: Frame) -> None:
        """A function over a scope of its own, registered under its name."""
        function = self._function("context", node.body, node, frame)
        parameters = [parameter.name for parameter in node.args]
        self.writeline(f"environment.macro(context, {node.name!r}, {function}, {tuple(parameters)!r}, (")
        for default in node.defaults:
            self.write("lambda: ")
            self.visit(default, frame)
            self.write(", ")
        self.write("))")

    def visit_FilterBlock(self, node: nodes.FilterBlock, frame: Frame) -> None:
        """Prints the body and filters the text."""
        function = self._function("", node.body, node, frame)
        text = self.temporary_identifier()
        self.writeline(f"{text} = environment.printed(context, {function}())")
        self._captured.append(text)
        self.writeline("yield ", node)
        self.visit(node.filter, frame)
        self._captured.pop()

    def _function(self, parameters: str, body: list[nodes.Node], node: nodes.Node, frame: Frame) -> str:
        name = self.temporary_identifier()
        self.writeline(f"def {name}({parameters}):", node)
        self.indent()
        self.writeline("if 0: yield None")
        self.blockvisit(body, frame)
        self.outdent()
        return name

    def _block(self, body: list[nodes.Node], frame: Frame) -> None:
        self.indent()
        self.writeline("pass")
        self.blockvisit(body, frame)
        self.outdent()

    def _author_arguments(self, args: list[nodes.Expr], kwargs: list[nodes.Keyword], frame: Frame) -> None:
        self.write(", (")
        for argument in args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")
        if kwargs:
            self.write(", {")
            for keyword in kwargs:
                self.write(f"{keyword.key!r}: ")
                self.visit(keyword.value, frame)
                self.write(", ")
            self.write("}")
