"""Properties of the Docker task runner."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from celeriac.core.dates import Duration
from celeriac.core.dynamic import Dynamic
from celeriac.core.runner import RunnerType


class _Part(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True
    )


class PullPolicy(StrEnum):
    """When an image is pulled."""

    IF_NOT_PRESENT = "IF_NOT_PRESENT"
    ALWAYS = "ALWAYS"
    NEVER = "NEVER"


class FileHandling(StrEnum):
    """How files reach the container: copied in and out, or mounted (only when the engine runs on this machine)."""

    VOLUME = "VOLUME"
    MOUNT = "MOUNT"


class Credentials(_Part):
    """How to log in to the registry of the image. `auth` is base64 of `user:password`."""

    registry: Dynamic[str] | None = None
    username: Dynamic[str] | None = None
    password: Dynamic[str] | None = None
    registry_token: Dynamic[str] | None = None
    identity_token: Dynamic[str] | None = None
    auth: Dynamic[str] | None = None


class Cpu(_Part):
    """Processors; `cpus: 1.5` is one and a half."""

    cpus: Annotated[Dynamic[float] | None, Field(validation_alias=AliasChoices("cpus", "count"))] = None


class Memory(_Part):
    """Limits such as `512MB`."""

    memory: Dynamic[str] | None = None
    memory_swap: Dynamic[str] | None = None
    memory_swappiness: Dynamic[int] | None = None
    memory_reservation: Dynamic[str] | None = None
    kernel_memory: Dynamic[str] | None = None
    oom_kill_disable: Dynamic[bool] | None = None


class DeviceRequest(_Part):
    """Devices such as graphics cards: `{driver: nvidia, count: 1, capabilities: [[gpu]]}`."""

    driver: Dynamic[str] | None = None
    count: Dynamic[int] | None = None
    device_ids: Dynamic[list[str]] = []
    capabilities: Dynamic[list[Any]] = []
    options: Dynamic[dict[str, str]] = {}


class DockerOptions(_Part):
    """What the task runner and the older `docker` property of a task share."""

    host: Dynamic[str] | None = None
    config: Dynamic[Any] | None = None
    credentials: Credentials | None = None
    image: Dynamic[str] | None = None
    user: Dynamic[str] | None = None
    entry_point: Dynamic[list[str]] = []
    extra_hosts: Dynamic[list[str]] = []
    network_mode: Dynamic[str] | None = None
    port_bindings: Dynamic[list[str]] = []
    volumes: Dynamic[list[str]] = []
    pull_policy: Dynamic[PullPolicy] = PullPolicy.IF_NOT_PRESENT
    device_requests: Dynamic[list[DeviceRequest]] = []
    cpu: Cpu | None = None
    memory: Memory | None = None
    shm_size: Dynamic[str] | None = None
    privileged: Dynamic[bool] = False


class Docker(DockerOptions, RunnerType):
    """Runs the script in a container, which is removed afterwards.

    Example:
        id: docker_runner
        namespace: company.team
        tasks:
          - id: hello
            type: io.kestra.plugin.scripts.shell.Commands
            containerImage: ubuntu
            taskRunner:
              type: io.kestra.plugin.scripts.runner.docker.Docker
              memory:
                memory: 512MB
            commands:
              - echo "Hello from a container"
    """

    type_name: ClassVar[str] = "io.kestra.plugin.scripts.runner.docker.Docker"
    aliases: ClassVar[tuple[str, ...]] = ("io.kestra.plugin.scripts.runner.docker.DockerTaskRunner",)
    name: ClassVar[str] = "docker"

    type: str = "io.kestra.plugin.scripts.runner.docker.Docker"
    file_handling_strategy: Dynamic[FileHandling] = FileHandling.VOLUME
    delete: Dynamic[bool] = True
    wait: Dynamic[bool] = True
    kill_grace_period: Dynamic[Duration] | None = None
    resume: Dynamic[bool] = True
