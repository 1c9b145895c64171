"""Use cases: what can be done with flows and executions. Knows stores and plugins, not who calls."""
