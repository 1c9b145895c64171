"""Properties that script tasks have besides their code: namespace files, and the task runner in its older forms."""

from enum import StrEnum

from celeriac.core.dynamic import Dynamic
from celeriac.core.flow import Model
from celeriac.core.runner import RunnerType
from celeriac.plugins.runners.docker import Docker, DockerOptions
from celeriac.plugins.runners.process import Process


class IfExists(StrEnum):
    """What happens when two namespace files have the same place."""

    OVERWRITE = "OVERWRITE"
    FAIL = "FAIL"
    WARN = "WARN"
    IGNORE = "IGNORE"


class NamespaceFiles(Model):
    """Files of namespaces, copied into the working directory. namespaces: empty = that of the flow; later ones win."""

    enabled: Dynamic[bool] = True
    include: Dynamic[list[str]] = []
    exclude: Dynamic[list[str]] = []
    namespaces: Dynamic[list[str]] = []
    if_exists: Dynamic[IfExists] = IfExists.OVERWRITE
    folder_per_namespace: Dynamic[bool] = False


class RunnerKind(StrEnum):
    """The task runner as flows before 0.16 name it."""

    PROCESS = "PROCESS"
    DOCKER = "DOCKER"


def older_runner(kind: RunnerKind | None, docker: DockerOptions | None) -> RunnerType | None:
    """The task runner that the properties `runner` and `docker` mean; None = they name none."""
    if kind is RunnerKind.PROCESS:
        return Process()
    if docker is not None:
        given = {name: getattr(docker, name) for name in docker.model_fields_set}
        return Docker(**{name: value for name, value in given.items() if value is not None})
    return Docker() if kind is RunnerKind.DOCKER else None
