/* What a log viewer shows: lines, which of them, as which rows, and what was found in them. Knows no DOM. */
import { clock } from "../../words/lengths";
import { find, type Match, nearest, patternOf, type Query } from "./find";
import { type Filter, LEVELS, type Level, type Line, Lines, type LogDocument, passes } from "./lines";
import { rowOfLine, type Row, rowsOf } from "./rows";

export class LogView {
  readonly lines = new Lines();
  readonly levels = new Set<Level>(LEVELS);
  rows: Row[] = [];
  taskId = "";
  taskRunId = "";
  query: Query = { text: "", isRegex: false, isCaseSensitive: false };
  matches: Match[] = [];
  at = 0;
  /** Characters a row; 0 = not wrapped. */
  columns = 0;
  #unfolded = new Set<Line>();

  /** The first row that changed; -1 when nothing is new. */
  add(documents: readonly LogDocument[]): number {
    const from = this.lines.add(documents);
    if (from < 0) return -1;
    const at = rowOfLine(this.rows, from);
    this.rows.length = at;
    for (const row of rowsOf(this.lines.all, from, this.#shape)) this.rows.push(row);
    this.#search();
    return at;
  }

  clear(): void {
    this.lines.clear();
    this.#unfolded.clear();
    this.rebuild();
  }

  /** After a filter or the width has changed. */
  rebuild(): void {
    this.rows = rowsOf(this.lines.all, 0, this.#shape);
    this.#search();
  }

  toggle(level: Level): void {
    if (!this.levels.delete(level)) this.levels.add(level);
    this.rebuild();
  }

  /** Searches, beginning behind a line. */
  find(query: Query, behind: number): void {
    this.query = query;
    this.#search();
    this.at = nearest(this.matches, behind);
  }

  get isBroken(): boolean {
    return this.query.text !== "" && patternOf(this.query) === undefined;
  }

  get current(): Match | undefined {
    return this.matches[this.at];
  }

  /** Goes to another match; the row where it begins, -1 without one. */
  step(by: number): number {
    if (this.matches.length === 0) return -1;
    this.at = (this.at + by + this.matches.length) % this.matches.length;
    const match = this.matches[this.at] as Match;
    this.unfold(match.line);
    const first = rowOfLine(this.rows, match.line);
    for (let index = first; this.rows[index]?.line === match.line; index += 1) {
      if ((this.rows[index] as Row).end > match.start) return index;
    }
    return first;
  }

  unfold(index: number): void {
    const line = this.lines.all[index];
    if (!line || this.#unfolded.has(line)) return;
    this.#unfolded.add(line);
    this.rebuild();
  }

  /** The next shown line of level ERROR in a direction; -1 = none. */
  nextError(from: number, by: 1 | -1): number {
    const lines = this.lines.all;
    for (let at = from + by; at >= 0 && at < lines.length; at += by) {
      const line = lines[at] as Line;
      if (line.level === "ERROR" && passes(line, this.filter)) return at;
    }
    return -1;
  }

  /** The longest row, in characters. */
  get widest(): number {
    return this.rows.reduce((most, row) => Math.max(most, row.end - row.start), 0);
  }

  /** Everything that is shown. */
  get text(): string {
    const shown = this.lines.all.filter((line) => passes(line, this.filter));
    return shown.map((line) => `${clock(line.at)} ${line.level.padEnd(5)} ${line.taskId ? `[${line.taskId}] ` : ""}${line.text}\n`).join("");
  }

  get filter(): Filter {
    return { levels: this.levels, taskId: this.taskId, taskRunId: this.taskRunId };
  }

  get #shape() {
    return { filter: this.filter, columns: this.columns, unfolded: this.#unfolded };
  }

  #search(): void {
    const pattern = patternOf(this.query);
    this.matches = pattern ? find(this.lines.all, pattern, this.filter) : [];
    this.at = Math.min(this.at, Math.max(0, this.matches.length - 1));
  }
}
