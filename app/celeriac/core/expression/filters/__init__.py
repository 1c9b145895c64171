"""The filters, by family."""

from collections.abc import Callable, Mapping
from typing import Any

from celeriac.core.expression.filters.collections import COLLECTION_FILTERS
from celeriac.core.expression.filters.data import DATA_FILTERS
from celeriac.core.expression.filters.dates import DATE_FILTERS
from celeriac.core.expression.filters.encoding import ENCODING_FILTERS
from celeriac.core.expression.filters.numbers import NUMBER_FILTERS
from celeriac.core.expression.filters.patterns import PATTERN_FILTERS
from celeriac.core.expression.filters.text import TEXT_FILTERS

FILTERS: Mapping[str, Callable[..., Any]] = {
    **TEXT_FILTERS,
    **PATTERN_FILTERS,
    **ENCODING_FILTERS,
    **COLLECTION_FILTERS,
    **NUMBER_FILTERS,
    **DATE_FILTERS,
    **DATA_FILTERS,
}
"""{name: function(scope, value, …)}."""
