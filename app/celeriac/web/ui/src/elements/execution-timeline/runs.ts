/* Task runs as a tree: rounds of loops become nodes of their own. Knows no DOM. */
import type { TaskRunDocument } from "./documents";

export interface Segment {
  start: number;
  /** undefined = goes on. */
  end: number | undefined;
  /** QUEUED before the first attempt; RETRYING between two. */
  state: string;
}

export interface Node {
  key: string;
  label: string;
  /** undefined for a round of a loop. */
  run: TaskRunDocument | undefined;
  state: string;
  start: number;
  end: number | undefined;
  segments: Segment[];
  attempts: number;
  children: Node[];
  isLoop: boolean;
}

const ENDED = new Set(["SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "SKIPPED", "RETRIED", "LOST"]);
const SEVERITY = ["FAILED", "LOST", "KILLED", "KILLING", "CANCELLED", "PAUSED", "RETRYING", "RUNNING", "CREATED", "WARNING", "SUCCESS", "SKIPPED"];

export function isEnded(state: string): boolean {
  return ENDED.has(state);
}

/** The roots, in order of creation. */
export function tree(runs: Iterable<TaskRunDocument>): Node[] {
  const nodes = new Map<string, Node>();
  const children = new Map<string, TaskRunDocument[]>();
  const roots: Node[] = [];
  for (const run of runs) {
    nodes.set(run.id, nodeOf(run));
    if (!run.parentTaskRunId) continue;
    const siblings = children.get(run.parentTaskRunId);
    if (siblings) siblings.push(run);
    else children.set(run.parentTaskRunId, [run]);
  }
  for (const [id, node] of nodes) {
    attach(node, children.get(id) ?? [], nodes);
    if (!node.run?.parentTaskRunId || !nodes.has(node.run.parentTaskRunId)) roots.push(node);
  }
  return roots;
}

function attach(parent: Node, runs: readonly TaskRunDocument[], nodes: ReadonlyMap<string, Node>): void {
  const rounds = new Map<string, Node>();
  for (const run of runs) {
    const node = nodes.get(run.id) as Node;
    const name = roundOf(run);
    if (name === undefined) {
      parent.children.push(node);
      continue;
    }
    parent.isLoop = true;
    let round = rounds.get(name);
    if (!round) {
      round = { key: `${parent.key}/${name}`, label: name, run: undefined, state: node.state, start: node.start, end: node.end, segments: [], attempts: 0, children: [], isLoop: false };
      rounds.set(name, round);
      parent.children.push(round);
    }
    round.children.push(node);
  }
  for (const round of rounds.values()) summarise(round);
  if (parent.isLoop) parent.children = parent.children.map((one) => (one.run === undefined && one.children.length === 1 ? alone(one) : one));
}

function roundOf(run: TaskRunDocument): string | undefined {
  if (run.value !== null && run.value !== undefined) return String(run.value);
  return run.iteration === null || run.iteration === undefined ? undefined : `#${run.iteration + 1}`;
}

/** A round of one task is that task, named by the value too. */
function alone(round: Node): Node {
  const node = round.children[0] as Node;
  return { ...node, label: `${round.label} · ${node.label}` };
}

function summarise(round: Node): void {
  round.state = worst(round.children.map((one) => one.state));
  round.start = Math.min(...round.children.map((one) => one.start));
  const isOpen = round.children.some((one) => one.end === undefined);
  round.end = isOpen ? undefined : Math.max(...round.children.map((one) => one.end as number));
  round.segments = [{ start: round.start, end: round.end, state: round.state }];
}

export function worst(states: readonly string[]): string {
  return SEVERITY.find((state) => states.includes(state)) ?? states[0] ?? "CREATED";
}

/** Documents never change; only those that are new are read. */
const known = new WeakMap<TaskRunDocument, Pick<Node, "start" | "end" | "segments">>();

function nodeOf(run: TaskRunDocument): Node {
  let times = known.get(run);
  if (!times) {
    const created = Date.parse(run.state.histories[0]?.date ?? run.state.startDate ?? "");
    const start = Number.isNaN(created) ? Date.now() : created;
    const end = run.state.endDate ? Date.parse(run.state.endDate) : undefined;
    times = { start, end, segments: segmentsOf(run, start, end) };
    known.set(run, times);
  }
  return { key: run.id, label: run.taskId, run, state: run.state.current, ...times, attempts: run.attempts?.length ?? 0, children: [], isLoop: false };
}

function segmentsOf(run: TaskRunDocument, created: number, end: number | undefined): Segment[] {
  const segments: Segment[] = [];
  let at = created;
  for (const { state } of run.attempts ?? []) {
    const start = Date.parse(state.startDate ?? "") || at;
    const stop = state.endDate ? Date.parse(state.endDate) : undefined;
    if (start > at) segments.push({ start: at, end: start, state: segments.length === 0 ? "QUEUED" : "RETRYING" });
    const isLast = state === run.attempts?.at(-1)?.state;
    segments.push({ start, end: stop ?? (isLast ? end : start), state: isLast ? run.state.current : state.current });
    at = stop ?? start;
  }
  if (segments.length === 0) segments.push({ start: created, end, state: run.state.current === "CREATED" ? "QUEUED" : run.state.current });
  else if (run.state.current === "RETRYING" && end === undefined) segments.push({ start: at, end: undefined, state: "RETRYING" });
  return segments;
}
