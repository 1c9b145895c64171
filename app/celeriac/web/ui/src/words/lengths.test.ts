import { expect, test } from "vitest";
import { grouped, length, offset, relative } from "./lengths";

test.each([
  [0, "0 ms"],
  [340, "340 ms"],
  [12_345, "12.3 s"],
  [245_000, "4 min 05 s"],
  [7_800_000, "2 h 10 min"],
  [273_600_000, "3 d 4 h"],
])("%d ms are written %s", (milliseconds, words) => {
  expect(length(milliseconds)).toBe(words);
});

test.each([
  [-180_000, "3 min ago"],
  [7_200_000, "in 2 h"],
  [300, "now"],
])("a moment %d ms away is %s", (distance, words) => {
  expect(relative(1_000_000_000 + distance, 1_000_000_000)).toBe(words);
});

test.each([
  [1234, "+1.234"],
  [-50, "−0.050"],
  [83_450, "+1:23.45"],
  [3_723_000, "+1:02:03.00"],
])("%d ms since the start are %s", (milliseconds, words) => {
  expect(offset(milliseconds)).toBe(words);
});

test("large numbers are grouped", () => {
  expect(grouped(1_234_567)).toBe("1 234 567");
});
