/* Finding text in all lines that are shown. Knows no DOM. */
import { type Filter, type Line, passes } from "./lines";

export interface Match {
  line: number;
  start: number;
  end: number;
}

export interface Query {
  text: string;
  isRegex: boolean;
  isCaseSensitive: boolean;
}

const MOST = 50_000;

/** The pattern of a query; undefined when it is empty or no regular expression. */
export function patternOf(query: Query): RegExp | undefined {
  if (query.text === "") return undefined;
  const source = query.isRegex ? query.text : query.text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  try {
    return new RegExp(source, query.isCaseSensitive ? "gm" : "gim");
  } catch {
    return undefined;
  }
}

/** Every match, 50,000 at most. */
export function find(lines: readonly Line[], pattern: RegExp, filter: Filter): Match[] {
  const matches: Match[] = [];
  for (let index = 0; index < lines.length && matches.length < MOST; index += 1) {
    const line = lines[index] as Line;
    if (passes(line, filter)) collect(matches, line.text, index, pattern);
  }
  return matches;
}

function collect(matches: Match[], text: string, line: number, pattern: RegExp): void {
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    if (found[0] === "") {
      pattern.lastIndex += 1;
      continue;
    }
    matches.push({ line, start: found.index, end: found.index + found[0].length });
    if (matches.length >= MOST) return;
  }
}

/** The index of the first match at or behind a line; 0 when there is none behind. */
export function nearest(matches: readonly Match[], line: number): number {
  const found = matches.findIndex((one) => one.line >= line);
  return Math.max(0, found);
}
