"""Flows that nobody would write."""

import json
import random
from typing import Any

P = "io.kestra.plugin.core"
RETRY = {"type": "constant", "interval": "PT0.001S", "maxAttempts": 3}


class RandomFlow:
    """Makes flows by chance, of every construct that `core.plan` knows."""

    def __init__(self, chance: random.Random, *, pauses: bool = False) -> None:
        self._chance = chance
        self._pauses = pauses
        self._number = 0

    def text(self) -> str:
        """A flow as JSON, which is YAML too."""
        lists: dict[str, Any] = {"tasks": self._tasks(3)}
        for name in ("errors", "finally", "afterExecution"):
            if self._chance.random() < 0.3:
                lists[name] = self._tasks(1)
        if self._chance.random() < 0.3:
            lists["outputs"] = [{"id": "o", "type": "STRING", "value": "x"}]
        return json.dumps({"id": "f", "namespace": "tests", **lists})

    def _tasks(self, depth: int) -> list[dict[str, Any]]:
        return [self._task(depth) for _ in range(self._chance.choice([1, 1, 2, 3, 5, 30 if depth == 3 else 4]))]

    def _task(self, depth: int) -> dict[str, Any]:
        self._number += 1
        task: dict[str, Any] = {"id": f"t{self._number}"}
        for name in ("allowFailure", "disabled"):
            if self._chance.random() < 0.1:
                task[name] = True
        if self._chance.random() < 0.15:
            task["retry"] = RETRY
        if depth and self._chance.random() < 0.4:
            return task | self._flowable(depth - 1)
        if self._pauses and self._chance.random() < 0.15:
            return task | self._pause()
        kind = self._chance.choice(["log.Log", "kv.Set", "kv.Set", "kv.Set", "flow.Sleep", "execution.Fail"])
        more: dict[str, dict[str, Any]] = {
            "log.Log": {"message": "x"},
            "kv.Set": {"key": "k", "value": "v"},
            "flow.Sleep": {"duration": "PT0.001S"},
            "execution.Fail": {"condition": "{{ taskrun.attemptsCount < 2 }}"},
        }
        return task | {"type": f"{P}.{kind}"} | more[kind]

    def _pause(self) -> dict[str, Any]:
        behavior = self._chance.choice(["RESUME", "RESUME", "WARN", "FAIL", "CANCEL"])
        pause = {"type": f"{P}.flow.Pause", "pauseDuration": "PT0.001S", "behavior": behavior}
        self._number += 1
        aside = {"id": f"t{self._number}", "type": f"{P}.kv.Set", "key": "k", "value": "v"}
        return pause | self._chance.choice([{}, {"onPause": aside}, {"finally": [aside]}, {"errors": [aside]}])

    def _flowable(self, depth: int) -> dict[str, Any]:
        lists: dict[str, Any] = {}
        for name in ("errors", "finally"):
            if self._chance.random() < 0.3:
                lists[name] = self._tasks(0)
        kind = self._chance.choice(["Sequential", "Parallel", "ForEach", "If", "AllowFailure"])
        if kind == "If":
            return {"type": f"{P}.flow.If", "condition": "true", "then": self._tasks(depth), **lists}
        more: dict[str, Any] = {}
        if kind == "Parallel":
            more = {"concurrent": self._chance.choice([0, 0, 1, 2])}
        elif kind == "ForEach":
            more = {
                "values": [*range(self._chance.choice([0, 1, 3, 7]))],
                "concurrencyLimit": self._chance.choice([0, 1, 2]),
            }
        return {"type": f"{P}.flow.{kind}", "tasks": self._tasks(depth), **more, **lists}
