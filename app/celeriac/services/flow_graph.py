"""A flow as nodes and edges, for a drawing of it: Kestra's shape, with ids that stay the same from save to save.

root.start → first task → … → root.end; a flowable is a cluster of its own start, itself, its children and its end;
its lists hang on it by relation: SEQUENTIAL, PARALLEL, DYNAMIC (once per value), CHOICE (with the name of the
branch), ERROR, FINALLY. Triggers lead to the start.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from celeriac.core.flow import Flow, Flowable, Task
from celeriac.core.flow_index import is_loop
from celeriac.core.trigger_type import TriggerType

Document = dict[str, Any]
_KIND = "io.kestra.core.models.hierarchies."
_BRANCHES = {"errors": "ERROR", "finally": "FINALLY", "afterExecution": "AFTER_EXECUTION"}


def flow_graph(flow: Flow) -> Document:
    """{nodes, edges, clusters, flowables}."""
    return _Graph().of(flow)


class _Graph:
    def __init__(self) -> None:
        self._nodes: list[Document] = []
        self._edges: list[Document] = []
        self._clusters: list[Document] = []
        self._flowables: list[str] = []
        self._open: list[Document] = []

    def of(self, flow: Flow) -> Document:
        start = self._node("root.start", "GraphClusterRoot")
        end = self._node("root.end", "GraphClusterEnd")
        lists = flow.child_lists()
        last = self._chain(start, lists["tasks"], "SEQUENTIAL")
        for name in ("errors", "finally"):
            self._branch(start if name == "errors" else last, lists[name], name, end)
        self._edge(last, end, "SEQUENTIAL")
        self._branch(end, lists["afterExecution"], "afterExecution", None)
        self._triggers(flow.triggers, start)
        return {
            "nodes": self._nodes,
            "edges": self._edges,
            "clusters": self._clusters,
            "flowables": self._flowables,
        }

    def _triggers(self, triggers: Sequence[TriggerType], start: str) -> None:
        if not triggers:
            return
        with_start = self._open_cluster("root.Triggers", None)
        for one in triggers:
            shown = {"id": one.id, "type": one.type, "description": one.description, "disabled": one.disabled}
            uid = self._node(f"root.Triggers.{one.id}", "GraphTrigger", trigger=shown)
            self._edge(uid, start, "SEQUENTIAL")
        with_start["start"] = with_start["end"] = start
        self._open.pop()

    def _task(self, task: Task) -> tuple[str, str]:
        """(where edges to the task lead, where edges from it begin)."""
        if not isinstance(task, Flowable):
            uid = self._node(f"root.{task.id}", "GraphTask", task=_shown(task))
            return uid, uid
        self._flowables.append(f"root.{task.id}")
        cluster = self._open_cluster(f"root.{task.id}", _shown(task))
        start = self._node(f"root.{task.id}.start", "GraphClusterRoot")
        own = self._node(f"root.{task.id}", "GraphTask", task=_shown(task))
        end = self._node(f"root.{task.id}.end", "GraphClusterEnd")
        cluster["start"], cluster["end"] = start, end
        self._edge(start, own, "SEQUENTIAL")
        for name, tasks, relation in _lists(task):
            if name in _BRANCHES:
                self._branch(own, tasks, name, end)
            elif relation == "PARALLEL":
                for child in tasks:
                    self._edge(self._chain(own, [child], relation), end, "SEQUENTIAL")
            elif tasks:
                self._edge(self._chain(own, tasks, relation, name), end, "SEQUENTIAL")
        if not any(edge["target"] == end for edge in self._edges):
            self._edge(own, end, "SEQUENTIAL")
        self._open.pop()
        return start, end

    def _chain(self, start: str, tasks: Sequence[Task], relation: str, branch: str | None = None) -> str:
        """Tasks one after the other; the first hangs on `start` by the relation. Where the last ends."""
        at, value = start, branch.removeprefix("cases.") if branch is not None and relation == "CHOICE" else None
        for task in tasks:
            first, last = self._task(task)
            self._edge(at, first, relation, value)
            at, relation, value = last, "SEQUENTIAL", None
        return at

    def _branch(self, start: str, tasks: Sequence[Task], name: str, end: str | None) -> None:
        """What runs beside: on errors, at last, afterwards."""
        if not tasks:
            return
        before = len(self._nodes)
        last = self._chain(start, tasks, _BRANCHES[name])
        for node in self._nodes[before:]:
            node.setdefault("branchType", _BRANCHES[name])
        if end is not None:
            self._edge(last, end, "SEQUENTIAL")

    def _open_cluster(self, uid: str, task: Document | None) -> Document:
        shown: Document = {"uid": f"cluster_{uid}", "type": f"{_KIND}GraphCluster"}
        if task is not None:
            shown["task"] = task
        cluster: Document = {"cluster": shown, "nodes": [], "parents": [one["cluster"]["uid"] for one in self._open]}
        self._clusters.append(cluster)
        self._open.append(cluster)
        return cluster

    def _node(self, uid: str, kind: str, **shown: Mapping[str, Any]) -> str:
        self._nodes.append({"uid": uid, "type": _KIND + kind, **shown})
        for cluster in self._open:
            cluster["nodes"].append(uid)
        return uid

    def _edge(self, source: str, target: str, relation: str, value: str | None = None) -> None:
        shown = {"relationType": relation} | ({"value": value} if value is not None else {})
        self._edges.append({"source": source, "target": target, "relation": shown})


def _lists(task: Flowable) -> Iterator[tuple[str, Sequence[Task], str]]:
    """(list name, tasks, how they hang on the flowable)."""
    for name, tasks in task.child_lists().items():
        if name != "tasks":
            yield name, tasks, "CHOICE"
        elif is_loop(task):
            yield name, tasks, "DYNAMIC"
        else:
            yield name, tasks, "PARALLEL" if getattr(task, "concurrent", None) is not None else "SEQUENTIAL"


def _shown(task: Task) -> Document:
    return {"id": task.id, "type": task.type, "description": task.description, "disabled": task.disabled}
