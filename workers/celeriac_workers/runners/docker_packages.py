"""Python packages for containers: installed once per image and set into a volume, which scripts mount read-only."""

import hashlib
import json
import time
from collections.abc import Mapping

import docker
from docker.errors import APIError, NotFound

from celeriac.core.errors import RunnerFailed
from celeriac.core.runner import Attempt, Command
from celeriac.plugins.runners.docker import Docker
from celeriac_workers.runners.containers import remove_container
from celeriac_workers.runners.docker_files import exists
from celeriac_workers.runners.docker_images import Image
from celeriac_workers.runners.docker_options import LABEL, PACKAGES
from celeriac_workers.runners.stopping import raise_stopped

_READY = f"{PACKAGES}/.celeriac-ready"
_STARTED_WITHIN_S = 30.0
"""A container that is not started for so long was left by a worker that has ended."""
_SETTINGS = ("PIP_", "UV_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
_INSTALL = f"""
rm -rf {PACKAGES}/* || exit
if command -v uv >/dev/null 2>&1
then uv pip install --target {PACKAGES} "$@"
elif command -v python3 >/dev/null 2>&1
then python3 -m pip install --no-cache-dir --disable-pip-version-check --target {PACKAGES} "$@"
else python -m pip install --no-cache-dir --disable-pip-version-check --target {PACKAGES} "$@"
fi && touch {_READY}
"""


def packages_volume(client: docker.APIClient, image: Image, command: Command) -> str | None:
    """The name of the volume for the command's packages, made if need be; None without any."""
    if not command.dependencies:
        return None
    content = json.dumps([image.id, sorted(command.dependencies)])
    name = f"celeriac-packages-{hashlib.sha256(content.encode()).hexdigest()[:24]}"
    client.create_volume(name, labels={LABEL: "packages"})
    return name


def fill_volume(
    client: docker.APIClient,
    volume: str,
    container: str,
    image: Image,
    command: Command,
    options: Docker,
    attempt: Attempt,
) -> None:
    """Installs the packages unless they are there. container: one, not started, that has the volume mounted.

    The installing container has a fixed name: who comes second waits for the first.
    Raises: RunnerFailed, TimedOut, Killed.
    """
    log = ""
    while not exists(client, container, _READY):
        if log:
            raise RunnerFailed(f"Cannot install {', '.join(command.dependencies)} in the image `{image.name}`:\n{log}")
        if not _start(client, volume, image, command, options):
            log = _await(client, volume, attempt)
            continue
        try:
            attempt.notice("INFO", f"Installing {', '.join(command.dependencies)} for the image {image.name}")
            log = _await(client, volume, attempt)
        except BaseException:
            remove_container(client, volume)
            raise


def _start(client: docker.APIClient, volume: str, image: Image, command: Command, options: Docker) -> bool:
    host = client.create_host_config(binds=[f"{volume}:{PACKAGES}:rw"], network_mode=options.network_mode or None)
    try:
        container = client.create_container(
            image.name,
            ["-c", _INSTALL, "install", *command.dependencies],
            name=volume,
            user="0",
            entrypoint=["/bin/sh"],
            environment=_environ(command.env),
            labels={LABEL: "packages"},
            host_config=host,
        )
    except APIError as error:
        if error.status_code == 409:
            return False
        raise
    client.start(container)
    return True


def _environ(env: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in env.items() if name.upper().startswith(_SETTINGS)}


def _await(client: docker.APIClient, name: str, attempt: Attempt) -> str:
    """Waits for the installing container and removes it; its last lines when it failed, else ''."""
    began = time.monotonic()
    try:
        while (state := client.inspect_container(name)["State"])["Status"] in ("created", "running"):
            raise_stopped(attempt.stop_reason())
            if state["Status"] == "created" and time.monotonic() - began > _STARTED_WITHIN_S:
                break
            time.sleep(0.1)
        log = client.logs(name, tail=30).decode(errors="replace") if state["ExitCode"] else ""
        client.remove_container(name, v=False, force=True)
    except NotFound:
        return ""
    except APIError as error:
        if error.status_code == 409:
            return ""
        raise
    return log or (f"exit code {state['ExitCode']}" if state["ExitCode"] else "")
