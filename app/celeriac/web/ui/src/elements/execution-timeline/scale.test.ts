import { expect, test } from "vitest";
import { Chart } from "./chart";
import { idleBetween, Scale } from "./scale";

test("times are places between 0 and 1, others at the edges", () => {
  const scale = new Scale(1000, 2000);

  expect([500, 1000, 1250, 2000, 9000].map((time) => scale.place(time))).toEqual([0, 0, 0.25, 1, 1]);
});

test("a place is a time again", () => {
  const scale = new Scale(0, 1000, [{ start: 200, end: 800 }]);

  for (const time of [0, 100, 900, 1000]) expect(scale.time(scale.place(time))).toBeCloseTo(time, 5);
});

test("idle time is shortened and marked", () => {
  const scale = new Scale(0, 1000, [{ start: 100, end: 900 }]);

  expect(scale.place(900) - scale.place(100)).toBeCloseTo(0.02, 5);
  expect(scale.cuts).toHaveLength(1);
});

test("short pauses stay as they are", () => {
  expect(new Scale(0, 1000, [{ start: 100, end: 120 }]).cuts).toEqual([]);
});

test("ticks are round times that keep their distance", () => {
  const ticks = new Scale(0, 62_000).ticks(0, 0.15);

  expect(ticks.map((one) => one.time)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
});

test("idle is where no span lies", () => {
  const spans = [{ start: 10, end: 30 }, { start: 20, end: 40 }, { start: 60, end: 70 }];

  expect(idleBetween(spans, 0, 100)).toEqual([{ start: 0, end: 10 }, { start: 40, end: 60 }, { start: 70, end: 100 }]);
});

const T = 1_000_000;

function chart(): Chart {
  const made = new Chart();
  const end = { endDate: new Date(T + 1000).toISOString() };
  made.take({ id: "x", namespace: "n", flowId: "f", state: { current: "SUCCESS", startDate: new Date(T).toISOString(), histories: [], ...end } }, [], true);
  return made;
}

test("a piece of time that is chosen fills the width", () => {
  const made = chart();

  made.cut(0.25, 0.5, T + 5000);

  expect(made.window).toEqual({ start: T + 250, end: T + 500 });
});

test("zooming keeps the place under the pointer, and ends with the whole", () => {
  const made = chart();
  made.zoom(0.5, 0.25, T + 5000);
  expect(made.window).toEqual({ start: T + 125, end: T + 625 });

  made.zoom(2, 0.5, T + 5000);

  expect(made.window).toBeUndefined();
});

test("moving stops at both ends", () => {
  const made = chart();
  made.cut(0.5, 0.75, T + 5000);

  made.pan(9, T + 5000);
  expect(made.window).toEqual({ start: T + 750, end: T + 1000 });
  made.pan(-9, T + 5000);

  expect(made.window).toEqual({ start: T, end: T + 250 });
});
