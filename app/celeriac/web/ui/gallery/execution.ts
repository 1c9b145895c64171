/* Executions with everything a timeline can show. */
import type { ExecutionDocument, TaskRunDocument } from "../src/elements/execution-timeline/documents";

const START = Date.now() - 62_000;

export function execution(id: string): ExecutionDocument & { taskRunList: TaskRunDocument[] } {
  const rounds = Number(/loop-(\d+)/.exec(id)?.[1] ?? 40);
  const taskRunList = runs(rounds);
  return { id, namespace: "company.sales", flowId: "sales_pipeline", state: { current: "RUNNING", startDate: iso(0), histories: [] }, taskRunList };
}

function runs(rounds: number): TaskRunDocument[] {
  const made: TaskRunDocument[] = [
    run("extract", 0, 900, 8200, "SUCCESS"),
    run("clean", 8300, 8500, 17_000, "WARNING"),
    run("skipped_step", 17_000, 17_000, 17_003, "SKIPPED"),
    run("aggregate", 17_100, 17_100, 29_000, "SUCCESS"),
    run("by_region", 17_150, 18_000, 24_100, "SUCCESS", "aggregate"),
    run("by_product", 17_150, 19_400, 29_000, "SUCCESS", "aggregate"),
    retried("publish", 29_100),
    run("per_country", 44_000, 44_000, undefined, "RUNNING"),
  ];
  for (let index = 0; index < rounds; index += 1) {
    const at = 44_000 + Math.floor((index / rounds) * 16_000);
    const state = index % 17 === 5 ? "FAILED" : index > rounds * 0.9 ? "RUNNING" : "SUCCESS";
    made.push({ ...run("load", at, at + 150, state === "RUNNING" ? undefined : at + 900 + (index % 5) * 300, state, "per_country"), id: `load-${index}`, value: `country-${index}` });
    if (state === "SUCCESS") made.push({ ...run("check", at + 1000, at + 1100, at + 1900, state, "per_country"), id: `check-${index}`, value: `country-${index}` });
  }
  made.push(run("approve", 45_000, 45_000, undefined, "PAUSED"), run("report", 46_000, 0, undefined, "CREATED"), run("old", 30_000, 30_500, 41_000, "KILLED"));
  return made;
}

function run(taskId: string, created: number, started: number, ended: number | undefined, state: string, parent?: string): TaskRunDocument {
  const end = ended === undefined ? {} : { endDate: iso(ended) };
  const attempts = state === "CREATED" ? [] : [{ state: { current: state, startDate: iso(started), histories: [], ...end } }];
  return { id: taskId, taskId, parentTaskRunId: parent ?? null, state: { current: state, startDate: iso(created), histories: [{ state: "CREATED", date: iso(created) }], ...end }, attempts };
}

function retried(taskId: string, at: number): TaskRunDocument {
  const one = run(taskId, at, at + 300, at + 14_000, "FAILED");
  const attempts = [0, 1, 2].map((index) => ({
    state: { current: "FAILED", startDate: iso(at + 300 + index * 5000), endDate: iso(at + 2300 + index * 5000 + index * 700), histories: [] },
  }));
  return { ...one, attempts };
}

function iso(offset: number): string {
  return new Date(START + offset).toISOString();
}
