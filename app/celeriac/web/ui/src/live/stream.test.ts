import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveStream, type Reason } from "./stream";

class Source extends EventTarget {
  isClosed = false;
  constructor(readonly topics: string[]) {
    super();
  }
  close(): void {
    this.isClosed = true;
  }
  tell(kind: string, data: object): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }));
  }
}

let sources: Source[];
let stream: LiveStream;
const stops: (() => void)[] = [];
const last = () => sources.at(-1) as Source;

function listener(topic: string) {
  const reasons: Reason[] = [];
  const received: unknown[] = [];
  const stop = stream.subscribe({ topic, receive: (data) => received.push(data), refresh: (reason) => void reasons.push(reason) });
  stops.push(stop);
  return { reasons, received, stop };
}

function fail(times: number): void {
  for (let time = 0; time < times; time += 1) {
    last().dispatchEvent(new Event("error"));
    vi.advanceTimersByTime(40_000);
  }
}

function show(state: "visible" | "hidden"): void {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

beforeEach(() => {
  vi.useFakeTimers();
  sources = [];
  stream = new LiveStream(
    (topics) => {
      sources.push(new Source(topics));
      return last() as unknown as EventSource;
    },
    () => 0.5,
  );
});

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  vi.useRealTimers();
});

test("a tab has one stream for all topics", () => {
  listener("executions");
  listener("execution:1");
  listener("executions");
  vi.advanceTimersByTime(50);

  expect(sources.map((one) => one.topics)).toEqual([["executions", "execution:1"]]);
});

test("a message goes to those who listen to its topic", () => {
  const [one, other] = [listener("execution:1"), listener("execution:2")];
  vi.advanceTimersByTime(50);

  last().tell("execution", { topic: "execution:2", n: 1 });

  expect([one.received, other.received]).toEqual([[], [{ topic: "execution:2", n: 1 }]]);
});

test("what was missed is read again when the stream opens", () => {
  const { reasons } = listener("flows");
  vi.advanceTimersByTime(50);

  last().dispatchEvent(new Event("open"));
  last().dispatchEvent(new Event("resync"));

  expect(reasons).toEqual(["open", "resync"]);
  expect(stream.state).toBe("live");
});

test("a broken stream is opened again, later each time", () => {
  listener("flows");
  vi.advanceTimersByTime(50);
  const waits: number[] = [];

  for (const _ of [1, 2, 3, 4, 5, 6, 7]) {
    const before = sources.length;
    last().dispatchEvent(new Event("error"));
    let waited = 0;
    while (sources.length === before) waited += (vi.advanceTimersByTime(500), 500);
    waits.push(waited);
  }

  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test("a stream that fails is closed, so that the browser does not retry beside us", () => {
  listener("flows");
  vi.advanceTimersByTime(50);

  last().dispatchEvent(new Event("error"));

  expect(last().isClosed).toBe(true);
  expect(stream.state).toBe("reconnecting");
});

test("after three failures pages are polled each three seconds until a stream opens", async () => {
  const { reasons } = listener("flows");
  vi.advanceTimersByTime(50);
  fail(3);
  reasons.length = 0;

  await vi.advanceTimersByTimeAsync(9000);
  expect(reasons).toEqual(["poll", "poll", "poll"]);
  expect(stream.state).toBe("polling");
  last().dispatchEvent(new Event("open"));
  await vi.advanceTimersByTimeAsync(9000);

  expect(reasons.filter((one) => one === "poll")).toHaveLength(3);
  expect(stream.state).toBe("live");
});

test("it says offline when polling fails too", async () => {
  stops.push(stream.subscribe({ topic: "flows", receive: () => undefined, refresh: () => Promise.reject(new TypeError("Failed to fetch")) }));
  vi.advanceTimersByTime(50);
  fail(3);

  await vi.advanceTimersByTimeAsync(4000);

  expect(stream.state).toBe("offline");
});

test("a tab that is hidden for a minute rests, and reads everything when it is seen again", () => {
  const { reasons } = listener("flows");
  vi.advanceTimersByTime(50);
  show("hidden");
  vi.advanceTimersByTime(59_000);
  expect(last().isClosed).toBe(false);

  vi.advanceTimersByTime(2000);
  expect(last().isClosed).toBe(true);
  show("visible");
  last().dispatchEvent(new Event("open"));

  expect(sources).toHaveLength(2);
  expect(reasons).toEqual(["open"]);
});

test("it reconnects when the server asks for it, without counting a failure", () => {
  listener("flows");
  vi.advanceTimersByTime(50);
  last().dispatchEvent(new Event("open"));

  last().dispatchEvent(new Event("reconnect"));
  vi.advanceTimersByTime(1000);

  expect(sources).toHaveLength(2);
  expect(stream.state).toBe("live");
});

test("nobody listens: nothing is open", () => {
  const { stop } = listener("flows");
  vi.advanceTimersByTime(50);

  stop();
  vi.advanceTimersByTime(50);

  expect(last().isClosed).toBe(true);
  expect(stream.state).toBe("off");
});
