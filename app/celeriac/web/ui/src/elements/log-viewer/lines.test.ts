import { expect, test } from "vitest";
import { Lines, type LogDocument } from "./lines";

let next = 0;

function told(message: string, more: Partial<LogDocument> = {}): LogDocument {
  next += 1;
  return { taskId: "t", taskRunId: "r", attempt: 0, level: "INFO", message, timestamp: "2026-01-01T00:00:00Z", line: next, ...more };
}

test("a line that comes twice is there once", () => {
  const lines = new Lines();
  const one = told("a");

  lines.add([one, told("b")]);
  const changed = lines.add([one]);

  expect(changed).toBe(-1);
  expect(lines.all.map((line) => line.text)).toEqual(["a", "b"]);
});

test("late lines stand where their time is", () => {
  const lines = new Lines();
  lines.add([told("a", { timestamp: "2026-01-01T00:00:01Z" }), told("c", { timestamp: "2026-01-01T00:00:03Z" })]);

  const changed = lines.add([told("b", { timestamp: "2026-01-01T00:00:02Z" }), told("d", { timestamp: "2026-01-01T00:00:04Z" })]);

  expect(changed).toBe(1);
  expect(lines.all.map((line) => line.text)).toEqual(["a", "b", "c", "d"]);
});

test("lines of one moment keep the order of their attempt", () => {
  const lines = new Lines();

  lines.add([told("second", { line: 9001 }), told("first", { line: 9000 })]);

  expect(lines.all.map((line) => line.text)).toEqual(["first", "second"]);
});

test("levels are counted, unknown ones as INFO", () => {
  const lines = new Lines();

  lines.add([told("a", { level: "ERROR" }), told("b"), told("c", { level: "FATAL" })]);

  expect(lines.counts).toEqual({ TRACE: 0, DEBUG: 0, INFO: 2, WARN: 0, ERROR: 1 });
});

test.each([
  ["\u001b[31mred\u001b[0m text", "red text"],
  ["\u001b[2K\u001b[1Gdone", "done"],
  ["\u001b]0;title\u0007shown", "shown"],
  ["10 %\r50 %\r100 %", "100 %"],
  ["one\r\ntwo\r\n", "one\ntwo"],
  ["bell\u0007 null\u0000", "bell null"],
  ["tab\tstays", "tab\tstays"],
])("of %j people see %j", (message, text) => {
  const lines = new Lines();

  lines.add([told(message)]);

  expect(lines.all[0]?.text).toBe(text);
});
