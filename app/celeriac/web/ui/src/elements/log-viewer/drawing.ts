/* A row of the log as DOM: text nodes only, coloured and marked parts as spans. */
import { clock, offset } from "../../words/lengths";
import { type Part, partsOf } from "./ansi";
import type { Match } from "./find";
import type { Line } from "./lines";
import type { Row } from "./rows";

export interface Look {
  /** Times since this moment; undefined = of the day. */
  since: number | undefined;
  matches: readonly Match[];
  current: Match | undefined;
  target: number;
}

export function drawRow(row: Row, line: Line, look: Look): HTMLElement {
  const element = document.createElement("div");
  element.className = "lv-row";
  element.dataset.level = line.level;
  if (row.line === look.target) element.classList.add("is-target");
  if (row.isFirst) element.append(...prefix(row, line, look));
  else element.classList.add("is-rest");
  element.append(row.hidden > 0 ? unfold(row) : text(row, line, look));
  return element;
}

function prefix(row: Row, line: Line, look: Look): HTMLElement[] {
  const number = document.createElement("a");
  number.className = "lv-number";
  number.href = `#L${row.line + 1}`;
  number.textContent = String(row.line + 1);
  const time = document.createElement("time");
  time.className = "lv-time";
  time.dateTime = new Date(line.at).toISOString();
  time.title = time.dateTime;
  time.textContent = look.since === undefined ? clock(line.at) : offset(line.at - look.since);
  return [number, time, cell("lv-level", line.level), cell("lv-task", line.taskId, line.attempt > 0 ? `attempt ${line.attempt + 1}` : "")];
}

function cell(name: string, content: string, note = ""): HTMLElement {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = content;
  element.title = [content, note].filter(Boolean).join(", ");
  return element;
}

function unfold(row: Row): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "lv-unfold link-btn";
  button.dataset.line = String(row.line);
  button.textContent = `… ${row.hidden} more lines`;
  return button;
}

function text(row: Row, line: Line, look: Look): HTMLElement {
  const element = document.createElement("span");
  element.className = "lv-text";
  const parts = partsOf(line.message);
  const matches = look.matches.length > 0 ? matchesOf(look.matches, row.line) : [];
  const cuts = new Set([row.start, row.end]);
  for (const one of [...parts, ...matches]) {
    for (const at of [one.start, one.end]) if (at > row.start && at < row.end) cuts.add(at);
  }
  const places = [...cuts].sort((a, b) => a - b);
  for (let index = 0; index + 1 < places.length; index += 1) {
    const [start, end] = [places[index] as number, places[index + 1] as number];
    element.append(piece(line.text.slice(start, end), covering(parts, start), covering(matches, start), look.current));
  }
  return element;
}

function piece(content: string, part: Part | undefined, match: Match | undefined, current: Match | undefined): Node {
  if (!part && !match) return document.createTextNode(content);
  const element = document.createElement(match ? "mark" : "span");
  element.textContent = content;
  if (part) {
    element.className = part.classes;
    element.style.color = part.color;
    element.style.backgroundColor = part.background;
  }
  if (match && match === current) element.classList.add("is-current");
  return element;
}

function covering<T extends { start: number; end: number }>(spans: readonly T[], at: number): T | undefined {
  return spans.find((one) => one.start <= at && at < one.end);
}

function matchesOf(matches: readonly Match[], line: number): Match[] {
  let low = 0;
  let high = matches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((matches[middle] as Match).line < line) low = middle + 1;
    else high = middle;
  }
  const found: Match[] = [];
  for (let index = low; matches[index]?.line === line; index += 1) found.push(matches[index] as Match);
  return found;
}
