import { expect, test } from "vitest";
import { partsOf } from "./ansi";

test("a plain message has no parts", () => {
  expect(partsOf("plain")).toEqual([]);
});

test("colours and weights become classes at their places", () => {
  const parts = partsOf("a \u001b[1;31mred\u001b[0m b");

  expect(parts.map(({ start, end, classes }) => ({ start, end, classes }))).toEqual([{ start: 2, end: 5, classes: "ansi-red ansi-bold" }]);
});

test("the large palette and true colours become colours", () => {
  const parts = partsOf("\u001b[38;5;196mx\u001b[0m\u001b[48;2;1;2;3my\u001b[0m");

  expect(parts.map(({ color, background }) => [color, background])).toEqual([
    ["rgb(255, 0, 0)", ""],
    ["", "rgb(1, 2, 3)"],
  ]);
});
