"""From the properties of the Docker task runner to what the engine is asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

import docker
from docker.errors import DockerException
from docker.types import DeviceRequest
from docker.utils import parse_bytes
from docker.utils.ports import build_port_bindings

from celeriac.core.errors import RunnerFailed
from celeriac.core.runner import Command
from celeriac.plugins.runners.docker import Docker, FileHandling
from celeriac_workers.runners.docker_files import TOOLS
from celeriac_workers.runners.docker_images import Image
from celeriac_workers.runners.settings import RunnerSettings

LABEL = "celeriac"
KEEP = "celeriac.keep"
"""`running`: the flow does not wait for the container; `ended`: it is not to be removed when it has ended."""
PACKAGES = str(TOOLS / "packages")
_PIDS = 4096


def create_container(
    client: docker.APIClient,
    command: Command,
    image: Image,
    options: Docker,
    settings: RunnerSettings,
    *,
    volume: str | None,
    entry_point: Sequence[str],
) -> str:
    """Creates the container of a command and returns its id. volume: where its Python packages are.

    Raises: RunnerFailed.
    """
    ports = _ports(options)
    container = client.create_container(
        image.name,
        list(command.argv),
        working_dir=str(command.directory),
        environment=container_environ(command.env, image, packages=volume is not None),
        labels={**command.labels, LABEL: settings.instance, **_kept(options)},
        user=options.user or None,
        entrypoint=list(entry_point),
        ports=[tuple(str(port).split("/")) if "/" in str(port) else port for port in ports],
        host_config=_host_config(client, command, options, settings, volume, ports),
    )
    return str(container["Id"])


def container_environ(extra: Mapping[str, str], image: Image, *, packages: bool) -> dict[str, str]:
    """Variables of the container; Celeriac's own modules and commands come last, behind those of the image."""
    env = {"PYTHONUNBUFFERED": "1"} | dict(extra)
    path = env.get("PATH") or image.env.get("PATH") or "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    modules = (
        env.get("PYTHONPATH") or image.env.get("PYTHONPATH"),
        PACKAGES if packages else "",
        str(TOOLS / "scripts"),
    )
    return env | {"PATH": f"{path}:{TOOLS / 'bin'}", "PYTHONPATH": ":".join(filter(None, modules))}


def _kept(options: Docker) -> dict[str, str]:
    if not options.wait:
        return {KEEP: "running"}
    return {} if options.delete else {KEEP: "ended"}


def _host_config(
    client: docker.APIClient,
    command: Command,
    options: Docker,
    settings: RunnerSettings,
    volume: str | None,
    ports: Mapping[int | str, Any],
) -> dict[str, Any]:
    if options.privileged and not settings.allow_privileged:
        raise RunnerFailed("`privileged: true` is not allowed here: whoever runs this installation has to enable it")
    limits = {
        "nano_cpus": int(options.cpu.cpus * 1e9) if options.cpu and options.cpu.cpus else None,
        "shm_size": _bytes("shmSize", options.shm_size),
        **_memory(options),
    }
    return client.create_host_config(
        binds=_binds(command, options, settings, volume),
        extra_hosts=list(options.extra_hosts) or None,
        network_mode=options.network_mode or None,
        port_bindings=dict(ports) or None,
        device_requests=[_device(request) for request in options.device_requests] or None,
        privileged=options.privileged,
        security_opt=None if options.privileged else ["no-new-privileges"],
        pids_limit=_PIDS,
        **{name: value for name, value in limits.items() if value is not None},
    )


def _binds(command: Command, options: Docker, settings: RunnerSettings, volume: str | None) -> list[str] | None:
    if options.volumes and not settings.allow_volumes:
        raise RunnerFailed("`volumes` are not allowed here: whoever runs this installation has to enable them")
    binds = list(options.volumes)
    if options.file_handling_strategy == FileHandling.MOUNT:
        binds.append(f"{command.directory}:{command.directory}:rw")
    if volume:
        binds.append(f"{volume}:{PACKAGES}:ro")
    return binds or None


def _memory(options: Docker) -> dict[str, Any]:
    memory = options.memory
    if memory is None:
        return {}
    return {
        "mem_limit": _bytes("memory", memory.memory),
        "memswap_limit": _bytes("memorySwap", memory.memory_swap),
        "mem_swappiness": memory.memory_swappiness,
        "mem_reservation": _bytes("memoryReservation", memory.memory_reservation),
        "kernel_memory": _bytes("kernelMemory", memory.kernel_memory),
        "oom_kill_disable": memory.oom_kill_disable,
    }


def _bytes(name: str, text: str | None) -> int | None:
    if not text:
        return None
    try:
        return int(parse_bytes(text.replace(" ", "").removesuffix("iB").removesuffix("ib")))
    except (DockerException, ValueError) as error:
        raise RunnerFailed(f"`{name}: {text}` is no amount of memory such as 512MB or 2GB") from error


def _ports(options: Docker) -> dict[int | str, Any]:
    try:
        return dict(build_port_bindings(list(options.port_bindings)))
    except ValueError as error:
        raise RunnerFailed(f"`portBindings`: {error}; write them as `8080:80`") from error


def _device(request: Any) -> DeviceRequest:
    return DeviceRequest(
        driver=request.driver or "",
        count=request.count or 0,
        device_ids=list(request.device_ids),
        capabilities=[item if isinstance(item, list) else [item] for item in request.capabilities],
        options=dict(request.options),
    )
