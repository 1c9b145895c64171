/* Answers the requests of the elements from fixtures, so that the gallery needs no server. */
import { execution } from "./execution";
import { graph } from "./graph";
import { moreLogs, logs } from "./logs";
import { flow, validate } from "./flow";

const answers: [RegExp, (url: URL, init: RequestInit | undefined) => unknown][] = [
  [/\/logs\//, (url) => logs(Number(url.pathname.split("-").at(-1)) || 400)],
  [/\/executions\/[^/]+$/, (url) => execution(url.pathname.split("/").at(-1) ?? "")],
  [/\/graph/, () => graph()],
  [/\/flows\/validate/, (_, init) => validate(String(init?.body))],
  [/\/flows\//, (_, init) => flow(init)],
];

const real = window.fetch.bind(window);
window.fetch = async (input, init) => {
  const url = new URL(String(input instanceof Request ? input.url : input), location.href);
  const answer = url.pathname.startsWith("/api/") && answers.find(([pattern]) => pattern.test(url.pathname));
  if (!answer) return real(input, init);
  const body = answer[1](url, init);
  if (body instanceof Response) return body;
  return new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json", ETag: '"7"' } });
};

class FakeSource extends EventTarget {
  #timer: ReturnType<typeof setInterval>;

  constructor(url: string) {
    super();
    const topics = decodeURIComponent(new URL(url, location.href).searchParams.get("topics") ?? "").split(",");
    setTimeout(() => this.dispatchEvent(new Event("open")), 50);
    setTimeout(() => topics.filter((one) => one.startsWith("execution:")).forEach((topic) => this.#execution(topic)), 80);
    this.#timer = setInterval(() => {
      for (const topic of topics) if (/^logs:.*live/.test(topic)) this.#send("logs", { topic, lines: moreLogs() });
    }, 700);
  }

  #execution(topic: string): void {
    const { taskRunList, ...header } = execution(topic.slice("execution:".length));
    this.#send("execution", { topic, execution: header, taskRuns: taskRunList, complete: true });
  }

  #send(kind: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }));
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
window.EventSource = FakeSource as unknown as typeof EventSource;
