import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ExecutionTimeline } from "./element";

class Source extends EventTarget {
  constructor() {
    super();
    sources.push(this);
  }
  close(): void {}
  tell(data: object): void {
    this.dispatchEvent(new MessageEvent("execution", { data: JSON.stringify(data) }));
  }
}

let sources: Source[] = [];
const time = "2026-01-01T00:00:00Z";
const state = (current: string) => ({ current, startDate: time, histories: [{ state: "CREATED", date: time }], ...(current === "RUNNING" ? {} : { endDate: "2026-01-01T00:00:02Z" }) });
const run = (id: string, current = "SUCCESS", parent?: string) => ({ id, taskId: id, parentTaskRunId: parent ?? null, state: state(current), attempts: [{ state: state(current) }] });
const event = (runs: object[], more: object = {}) => ({
  topic: "execution:x",
  execution: { id: "x", namespace: "n", flowId: "f", state: state("RUNNING") },
  taskRuns: runs,
  complete: true,
  ...more,
});

customElements.define("execution-timeline", ExecutionTimeline);

beforeEach(() => {
  sources = [];
  vi.stubGlobal("EventSource", Source);
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

async function shown(runs: object[], attributes = ""): Promise<HTMLElement> {
  document.body.innerHTML = `<execution-timeline execution-id="x" ${attributes}><table></table></execution-timeline>`;
  await vi.waitFor(() => expect(sources.length).toBeGreaterThan(0));
  sources.at(-1)?.tell(event(runs));
  const timeline = document.querySelector("execution-timeline") as HTMLElement;
  await vi.waitFor(() => expect(timeline.querySelector(".tl-row")).not.toBeNull());
  return timeline;
}

const labels = (timeline: HTMLElement) => [...timeline.querySelectorAll(".tl-label")].map((one) => one.textContent);

function press(timeline: HTMLElement, key: string): void {
  timeline.querySelector(".tl-body")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

test("rows take the place of the page's table", async () => {
  const timeline = await shown([run("a"), run("b", "FAILED")]);

  expect(timeline.querySelector("table")).toBeNull();
  expect(labels(timeline)).toEqual(["a", "b"]);
});

test("what changes is merged into what is known", async () => {
  const timeline = await shown([run("a", "RUNNING")]);

  sources.at(-1)?.tell(event([run("a"), run("b", "RUNNING")], { complete: false }));

  await vi.waitFor(() => expect(labels(timeline)).toEqual(["a", "b"]));
  expect(timeline.querySelector(".tl-row")?.getAttribute("data-state")).toBe("SUCCESS");
});

test("what is gone after a restart is gone", async () => {
  const timeline = await shown([run("a"), run("b")]);

  sources.at(-1)?.tell(event([run("a")]));

  await vi.waitFor(() => expect(labels(timeline)).toEqual(["a"]));
});

test("the rest of a large execution is asked for", async () => {
  const asked = vi.fn(async () => new Response(JSON.stringify({ ...event([]).execution, taskRunList: [run("a"), run("b")] }), { headers: { "Content-Type": "application/json" } }));
  vi.stubGlobal("fetch", asked);
  const timeline = await shown([run("a")]);

  sources.at(-1)?.tell(event([run("a")], { complete: false, total: 2 }));

  await vi.waitFor(() => expect(labels(timeline)).toEqual(["a", "b"]));
  expect(asked).toHaveBeenCalledOnce();
});

test("keys walk the rows, fold them and choose one", async () => {
  const timeline = await shown([run("p"), run("c", "SUCCESS", "p"), run("q")]);
  const chosen: unknown[] = [];
  timeline.addEventListener("task-run-selected", (one) => chosen.push((one as CustomEvent<{ taskRunId: string }>).detail.taskRunId));

  press(timeline, "j");
  press(timeline, "ArrowLeft");
  await vi.waitFor(() => expect(labels(timeline)).toEqual(["p", "q"]));
  press(timeline, "j");
  press(timeline, "Enter");

  expect(chosen).toEqual(["q"]);
});

test("names lead where the page wants", async () => {
  const timeline = await shown([run("a")], 'task-run-href="/logs?taskRunId="');

  expect(timeline.querySelector(".tl-label")?.getAttribute("href")).toBe("/logs?taskRunId=a");
});

test("the same is there as a table", async () => {
  const timeline = await shown([run("a"), run("b", "FAILED")]);

  (timeline.querySelector('[title="As a table"]') as HTMLElement).click();

  await vi.waitFor(() => expect([...timeline.querySelectorAll("tbody tr")].map((one) => one.textContent?.replace(/\s+/g, " ").trim().slice(0, 9))).toEqual(["a SUCCESS", "b FAILED "]));
});
