/* States of tasks, from their task runs. Knows no DOM. */
import type { TaskRunDocument } from "../execution-timeline/documents";
import { isEnded, worst } from "../execution-timeline/runs";

export interface TaskState {
  state: string;
  runs: number;
  ended: number;
}

export type TaskStates = Map<string, TaskState>;

export function statesOf(runs: Iterable<TaskRunDocument>): TaskStates {
  const found: TaskStates = new Map();
  for (const run of runs) {
    const state = run.state.current;
    const one = found.get(run.taskId) ?? { state, runs: 0, ended: 0 };
    one.state = worst([one.state, state]);
    one.runs += 1;
    if (isEnded(state)) one.ended += 1;
    found.set(run.taskId, one);
  }
  return found;
}

/** The state of a box that stands for several tasks; undefined before any has started. */
export function stateOf(tasks: readonly string[], states: TaskStates): TaskState | undefined {
  const known = tasks.map((task) => states.get(task)).filter((one) => one !== undefined);
  if (known.length === 0) return undefined;
  return {
    state: worst(known.map((one) => one.state)),
    runs: known.reduce((sum, one) => sum + one.runs, 0),
    ended: known.reduce((sum, one) => sum + one.ended, 0),
  };
}
