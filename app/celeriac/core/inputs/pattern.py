"""Regular expressions as flows write them (Java's), compiled for Python."""

import re
from functools import lru_cache


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Raises: re.error."""
    return re.compile(pattern)
