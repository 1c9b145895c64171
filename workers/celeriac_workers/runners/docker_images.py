"""Images: is it there, shall it be pulled, and what went wrong if it cannot be."""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import docker
from docker.auth import AuthConfig, resolve_repository_name
from docker.errors import APIError, ImageNotFound, NotFound
from docker.utils import parse_repository_tag

from celeriac.core.errors import RunnerFailed
from celeriac.core.runner import Attempt
from celeriac.plugins.runners.docker import Credentials, DockerOptions, PullPolicy
from celeriac_workers.runners.polling import polled
from celeriac_workers.runners.stopping import raise_stopped

_UNREACHABLE = ("lookup", "dial", "timeout", "connection", "no route", "x509", "eof", "deadline", "network")
_NOTICE_S = 5.0


@dataclass(frozen=True, slots=True)
class Image:
    """What a run needs to know of an image."""

    name: str
    id: str
    env: Mapping[str, str]
    user: str


def provide_image(client: docker.APIClient, name: str, options: DockerOptions, attempt: Attempt) -> Image:
    """The image, pulled if the pull policy says so. Raises: RunnerFailed, TimedOut, Killed."""
    policy = options.pull_policy
    found = None if policy == PullPolicy.ALWAYS else _inspect(client, name)
    if found is None and policy == PullPolicy.NEVER:
        raise RunnerFailed(
            f"The image `{name}` is not on the engine, and pullPolicy is NEVER. Load it (`docker load`, "
            f"`docker build -t {name} …`) or set `pullPolicy: IF_NOT_PRESENT`."
        )
    if found is None:
        _pull(client, name, options, attempt)
        found = _inspect(client, name)
    if found is None:
        raise RunnerFailed(f"The image `{name}` is not on the engine although it was pulled")
    return found


def _inspect(client: docker.APIClient, name: str) -> Image | None:
    try:
        details = client.inspect_image(name)  # type: ignore[no-untyped-call] # the stubs leave it out
    except (ImageNotFound, NotFound):
        return None
    config = details.get("Config") or {}
    env = dict(item.partition("=")[::2] for item in config.get("Env") or ())
    return Image(name, details["Id"], env, config.get("User") or "")


def _pull(client: docker.APIClient, name: str, options: DockerOptions, attempt: Attempt) -> None:
    repository, tag = parse_repository_tag(name)
    registry, _ = resolve_repository_name(repository)
    attempt.notice("INFO", f"Pulling the image {name}")
    started = time.monotonic()
    try:
        events = client.pull(
            repository, tag=tag or "latest", stream=True, decode=True, auth_config=_login(options, registry)
        )
        _follow(events, name, attempt)
    except APIError as error:
        raise RunnerFailed(_reason(name, registry, str(error.explanation or error))) from error
    attempt.notice("INFO", f"Pulled the image {name} in {time.monotonic() - started:.1f} s")


def _follow(events: Iterable[Mapping[str, Any]], name: str, attempt: Attempt) -> None:
    layers: dict[str, tuple[int, int]] = {}
    next_notice = time.monotonic() + _NOTICE_S
    for event in polled(events, _stopper(attempt)):
        if "error" in event:
            raise APIError(event["error"], explanation=event["error"])
        detail = event.get("progressDetail") or {}
        if event.get("status") == "Downloading" and detail.get("total"):
            layers[event.get("id", "")] = (int(detail.get("current", 0)), int(detail["total"]))
        if time.monotonic() >= next_notice:
            next_notice = time.monotonic() + _NOTICE_S
            done, total = (sum(values) / 1e6 for values in zip(*layers.values(), strict=True)) if layers else (0.0, 0.0)
            attempt.notice("INFO", f"Pulling the image {name}: {done:.0f} of {total:.0f} MB")


def _stopper(attempt: Attempt) -> Callable[[], None]:
    return lambda: raise_stopped(attempt.stop_reason())


def _login(options: DockerOptions, registry: str) -> dict[str, Any] | None:
    """None = whatever the engine's user is logged in with."""
    if options.credentials is not None:
        return _credentials(options.credentials, registry)
    if not options.config:
        return None
    config = json.loads(options.config) if isinstance(options.config, str) else options.config
    found = AuthConfig.load_config(None, config_dict=config).resolve_authconfig(registry)
    return dict(found) if found else None


def _credentials(given: Credentials, registry: str) -> dict[str, Any]:
    fields = {
        "username": given.username,
        "password": given.password,
        "auth": given.auth,
        "identitytoken": given.identity_token,
        "registrytoken": given.registry_token,
        "serveraddress": given.registry or registry,
    }
    return {name: value for name, value in fields.items() if value}


def _reason(name: str, registry: str, said: str) -> str:
    lowered = said.lower()
    if any(word in lowered for word in _UNREACHABLE):
        return (
            f"The image `{name}` is not on the engine, and its registry `{registry}` cannot be reached: {said}. "
            "Check the network of the engine, load the image there (`docker load`), or use `--runner process`."
        )
    return (
        f"The image `{name}` cannot be pulled from the registry `{registry}`: {said}. Check its name and tag; if it is "
        "private, log in (`docker login`) or set `credentials` on the task runner."
    )
