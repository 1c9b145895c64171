/* Lines as rows of one height: split at line ends and, when wrapped, at the width; long messages folded. Knows no DOM. */
import { type Filter, type Line, passes } from "./lines";

export interface Row {
  /** Index of the line in all lines. */
  line: number;
  /** Part of the line's text. */
  start: number;
  end: number;
  isFirst: boolean;
  /** How many rows are hidden here; this row stands for them. */
  hidden: number;
}

export interface Shape {
  filter: Filter;
  /** Characters a row; 0 = not wrapped. */
  columns: number;
  unfolded: ReadonlySet<Line>;
}

const FOLD_ABOVE = 24;
const FOLD_TO = 8;

/** The rows of the lines from an index on. */
export function rowsOf(lines: readonly Line[], from: number, shape: Shape): Row[] {
  const rows: Row[] = [];
  for (let index = from; index < lines.length; index += 1) {
    const line = lines[index] as Line;
    if (passes(line, shape.filter)) append(rows, line, index, shape);
  }
  return rows;
}

function append(rows: Row[], line: Line, index: number, shape: Shape): void {
  const text = line.text;
  if (text.length <= (shape.columns || Infinity) && !text.includes("\n")) {
    rows.push({ line: index, start: 0, end: text.length, isFirst: true, hidden: 0 });
    return;
  }
  const own = split(text, index, shape.columns);
  if (own.length > FOLD_ABOVE && !shape.unfolded.has(line)) {
    const hidden = own.length - FOLD_TO;
    const at = (own[FOLD_TO] as Row).start;
    own.length = FOLD_TO;
    own.push({ line: index, start: at, end: at, isFirst: false, hidden });
  }
  for (const row of own) rows.push(row);
}

function split(text: string, index: number, columns: number): Row[] {
  const rows: Row[] = [];
  let start = 0;
  while (start <= text.length) {
    const found = text.indexOf("\n", start);
    const stop = found < 0 ? text.length : found;
    do {
      const end = columns && start + columns < stop ? breakOf(text, start, columns) : stop;
      rows.push({ line: index, start, end, isFirst: rows.length === 0, hidden: 0 });
      start = end;
    } while (start < stop);
    start = stop + 1;
  }
  return rows;
}

/** Behind the last space of the row, unless that leaves much of it empty. */
function breakOf(text: string, start: number, columns: number): number {
  const space = text.lastIndexOf(" ", start + columns - 1);
  return space > start + columns * 0.6 ? space + 1 : start + columns;
}

/** The first row of a line, or of the next one that is shown; rows.length when there is none. */
export function rowOfLine(rows: readonly Row[], line: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as Row).line < line) low = middle + 1;
    else high = middle;
  }
  return low;
}
