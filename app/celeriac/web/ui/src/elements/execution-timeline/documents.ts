/* What the API tells of an execution, as far as the timeline reads it. */

export interface StateDocument {
  current: string;
  startDate: string | null;
  endDate?: string;
  histories: { state: string; date: string }[];
}

export interface TaskRunDocument {
  id: string;
  taskId: string;
  value?: string | null;
  iteration?: number | null;
  parentTaskRunId?: string | null;
  state: StateDocument;
  attempts?: { state: StateDocument }[];
}

export interface ExecutionDocument {
  id: string;
  namespace: string;
  flowId: string;
  state: StateDocument;
  done?: boolean;
  taskRunList?: TaskRunDocument[];
}

/** An event of the topic `execution:ID`. complete: the task runs are all; total comes with the first event. */
export interface ExecutionEvent {
  execution: ExecutionDocument | null;
  taskRuns: TaskRunDocument[];
  complete: boolean;
  total?: number;
}

/** True when there are more task runs than a stream begins with. */
export function isPartial(event: ExecutionEvent): boolean {
  return event.total !== undefined && !event.complete;
}
