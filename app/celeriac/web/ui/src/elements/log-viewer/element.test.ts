import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LogViewer } from "./element";

const LINES = [
  { taskId: "a", taskRunId: "ra", attempt: 0, level: "INFO", message: "<img src=x onerror=alert(1)>", timestamp: "2026-01-01T00:00:00Z", line: 0 },
  { taskId: "b", taskRunId: "rb", attempt: 0, level: "ERROR", message: "\u001b[31mfailed\u001b[0m badly", timestamp: "2026-01-01T00:00:01Z", line: 0 },
];

class Silent extends EventTarget {
  close(): void {}
}

customElements.define("log-viewer", LogViewer);

beforeEach(() => {
  vi.stubGlobal("EventSource", Silent);
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify(LINES), { headers: { "Content-Type": "application/json" } }));
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

async function shown(attributes = ""): Promise<HTMLElement> {
  document.body.innerHTML = `<log-viewer execution-id="x" ${attributes}><pre>before</pre></log-viewer>`;
  const viewer = document.querySelector("log-viewer") as HTMLElement;
  await vi.waitFor(() => expect(viewer.querySelector(".lv-row")).not.toBeNull());
  return viewer;
}

function texts(viewer: HTMLElement): (string | null)[] {
  return [...viewer.querySelectorAll(".lv-text")].map((one) => one.textContent);
}

test("the lines take the place of what the page has rendered", async () => {
  const viewer = await shown();

  expect(viewer.querySelector("pre")).toBeNull();
  expect(texts(viewer)).toEqual(["<img src=x onerror=alert(1)>", "failed badly"]);
});

test("what a line says is text, never markup", async () => {
  const viewer = await shown();

  expect(viewer.querySelector("img")).toBeNull();
});

test("colours are spans with classes", async () => {
  const viewer = await shown();

  expect(viewer.querySelector(".ansi-red")?.textContent).toBe("failed");
});

test("the least level hides lower ones", async () => {
  const viewer = await shown('min-level="WARN"');

  expect(texts(viewer)).toEqual(["failed badly"]);
});

test("a task run shows its own lines", async () => {
  const viewer = await shown('task-run-id="ra"');

  expect(texts(viewer)).toEqual(["<img src=x onerror=alert(1)>"]);
});

test("what is found is marked and counted", async () => {
  const viewer = await shown();
  const input = viewer.querySelector(".lv-find input") as HTMLInputElement;

  input.value = "BADLY";
  input.dispatchEvent(new Event("input"));

  expect(viewer.querySelector("mark")?.textContent).toBe("badly");
  expect(viewer.querySelector(".lv-found")?.textContent?.trim()).toBe("1/1");
});

test("Ctrl+F goes to the find bar instead of the browser's", async () => {
  const viewer = await shown();
  viewer.checkVisibility = () => true;
  const event = new KeyboardEvent("keydown", { key: "f", ctrlKey: true, bubbles: true, cancelable: true });

  document.body.dispatchEvent(event);

  expect(event.defaultPrevented).toBe(true);
  expect(document.activeElement).toBe(viewer.querySelector(".lv-find input"));
});
