import { Text } from "@codemirror/state";
import { afterEach, expect, test, vi } from "vitest";
import { placeOf, refused, validated } from "./diagnostics";

const doc = Text.of(["id: a", "tasks:", "  - id: b"]);

afterEach(() => vi.unstubAllGlobals());

test.each([
  [1, 1, 0],
  [3, 5, 17],
  [3, 900, 22],
  [900, 1, 13],
  [0, 0, 0],
])("line %d, column %d is place %d", (line, column, place) => {
  expect(placeOf(doc, line, column)).toBe(place);
});

test("the server's diagnostics stand at their places, with hints", async () => {
  const one = { line: 3, column: 5, endLine: 3, endColumn: 7, severity: "warning", code: "x", message: "short", path: "tasks[0].id", hint: "longer?" };
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify([{ diagnostics: [one] }]), { headers: { "Content-Type": "application/json" } }));

  expect(await validated(doc)).toEqual([{ from: 17, to: 19, severity: "warning", message: "short (longer?)", source: "tasks[0].id" }]);
});

test("a refusal without places is shown at the beginning", () => {
  expect(refused(doc, [{ message: "no" }])).toEqual([{ from: 0, to: 1, severity: "error", message: "no", source: "" }]);
});
