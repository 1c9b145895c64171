"""The expression language: Kestra's dialect of Pebble, rendered in a sandbox with bounded output and time."""

from celeriac.core.expression.analysis import calls, does_io, names, reads_rows
from celeriac.core.expression.ion import read_ion, write_ion
from celeriac.core.expression.printing import java_text, to_json, to_text, truthy
from celeriac.core.expression.renderer import Renderer, has_expression
from celeriac.core.expression.world import NoWorld, World

__all__ = [
    "NoWorld",
    "Renderer",
    "World",
    "calls",
    "does_io",
    "has_expression",
    "java_text",
    "names",
    "read_ion",
    "reads_rows",
    "to_json",
    "to_text",
    "truthy",
    "write_ion",
]
