import { expect, test } from "vitest";
import graph from "../../../gallery/graph.json";
import type { GraphDocument } from "./documents";
import { drawingOf } from "./layout";
import { shapeOf } from "./shape";
import { stateOf, statesOf } from "./states";

const document = graph as unknown as GraphDocument;
const none = new Set<string>();

test("tasks and triggers are boxes, flowables are groups", () => {
  const shape = shapeOf(document, none);

  expect(shape.boxes.filter((one) => one.kind === "trigger").map((one) => one.label)).toEqual(["nightly"]);
  expect(shape.groups.map((one) => one.label).sort()).toEqual(["both", "choose", "each"]);
});

test("the branches of a choice carry their names", () => {
  const labels = shapeOf(document, none).links.map((one) => one.label).filter(Boolean);

  expect(labels).toEqual(expect.arrayContaining(["north", "south", "on error", "finally"]));
});

test("the start of a group is no box: lines lead to its own task", () => {
  const shape = shapeOf(document, none);

  expect(shape.boxes.some((one) => one.id.endsWith("both.start"))).toBe(false);
  expect(shape.links.some((one) => one.from === "root.extract" && one.to === "root.both")).toBe(true);
});

test("a folded group is one box that stands for its tasks", () => {
  const shape = shapeOf(document, new Set(["cluster_root.each"]));
  const box = shape.boxes.find((one) => one.kind === "group");

  expect(box?.tasks).toEqual(["each", "wait", "say"]);
  expect(shape.links.every((one) => one.from !== one.to)).toBe(true);
});

test("every box has a place within the drawing, every group lies around its boxes", () => {
  const drawing = drawingOf(shapeOf(document, none));

  for (const { x, y, width, height } of [...drawing.boxes, ...drawing.groups]) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(drawing.width);
    expect(y + height).toBeLessThanOrEqual(drawing.height);
  }
  for (const group of drawing.groups) {
    for (const box of drawing.boxes.filter((one) => one.item.parent === group.item.id)) expect(box.y).toBeGreaterThan(group.y);
  }
});

test("a flow of three hundred tasks in a row is laid out", () => {
  const nodes = Array.from({ length: 300 }, (_, index) => ({ uid: `t${index}`, type: "GraphTask", task: { id: `t${index}`, type: "x.Y" } }));
  const edges = nodes.slice(1).map((node, index) => ({ source: `t${index}`, target: node.uid }));

  expect(drawingOf(shapeOf({ nodes, edges, clusters: [] }, none)).boxes).toHaveLength(300);
});

test("a task of a loop has its worst state and counts its runs", () => {
  const run = (current: string) => ({ id: current, taskId: "say", state: { current, startDate: null, histories: [] } });

  expect(stateOf(["say"], statesOf(["SUCCESS", "FAILED", "RUNNING"].map(run)))).toEqual({ state: "FAILED", runs: 3, ended: 2 });
  expect(stateOf(["other"], new Map())).toBeUndefined();
});
