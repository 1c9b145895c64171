"""What `outputs` and `tasks` mean in an expression: task runs found by task id and loop values, one at a time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from celeriac.core.flow_index import FlowIndex
from celeriac.core.frames import FLOW_SEQ, TaskRun, hash_values
from celeriac.storage.internal import Storage
from celeriac.store.output_store import OutputStore

Show = Callable[[TaskRun], Any]


class Lookup:
    """Task runs of one execution: those of the present visit first, then the stored ones."""

    def __init__(
        self,
        store: OutputStore,
        storage: Storage,
        execution_id: str,
        index: FlowIndex,
        newest: Mapping[tuple[str, str], TaskRun] | None = None,
        loaded: Mapping[int, TaskRun] | None = None,
    ) -> None:
        self._store = store
        self._storage = storage
        self._newest = {} if newest is None else newest
        self._loaded = {} if loaded is None else loaded
        self.execution_id = execution_id
        self.index = index

    def find(self, task_id: str, chain: tuple[str, ...]) -> TaskRun | None:
        """The newest task run of a task in the iteration with these values."""
        return self._newest.get((task_id, hash_values(chain))) or self._store.run_of(self.execution_id, task_id, chain)

    def task_ids(self) -> list[str]:
        """Ids of all tasks that have runs."""
        ids = dict.fromkeys(self._store.task_ids(self.execution_id))
        return list(ids | dict.fromkeys(task_id for task_id, _ in self._newest))

    def chains(self, task_id: str) -> list[tuple[str, ...]]:
        """The loop values of every run of a task, oldest first."""
        stored = {run.seq: run for run in self._store.runs_of(self.execution_id, task_id)}
        runs = stored | {run.seq: run for run in self._loaded.values() if run.task_id == task_id}
        return [self.chain_of(run) for _, run in sorted(runs.items())]

    def chain_of(self, run: TaskRun) -> tuple[str, ...]:
        """The values of the iterations around a task run, its own included, outermost first."""
        own = () if run.value is None else (run.value,)
        parent = self.parent_of(run)
        return (*self.chain_of(parent), *own) if parent else own

    def parent_of(self, run: TaskRun) -> TaskRun | None:
        """The task run of the flowable around it; None directly in the flow."""
        if run.parent_seq == FLOW_SEQ:
            return None
        return self._loaded.get(run.parent_seq) or self._store.run(self.execution_id, run.parent_seq)

    def ancestors(self, run: TaskRun) -> list[TaskRun]:
        """The flowables around a task run, nearest first."""
        found = []
        parent = self.parent_of(run)
        while parent is not None:
            found.append(parent)
            parent = self.parent_of(parent)
        return found

    def outputs(self, run: TaskRun) -> dict[str, Any]:
        """The outputs of a task run, wherever they are kept."""
        if run.outputs_uri is None:
            return run.outputs or {}
        with self._storage.open(run.outputs_uri) as file:
            loaded: dict[str, Any] = orjson.loads(file.read())
            return loaded


class RunsByTask(Mapping[str, Any]):
    """{task id: shown run}; below loops {task id: {value: … shown run}}."""

    def __init__(self, lookup: Lookup, show: Show) -> None:
        self._lookup = lookup
        self._show = show

    def __getitem__(self, task_id: str) -> Any:
        place = self._lookup.index.places.get(task_id)
        if place is None:
            raise KeyError(task_id)
        if place.loops:
            return RunsByValue(self._lookup, self._show, task_id, ())
        run = self._lookup.find(task_id, ())
        if run is None:
            raise KeyError(task_id)
        return self._show(run)

    def __iter__(self) -> Iterator[str]:
        return iter(self._lookup.task_ids())

    def __len__(self) -> int:
        return len(self._lookup.task_ids())


class RunsByValue(Mapping[str, Any]):
    """{loop value: shown run}, nested once per enclosing loop."""

    def __init__(self, lookup: Lookup, show: Show, task_id: str, chain: tuple[str, ...]) -> None:
        self._lookup = lookup
        self._show = show
        self._task_id = task_id
        self._chain = chain

    def __getitem__(self, value: Any) -> Any:
        chain = (*self._chain, str(value))
        if len(chain) < self._lookup.index.places[self._task_id].loops:
            return RunsByValue(self._lookup, self._show, self._task_id, chain)
        run = self._lookup.find(self._task_id, chain)
        if run is None:
            raise KeyError(value)
        return self._show(run)

    def __iter__(self) -> Iterator[str]:
        depth = len(self._chain)
        chains = self._lookup.chains(self._task_id)
        return iter(
            dict.fromkeys(chain[depth] for chain in chains if chain[:depth] == self._chain and len(chain) > depth)
        )

    def __len__(self) -> int:
        return len(list(iter(self)))
