"""What every task run of this process shares: stores, storage, secrets, the variables of the server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from celeriac.services.masking import Maskers
from celeriac.storage.encryption import Encryption
from celeriac.storage.internal import Storage
from celeriac.storage.namespace_files import NamespaceFiles
from celeriac.storage.secrets import Secrets
from celeriac.store.execution_store import ExecutionStore
from celeriac.store.kv_store import KeyValueStore
from celeriac.store.output_store import OutputStore


@dataclass(frozen=True)
class Surroundings:
    """Made once by wiring.

    tmp: folder for working directories. now: the aware present. random: numbers in [0, 1).
    execution_view: an execution as the API shows it.
    """

    executions: ExecutionStore
    outputs: OutputStore
    kv: KeyValueStore
    storage: Storage
    namespace_files: NamespaceFiles
    secrets: Secrets
    encryption: Encryption
    maskers: Maskers
    tmp: Path
    now: Callable[[], datetime]
    random: Callable[[], float]
    execution_view: Callable[[str], Mapping[str, Any]]
    environ: Mapping[str, str] = field(default_factory=dict)
    shared_variables: Mapping[str, Any] = field(default_factory=dict)

    def now_us(self) -> int:
        """Microseconds since the epoch."""
        return int(self.now().timestamp() * 1_000_000)
