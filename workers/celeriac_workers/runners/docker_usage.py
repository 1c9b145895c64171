"""Processor time and memory of a container, sampled while it runs."""

import time

import docker
from docker.errors import APIError
from docker.utils import compare_version

_EVERY_S = 1.0
_ONE_SHOT = "1.41"


class Usage:
    """What the last samples said; both None when the container ended before the first one.

    The engine tells nothing about a container that has ended, so what it used after the last sample is missing.
    """

    def __init__(self, client: docker.APIClient, container: str) -> None:
        self._client = client
        self._container = container
        self._can = compare_version(_ONE_SHOT, client.api_version) >= 0
        self._began = 0.0
        self._next = 0.0
        self.cpu_s: float | None = None
        self.peak_memory_bytes: int | None = None

    def sample(self) -> None:
        """Looks, each time in the first second, then once a second."""
        now = time.monotonic()
        if not self._can or now < self._next:
            return
        self._began = self._began or now
        self._next = now + _EVERY_S if now > self._began + _EVERY_S else now
        try:
            stats = self._client.stats(self._container, stream=False, one_shot=True)
        except APIError:
            return
        used = stats.get("cpu_stats", {}).get("cpu_usage", {}).get("total_usage")
        memory = stats.get("memory_stats", {})
        held = memory.get("max_usage") or memory.get("usage")
        if used:
            self.cpu_s = max(self.cpu_s or 0.0, used / 1e9)
        if held:
            self.peak_memory_bytes = max(self.peak_memory_bytes or 0, int(held))
