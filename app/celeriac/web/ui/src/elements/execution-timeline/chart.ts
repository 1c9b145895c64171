/* What a timeline shows: runs, rows, the piece of time in sight. Knows no DOM. */
import type { ExecutionDocument, TaskRunDocument } from "./documents";
import { pathTo, type Row, rowsOf } from "./rows";
import { isEnded, type Node, tree } from "./runs";
import { idleBetween, Scale, type Span } from "./scale";

const LEAST_MS = 20;

export class Chart {
  execution: ExecutionDocument | undefined;
  rows: Row[] = [];
  selected = "";
  onlyProblems = false;
  isCompressed = false;
  window: Span | undefined;
  #runs = new Map<string, TaskRunDocument>();
  #roots: Node[] = [];
  #chosen = new Map<string, boolean>();

  /** Takes what has changed, or everything. */
  take(execution: ExecutionDocument | undefined, runs: readonly TaskRunDocument[], isAll: boolean): void {
    if (isAll) this.#runs.clear();
    if (execution) this.execution = execution;
    for (const run of runs) this.#runs.set(run.id, run);
    this.#roots = tree(this.#runs.values());
    this.fold();
  }

  /** After what is folded or filtered has changed. */
  fold(): void {
    this.rows = rowsOf(this.#roots, { chosen: this.#chosen, onlyProblems: this.onlyProblems });
  }

  open(key: string, isOpen: boolean): void {
    this.#chosen.set(key, isOpen);
    this.fold();
  }

  openAll(isOpen: boolean): void {
    const walk = (nodes: readonly Node[]): void => {
      for (const node of nodes) {
        if (node.children.length === 0) continue;
        this.#chosen.set(node.key, isOpen);
        walk(node.children);
      }
    };
    walk(this.#roots);
    this.fold();
  }

  /** Unfolds what is above a task run and selects it. */
  reveal(id: string): void {
    const path = pathTo(this.#roots, id);
    if (!path) return;
    for (const key of path) this.#chosen.set(key, true);
    this.selected = id;
    this.fold();
  }

  get isRunning(): boolean {
    return this.execution !== undefined && !this.execution.state.endDate && !isEnded(this.execution.state.current);
  }

  /** {state: task runs in it}, in order of first appearance. */
  get counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const run of this.#runs.values()) counts.set(run.state.current, (counts.get(run.state.current) ?? 0) + 1);
    return counts;
  }

  get total(): number {
    return this.#runs.size;
  }

  get ended(): number {
    let ended = 0;
    for (const run of this.#runs.values()) if (isEnded(run.state.current)) ended += 1;
    return ended;
  }

  whole(now: number): Span {
    const start = Date.parse(this.execution?.state.startDate ?? "") || Math.min(now, ...this.#roots.map((one) => one.start));
    const last = this.#roots.reduce((most, one) => Math.max(most, one.end ?? now), start);
    const end = this.isRunning ? now : Math.max(last, Date.parse(this.execution?.state.endDate ?? "") || last);
    return { start, end: Math.max(end, start + LEAST_MS) };
  }

  scale(now: number): Scale {
    const { start, end } = this.window ?? this.whole(now);
    return new Scale(start, end, this.isCompressed ? idleBetween(this.#busy(now), start, end) : []);
  }

  /** Shows a part of the time in sight, around a place in it. */
  zoom(factor: number, place: number, now: number): void {
    const whole = this.whole(now);
    const { start, end } = this.window ?? whole;
    const length = Math.max(LEAST_MS, (end - start) * factor);
    if (length >= whole.end - whole.start) {
      this.window = undefined;
      return;
    }
    const at = start + (end - start) * place - length * place;
    const from = Math.min(Math.max(at, whole.start), whole.end - length);
    this.window = { start: from, end: from + length };
  }

  /** Shows what lies between two places in sight. */
  cut(from: number, to: number, now: number): void {
    const scale = this.scale(now);
    const [start, end] = [scale.time(from), scale.time(to)];
    if (end - start >= LEAST_MS) this.window = { start, end };
  }

  /** Moves what is in sight by a part of its length. */
  pan(by: number, now: number): void {
    if (!this.window) return;
    const whole = this.whole(now);
    const length = this.window.end - this.window.start;
    const start = Math.min(Math.max(this.window.start + length * by, whole.start), Math.max(whole.start, whole.end - length));
    this.window = { start, end: start + length };
  }

  /** What a screen reader is told. */
  get words(): string {
    const others = [...this.counts].filter(([state]) => state !== "SUCCESS").map(([state, count]) => `${count} ${state}`);
    return [`${this.ended} of ${this.total} task runs have ended`, ...others].join(", ");
  }

  /** When some task that is no flowable ran. */
  #busy(now: number): Span[] {
    const parents = new Set([...this.#runs.values()].map((one) => one.parentTaskRunId));
    const spans: Span[] = [];
    for (const run of this.#runs.values()) {
      if (parents.has(run.id)) continue;
      for (const { state } of run.attempts ?? []) {
        if (state.startDate) spans.push({ start: Date.parse(state.startDate), end: state.endDate ? Date.parse(state.endDate) : now });
      }
    }
    return spans;
  }
}
