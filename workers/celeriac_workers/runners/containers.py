"""What this installation has left on an engine: found and removed by label."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import docker
import requests
from docker.errors import APIError

from celeriac_workers.runners.docker_client import connect, engine_errors
from celeriac_workers.runners.docker_options import KEEP, LABEL
from celeriac_workers.runners.engine import Engine


@dataclass(frozen=True, slots=True)
class Found:
    """A container. handle: what `Attempt.started` was given for it."""

    handle: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    running: bool = False

    @property
    def is_kept(self) -> bool:
        """True when the flow wants it to stay as it is, also without a worker."""
        keep = self.labels.get(KEEP)
        return keep == "running" or (keep == "ended" and not self.running)


def list_containers(engine: Engine, labels: Mapping[str, str]) -> list[Found]:
    """Containers, running or not, that have all these labels; for all of an installation `{"celeriac": instance}`.

    Raises: RunnerFailed.
    """
    with engine_errors(engine.host):
        client = connect(engine)
        try:
            engine_id = str(client.info().get("ID", ""))
            wanted = [f"{name}={text}" for name, text in labels.items()]
            return [
                Found(
                    {"engine": engine_id, "host": engine.host, "container": item["Id"]},
                    item.get("Labels") or {},
                    item.get("State") == "running",
                )
                for item in client.containers(all=True, filters={"label": wanted or [LABEL]})
            ]
        finally:
            client.close()


def remove(engine: Engine, handle: Mapping[str, Any]) -> None:
    """Ends and removes a container; nothing happens when it is gone. Raises: RunnerFailed when the engine is."""
    client = connect(engine)
    try:
        remove_container(client, str(handle["container"]))
    finally:
        client.close()


def remove_container(client: docker.APIClient, container: str) -> None:
    """Ends and removes a container with its unnamed volumes; nothing happens when it, or its engine, is gone."""
    try:
        client.remove_container(container, v=True, force=True)
    except (APIError, requests.exceptions.RequestException):
        return
