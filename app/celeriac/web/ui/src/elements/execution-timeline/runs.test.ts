import { expect, test } from "vitest";
import type { TaskRunDocument } from "./documents";
import { hasProblem, pathTo, roundCounts, rowsOf } from "./rows";
import { tree } from "./runs";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function run(id: string, more: Partial<TaskRunDocument> = {}, state = "SUCCESS"): TaskRunDocument {
  const end = state === "RUNNING" || state === "CREATED" ? {} : { endDate: at(3) };
  const attempts = state === "CREATED" ? [] : [{ state: { current: state, startDate: at(1), histories: [], ...end } }];
  return { id, taskId: id, state: { current: state, startDate: at(0), histories: [{ state: "CREATED", date: at(0) }], ...end }, attempts, ...more };
}

function loop(rounds: number, tasks = ["a", "b"]): TaskRunDocument[] {
  const children = Array.from({ length: rounds }, (_, round) =>
    tasks.map((task) => run(`${task}${round}`, { taskId: task, value: `v${round}`, parentTaskRunId: "each" }, round === 1 && task === "a" ? "FAILED" : "SUCCESS")),
  );
  return [run("each", {}, "FAILED"), ...children.flat()];
}

const closed = { chosen: new Map<string, boolean>(), onlyProblems: false };
const labels = (runs: TaskRunDocument[], folding = closed) => rowsOf(tree(runs), folding).map((row) => `${"-".repeat(row.depth)}${row.node.label}`);

test("children stand below their parent", () => {
  expect(labels([run("p"), run("c", { parentTaskRunId: "p" }), run("q")])).toEqual(["p", "-c", "q"]);
});

test("a task run whose parent is not there yet is a root", () => {
  expect(labels([run("c", { parentTaskRunId: "missing" })])).toEqual(["c"]);
});

test("rounds of a loop are rows of their own, open where something failed", () => {
  expect(labels(loop(3))).toEqual(["each", "-v0", "-v1", "--a", "--b", "-v2"]);
});

test("a round of one task is that task", () => {
  expect(labels(loop(2, ["a"]))).toEqual(["each", "-v0 · a", "-v1 · a"]);
});

test("a long loop is folded and counts its rounds", () => {
  const runs = loop(100);

  expect(labels(runs)).toEqual(["each"]);
  expect([...roundCounts(tree(runs)[0]!)]).toEqual([["SUCCESS", 99], ["FAILED", 1]]);
});

test("what was chosen by hand stays open or folded", () => {
  const runs = [run("p"), run("c", { parentTaskRunId: "p" })];

  expect(labels(runs, { ...closed, chosen: new Map([["p", false]]) })).toEqual(["p"]);
});

test("problems only: the way to each problem and nothing else", () => {
  expect(labels([run("fine"), ...loop(50)], { ...closed, onlyProblems: true })).toEqual(["each", "-v1", "--a"]);
  expect(hasProblem(tree([run("fine")])[0]!)).toBe(false);
});

test("the way to a task run names what must be unfolded", () => {
  expect(pathTo(tree(loop(3)), "b2")).toEqual(["each", "each/v2"]);
});

test("time in the queue is a segment before the first attempt", () => {
  const segments = tree([run("a")])[0]!.segments.map((one) => [one.state, one.end! - one.start]);

  expect(segments).toEqual([["QUEUED", 1000], ["SUCCESS", 2000]]);
});

test("attempts are segments with a wait between", () => {
  const attempts = [
    { state: { current: "FAILED", startDate: at(0), endDate: at(1), histories: [] } },
    { state: { current: "SUCCESS", startDate: at(2), endDate: at(3), histories: [] } },
  ];

  const node = tree([run("a", { attempts })])[0]!;

  expect(node.segments.map((one) => one.state)).toEqual(["FAILED", "RETRYING", "SUCCESS"]);
  expect(node.attempts).toBe(2);
});

test("what runs has no end", () => {
  expect(tree([run("a", {}, "RUNNING")])[0]!.segments.at(-1)).toEqual({ start: Date.parse(at(1)), end: undefined, state: "RUNNING" });
});

test("what waits is queued", () => {
  expect(tree([run("a", {}, "CREATED")])[0]!.segments).toEqual([{ start: Date.parse(at(0)), end: undefined, state: "QUEUED" }]);
});

test("ten thousand task runs become rows at once", () => {
  const runs = loop(5000);

  expect(rowsOf(tree(runs), { ...closed, chosen: new Map([["each", true]]) })).toHaveLength(5003);
});
