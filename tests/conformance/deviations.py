"""Every conformance case that is selected and gives something else here, with the reason."""

DEVIATIONS: dict[str, str] = {}
