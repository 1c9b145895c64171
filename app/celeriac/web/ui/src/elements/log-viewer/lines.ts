/* The lines of an execution: in order of time, each once, counted by level. Knows no DOM. */

export const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR"] as const;
export type Level = (typeof LEVELS)[number];

/** A line as the API tells it. `line` names it within its attempt for good. */
export interface LogDocument {
  taskId: string | null;
  taskRunId: string | null;
  attempt: number;
  level: string;
  message: string;
  timestamp: string;
  line?: number;
}

export interface Line {
  at: number;
  level: Level;
  taskId: string;
  taskRunId: string;
  attempt: number;
  order: number;
  /** As written, with ANSI sequences. */
  message: string;
  /** Without them. */
  text: string;
}

export interface Filter {
  levels: ReadonlySet<Level>;
  taskId: string;
  taskRunId: string;
}

const COLOUR = /\u001b\[[0-9;:]*m/g;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const OTHER_CONTROL =
  /\u001b\[[0-9;:?]*[ -/]*[@-ln-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b(?!\[[0-9;:]*m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g;

export class Lines {
  readonly all: Line[] = [];
  readonly counts: Record<Level, number> = { TRACE: 0, DEBUG: 0, INFO: 0, WARN: 0, ERROR: 0 };
  readonly tasks = new Set<string>();
  #seen = new Set<string>();

  /** Adds what is new; tells from which place on the order has changed, or -1. */
  add(documents: readonly LogDocument[]): number {
    const fresh = documents.filter((one) => this.#isNew(one)).map((one) => toLine(one));
    if (fresh.length === 0) return -1;
    fresh.sort(compare);
    const from = this.#placeOf(fresh[0] as Line);
    const behind = this.all.splice(from);
    for (const line of merged(behind, fresh)) this.all.push(line);
    for (const line of fresh) {
      this.counts[line.level] += 1;
      if (line.taskId) this.tasks.add(line.taskId);
    }
    return from;
  }

  clear(): void {
    this.all.length = 0;
    for (const level of LEVELS) this.counts[level] = 0;
    this.tasks.clear();
    this.#seen.clear();
  }

  #isNew(one: LogDocument): boolean {
    const place = one.line === undefined ? `${one.timestamp}/${one.message}` : String(one.line);
    const key = `${one.taskRunId ?? ""}/${one.attempt}/${place}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  #placeOf(line: Line): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.all[middle] as Line, line) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function passes(line: Line, filter: Filter): boolean {
  return (
    filter.levels.has(line.level) &&
    (filter.taskId === "" || line.taskId === filter.taskId) &&
    (filter.taskRunId === "" || line.taskRunId === filter.taskRunId)
  );
}

function toLine(one: LogDocument): Line {
  const message = CONTROL.test(one.message) ? cleaned(one.message) : one.message.trimEnd();
  return {
    at: Date.parse(one.timestamp),
    level: (LEVELS as readonly string[]).includes(one.level) ? (one.level as Level) : "INFO",
    taskId: one.taskId ?? "",
    taskRunId: one.taskRunId ?? "",
    attempt: one.attempt,
    order: one.line ?? 0,
    message,
    text: message.includes("\u001b") ? message.replace(COLOUR, "") : message,
  };
}

/** Without control characters but line ends and colours; what a carriage return overwrote is gone, as in a terminal. */
function cleaned(message: string): string {
  const lines = message.replaceAll("\r\n", "\n").split("\n");
  return lines
    .map((line) => line.slice(line.lastIndexOf("\r", line.length - 2) + 1).replace(OTHER_CONTROL, ""))
    .join("\n")
    .trimEnd();
}

function compare(a: Line, b: Line): number {
  return a.at - b.at || (a.taskRunId < b.taskRunId ? -1 : a.taskRunId > b.taskRunId ? 1 : a.attempt - b.attempt || a.order - b.order);
}

function* merged(a: readonly Line[], b: readonly Line[]): Generator<Line> {
  let j = 0;
  for (const line of a) {
    while (j < b.length && compare(b[j] as Line, line) < 0) yield b[j++] as Line;
    yield line;
  }
  while (j < b.length) yield b[j++] as Line;
}
