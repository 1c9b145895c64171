"""What every task runner is constructed with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RunnerSettings:
    """What a runner may know of the worker it belongs to.

    cache: folder for cached environments. environ: the worker's environment, as it is; runners pass on no secrets.
    instance: value of the label `celeriac` on everything that this installation starts. allow_volumes,
    allow_privileged: whether flows may mount folders of the engine's machine, or run privileged containers.
    """

    cache: Path
    environ: Mapping[str, str]
    instance: str = "celeriac"
    allow_volumes: bool = False
    allow_privileged: bool = False
