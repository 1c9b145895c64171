"""Reads flow files: YAML text → Flow, every problem with line, column and path."""

from celeriac.flowfile.parse import ParsedFlow, load, parse

__all__ = ["ParsedFlow", "load", "parse"]
