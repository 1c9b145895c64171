"""Task runs as the API returns them, with as much of their outputs as can be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from celeriac.core.execution import Execution
from celeriac.core.frames import TaskRun
from celeriac.services.documents import Document, task_run_document
from celeriac.storage.internal import Storage
from celeriac.storage.masking import Masker
from celeriac.store.view_store import PastAttempt, ViewStore


@dataclass(slots=True)
class Allowance:
    """How many bytes of outputs may be shown: of each task run, and of those together that one answer tells of."""

    each: int
    together: int

    def takes(self, size: int) -> bool:
        """True when so many fit, which are then used up."""
        if size > self.each or size > self.together:
            return False
        self.together -= size
        return True


class RunViews:
    """Makes the documents of task runs."""

    def __init__(self, store: ViewStore, storage: Storage) -> None:
        self._store = store
        self._storage = storage

    def documents(
        self, execution: Execution, runs: Sequence[TaskRun], masker: Masker, allowance: Allowance | None = None
    ) -> list[Document]:
        """Task runs with their outputs; those over the allowance are None, with `outputsOmitted`."""
        past = self._past(execution, runs)
        return [
            task_run_document(execution, run, past.get(run.seq, ())) | self._outputs(run, masker, allowance)
            for run in runs
        ]

    def bare_documents(self, execution: Execution, runs: Sequence[TaskRun]) -> list[Document]:
        """Task runs without their outputs."""
        past = self._past(execution, runs)
        return [task_run_document(execution, run, past.get(run.seq, ())) for run in runs]

    def _past(self, execution: Execution, runs: Sequence[TaskRun]) -> Mapping[int, Sequence[PastAttempt]]:
        """{number of a task run: its superseded attempts}."""
        found: dict[int, list[PastAttempt]] = {}
        for one in self._store.attempts(execution.id) if any(run.attempt > 1 for run in runs) else ():
            found.setdefault(one.seq, []).append(one)
        return found

    def _outputs(self, run: TaskRun, masker: Masker, allowance: "Allowance | None") -> Document:
        if allowance is not None and not allowance.takes(self._size(run)):
            return {"outputs": None, "outputsOmitted": True}
        outputs = run.outputs
        if run.outputs_uri is not None:
            with self._storage.open(run.outputs_uri) as file:
                outputs = orjson.loads(file.read())
        return {"outputs": masker.mask_data(outputs or {})}

    def _size(self, run: TaskRun) -> int:
        if run.outputs_uri is not None:
            return self._storage.size(run.outputs_uri)
        return len(orjson.dumps(run.outputs, option=orjson.OPT_NON_STR_KEYS, default=str)) if run.outputs else 0
