"""Reads flow files: YAML text → Flow, every problem with line, column and path."""

from celeriac.flowfile.documents import Document, documents, place, plain
from celeriac.flowfile.editing import set_property
from celeriac.flowfile.parse import ParsedFlow, load, parse

__all__ = ["Document", "ParsedFlow", "documents", "load", "parse", "place", "plain", "set_property"]
