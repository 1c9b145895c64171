import { expect, test } from "vitest";
import type { LogDocument } from "./lines";
import { LogView } from "./view";

function view(...messages: (string | Partial<LogDocument>)[]): LogView {
  const made = new LogView();
  made.add(
    messages.map((one, line) => ({
      taskId: "t", taskRunId: "r", attempt: 0, level: "INFO", message: "", timestamp: "2026-01-01T00:00:00Z", line, ...(typeof one === "string" ? { message: one } : one),
    })),
  );
  return made;
}

function shown(made: LogView): string[] {
  return made.rows.map((row) => (row.hidden ? `… ${row.hidden}` : (made.lines.all[row.line]?.text.slice(row.start, row.end) ?? "")));
}

test("every line of a message is a row", () => {
  expect(shown(view("a\nb", "c"))).toEqual(["a", "b", "c"]);
});

test("wrapped rows break behind words, and within those that are too long", () => {
  const made = view("the quick brown fox jumps", "abcdefghijklmnop");

  made.columns = 10;
  made.rebuild();

  expect(shown(made)).toEqual(["the quick ", "brown fox ", "jumps", "abcdefghij", "klmnop"]);
});

test("a long message is folded until somebody wants it", () => {
  const made = view(Array.from({ length: 30 }, (_, index) => `line ${index}`).join("\n"));
  expect(shown(made).slice(-2)).toEqual(["line 7", "… 22"]);

  made.unfold(0);

  expect(made.rows).toHaveLength(30);
});

test("a level that is switched off is hidden", () => {
  const made = view("a", { message: "b", level: "ERROR" });

  made.toggle("INFO");

  expect(shown(made)).toEqual(["b"]);
});

test("lines that come later are added behind the rows that are there", () => {
  const made = view("a");

  const from = made.add([{ taskId: "t", taskRunId: "r", attempt: 0, level: "INFO", message: "b\nc", timestamp: "2026-01-01T00:00:01Z", line: 99 }]);

  expect(from).toBe(1);
  expect(shown(made)).toEqual(["a", "b", "c"]);
});

test("finding counts every match in what is shown, whatever its case", () => {
  const made = view("Error here", "no", "two errors, ERRORS", { message: "hidden error", level: "DEBUG" });
  made.toggle("DEBUG");

  made.find({ text: "error", isRegex: false, isCaseSensitive: false }, 0);

  expect(made.matches).toHaveLength(3);
});

test("finding goes round, and unfolds what it finds", () => {
  const made = view("needle", `${"hay\n".repeat(40)}needle`);
  made.find({ text: "needle", isRegex: false, isCaseSensitive: false }, 0);

  const second = made.step(1);
  const first = made.step(1);

  expect([first, second]).toEqual([0, 41]);
});

test("a text with special characters is no pattern unless it is wanted", () => {
  const made = view("a.c", "abc");
  made.find({ text: "a.c", isRegex: false, isCaseSensitive: false }, 0);
  expect(made.matches).toHaveLength(1);

  made.find({ text: "a.c", isRegex: true, isCaseSensitive: false }, 0);

  expect(made.matches).toHaveLength(2);
});

test("a broken pattern finds nothing and says so", () => {
  const made = view("a");

  made.find({ text: "(", isRegex: true, isCaseSensitive: false }, 0);

  expect([made.isBroken, made.matches.length]).toEqual([true, 0]);
});

test("a pattern that matches nothing at all ends", () => {
  const made = view("abc");

  made.find({ text: "x*", isRegex: true, isCaseSensitive: false }, 0);

  expect(made.matches).toEqual([]);
});

test("the next error is found in both directions", () => {
  const made = view("a", { message: "b", level: "ERROR" }, "c", { message: "d", level: "ERROR" });

  expect([made.nextError(-1, 1), made.nextError(1, 1), made.nextError(3, -1), made.nextError(3, 1)]).toEqual([1, 3, 1, -1]);
});

test("the text is exactly what is shown", () => {
  const made = view("a", { message: "\u001b[31mb\u001b[0m", level: "ERROR" });

  made.toggle("INFO");

  expect(made.text).toMatch(/^\d\d:00:00\.000 ERROR \[t\] b\n$/);
});
