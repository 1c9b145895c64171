"""A history to look at: flows, and executions of the last days, made by a real engine and moved into the past."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from celeriac.core.execution import new_execution_id
from celeriac.store.tables import METADATA
from hand_engine import HandEngine

EXAMPLES = Path(__file__).parents[2] / "flows"
HOUR_US = 3_600_000_000

HELLO = """\
id: hello_you
namespace: tutorial
description: Says hello. The first flow to run.
labels: {team: platform}
inputs:
  - {id: name, type: STRING, defaults: World, description: Whom to greet}
tasks:
  - id: greet
    type: io.kestra.plugin.core.log.Log
    message: "Hello {{ inputs.name }}!"
  - id: count
    type: io.kestra.plugin.core.output.OutputValues
    values: {letters: "{{ inputs.name | length }}"}
outputs:
  - {id: letters, type: INT, value: "{{ outputs.count.values.letters }}"}
"""
NIGHTLY = """\
id: nightly_load
namespace: company.sales
description: Loads the orders of the day, checks them, and builds the tables of the morning report.
labels: {team: sales, tier: gold}
inputs:
  - {id: rows, type: INT, defaults: 40, min: 0, max: 100000}
tasks:
  - id: extract
    type: io.kestra.plugin.scripts.python.Script
    taskRunner: {type: io.kestra.plugin.core.runner.Process}
    outputFiles: [orders.csv]
    script: |
      import csv, logging
      from kestra import Kestra

      log = Kestra.logger()
      log.info("asking the shop for %d orders", {{ inputs.rows }})
      with open("orders.csv", "w", newline="") as target:
          table = csv.writer(target)
          table.writerow(["order_id", "region", "product", "quantity", "price"])
          for i in range({{ inputs.rows }}):
              table.writerow([1000 + i, ["north", "south", "east"][i % 3], f"product {i % 7}", i % 5 + 1, 9.99 + i])
      Kestra.outputs({"rows": {{ inputs.rows }}})
      Kestra.counter("orders", {{ inputs.rows }}, {"source": "shop"})
  - id: checks
    type: io.kestra.plugin.core.flow.Parallel
    tasks:
      - id: not_empty
        type: io.kestra.plugin.core.execution.Fail
        condition: "{{ outputs.extract.vars.rows == 0 }}"
        errorMessage: "The shop sent no orders: its export of {{ execution.startDate | date('yyyy-MM-dd') }} is empty"
      - {id: schema, type: io.kestra.plugin.core.log.Log, message: "five columns, as they should be"}
  - id: regions
    type: io.kestra.plugin.core.flow.ForEach
    values: [north, south, east]
    concurrencyLimit: 0
    tasks:
      - id: sum_up
        type: io.kestra.plugin.scripts.shell.Commands
        taskRunner: {type: io.kestra.plugin.core.runner.Process}
        inputFiles: {orders.csv: "{{ outputs.extract.outputFiles['orders.csv'] }}"}
        commands:
          - "echo \\"$(grep -c {{ taskrun.value }} orders.csv) orders from the {{ taskrun.value }}\\""
  - id: report
    type: io.kestra.plugin.core.output.OutputValues
    values: {orders: "{{ outputs.extract.vars.rows }}", file: "{{ outputs.extract.outputFiles['orders.csv'] }}"}
errors:
  - {id: tell, type: io.kestra.plugin.core.log.Log, level: WARN, message: "the load has failed, the team is told"}
triggers:
  - {id: nightly, type: io.kestra.plugin.core.trigger.Schedule, cron: "30 2 * * *", timezone: Europe/Paris}
"""
HOURLY = """\
id: sync_stock
namespace: company.sales
description: Copies the stock of the warehouse each hour.
labels: {team: sales}
tasks:
  - {id: read, type: io.kestra.plugin.core.log.Log, message: "read 1,204 articles"}
  - {id: rest, type: io.kestra.plugin.core.flow.Sleep, duration: PT0.02S}
  - {id: write, type: io.kestra.plugin.core.log.Log, message: "wrote 1,204 articles"}
triggers:
  - {id: hourly, type: io.kestra.plugin.core.trigger.Schedule, cron: "5 * * * *", timezone: UTC}
  - {id: pushed, type: io.kestra.plugin.core.trigger.Webhook, key: stock-7c1f3e}
"""
BREAK_ME = """\
id: break_me
namespace: tutorial
description: Fails on purpose. Set `rows` to a number above 0 in the source, save, and restart it from what failed.
variables: {rows: 0}
tasks:
  - {id: load, type: io.kestra.plugin.core.log.Log, message: "loading {{ vars.rows }} rows"}
  - id: check
    type: io.kestra.plugin.core.execution.Fail
    condition: "{{ vars.rows == 0 }}"
    errorMessage: There are no rows to load
  - {id: done, type: io.kestra.plugin.core.log.Log, message: all is well}
"""
SLOW = """\
id: train_model
namespace: company.science
description: Trains for an hour; here to be looked at while it runs, and to be killed.
labels: {team: science}
tasks:
  - {id: prepare, type: io.kestra.plugin.core.log.Log, message: "splitting 80/20"}
  - id: train
    type: io.kestra.plugin.scripts.shell.Commands
    taskRunner: {type: io.kestra.plugin.core.runner.Process}
    commands: ["echo epoch 1, loss 0.91", "sleep 3600"]
  - {id: publish, type: io.kestra.plugin.core.log.Log, message: published}
"""
EVERY = (HELLO, NIGHTLY, HOURLY, BREAK_ME, SLOW)


@dataclass(frozen=True)
class Samples:
    """Executions to look at: one that ended well with a file, one that failed."""

    good: str
    failed: str
    file: str


def fill(engine: HandEngine) -> Samples:
    """Registers flows and makes about sixty executions of the last three days."""
    chance = random.Random(7)
    engine.register(*EVERY)
    engine.register(*(path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.rglob("*.yaml"))))
    _revise(engine)
    for hours in range(30, 0, -1):
        _past(
            engine,
            "company.sales",
            "sync_stock",
            hours + chance.random() / 60,
            60 + chance.random() * 90,
            trigger=_by("hourly"),
        )
    good = failed = ""
    for night in range(13, -1, -1):
        rows = 0 if night in (0, 5) else 12 + night * 9
        name = _past(
            engine,
            "company.sales",
            "nightly_load",
            night * 6 + 2,
            40 + chance.random() * 60,
            {"rows": rows},
            _by("nightly"),
        )
        good, failed = (good, name) if rows == 0 else (name, failed)
    for hours in (20, 9, 4):
        _past(engine, "tutorial", "hello_you", hours, 30, {"name": "Ada"})
    for hours in (8, 3):
        _past(engine, "tutorial", "break_me", hours, 50)
    _past(engine, "company.routing", "every_input", 5, 25)
    (report,) = [run for run in engine.app.views.execution(good)["taskRunList"] if run["taskId"] == "report"]
    return Samples(good, failed, report["outputs"]["values"]["file"])


def _by(trigger_id: str) -> dict[str, Any]:
    return {"id": trigger_id, "type": "io.kestra.plugin.core.trigger.Schedule", "variables": {}}


def _revise(engine: HandEngine) -> None:
    for text in ("Says hello.", "Says hello, politely."):
        engine.register(HELLO.replace("Says hello. The first flow to run.", text))
    engine.register(HELLO)


def _past(
    engine: HandEngine,
    namespace: str,
    flow_id: str,
    hours: float,
    stretch: float,
    inputs: Mapping[str, Any] | None = None,
    trigger: dict[str, Any] | None = None,
) -> str:
    """Runs a flow now, then says that it ran `hours` ago and took `stretch` times as long; its new id."""
    old = engine.app.executions.start(namespace, flow_id, inputs or {}, trigger=trigger)
    engine.wait(old)
    begun_us = engine.execution(old).created_us
    to_us = begun_us - round(hours * HOUR_US)
    new = new_execution_id(to_us // 1000, random.getrandbits(80))
    with engine.app.database.write() as connection:
        for table in METADATA.sorted_tables:
            key = "id" if table.name == "execution" else "execution_id"
            if key not in table.c or table.name in ("trigger", "started"):
                continue
            for row in connection.execute(sa.select(table).where(table.c[key] == old)).mappings().all():
                later = {name: _moved(name, value, begun_us, to_us, stretch) for name, value in row.items()}
                moved = {name: _renamed(value, old, new) for name, value in later.items()}
                where = [column == row[column.name] for column in table.primary_key]
                connection.execute(table.update().where(*where).values(moved))
    for folder in engine.home.rglob(f"executions/{old}"):
        folder.rename(folder.with_name(new))
    return new


def _renamed(value: Any, old: str, new: str) -> Any:
    """The value with another execution id in its texts."""
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, dict):
        return {key: _renamed(inner, old, new) for key, inner in value.items()}
    return [_renamed(inner, old, new) for inner in value] if isinstance(value, list) else value


def _moved(name: str, value: Any, begun_us: int, to_us: int, stretch: float) -> Any:
    if name == "histories":
        return [[state, _moved("at_us", at_us, begun_us, to_us, stretch)] for state, at_us in value]
    if name.endswith("_us") and value is not None:
        return to_us + round((value - begun_us) * stretch)
    return value
