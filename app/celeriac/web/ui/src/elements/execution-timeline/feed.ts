/* An execution and its task runs as they change: from the stream, and by asking where the stream is late or partial. */
import { get } from "../../api/client";
import { subscribe } from "../../live";
import { type ExecutionDocument, type ExecutionEvent, isPartial, type TaskRunDocument } from "./documents";

const FIRST_ANSWER_MS = 1000;

/** Tells what has changed, or everything (isAll). The result stops it. */
export function watchExecution(id: string, take: (execution: ExecutionDocument, runs: readonly TaskRunDocument[], isAll: boolean) => void): () => void {
  let isTold = false;
  let isOver = false;
  const tell = (execution: ExecutionDocument, runs: readonly TaskRunDocument[], isAll: boolean): void => {
    isTold = true;
    if (!isOver) take(execution, runs, isAll);
  };
  const load = async (): Promise<void> => {
    const execution = await get<ExecutionDocument>(`/executions/${encodeURIComponent(id)}`);
    tell(execution, execution.taskRunList ?? [], true);
  };
  const late = setTimeout(() => isTold || void load().catch(() => undefined), FIRST_ANSWER_MS);
  const leave = subscribe({
    topic: `execution:${id}`,
    receive: (data) => {
      const event = data as unknown as ExecutionEvent;
      if (event.execution === null) return;
      tell(event.execution, event.taskRuns, event.complete);
      if (isPartial(event)) void load().catch(() => undefined);
    },
    refresh: (reason) => (reason === "open" ? undefined : load()),
  });
  return () => {
    isOver = true;
    clearTimeout(late);
    leave();
  };
}
