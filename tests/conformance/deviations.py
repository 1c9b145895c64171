"""Every conformance case that is selected and gives something else here, with the reason."""

DEVIATIONS: dict[str, str] = {
    "run:57-secrets": "outputs that hold a secret are masked where people read them",
    "probe:val-input-default-and-optional": "0.x accepts it, and flows of that time have it: a warning",
}
