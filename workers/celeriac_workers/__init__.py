"""The processes that run task runs: jobs, task runners, listeners."""
