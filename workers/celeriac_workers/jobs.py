"""The jobs, by what they are given: ids only. Everything else is in services."""

from collections.abc import Callable

Advance = Callable[[str], None]
"""advance(execution id)"""
Execute = Callable[[str, int, int], None]
"""execute(execution id, seq, attempt)"""
