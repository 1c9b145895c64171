/* The one event stream of a tab: reconnects by itself, rests while the tab is hidden, polls when streams do not work. */

export type LiveState = "off" | "live" | "reconnecting" | "polling" | "offline";

export interface Subscription {
  topic: string;
  /** A message of the topic. */
  receive(data: Record<string, unknown>, kind: string): void;
  /** Messages may have been missed: read everything again. Rejects when the server cannot be reached. */
  refresh(reason: Reason): Promise<void> | void;
}

/** open: the stream begins (again). resync: the server dropped messages. poll: there is no stream. */
export type Reason = "open" | "resync" | "poll";

const FIRST_MS = 1000;
const LONGEST_MS = 30_000;
const HIDDEN_MS = 60_000;
const POLL_MS = 3000;
const GATHER_MS = 20;
const FAILURES_BEFORE_POLLING = 3;

export class LiveStream extends EventTarget {
  state: LiveState = "off";
  #subscriptions = new Set<Subscription>();
  #source: EventSource | undefined;
  #failures = 0;
  #paused = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #poll: ReturnType<typeof setInterval> | undefined;
  #hide: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly open: (topics: string[]) => EventSource,
    private readonly random: () => number = Math.random,
  ) {
    super();
    document.addEventListener("visibilitychange", () => this.#visibility());
    window.addEventListener("online", () => this.#connect());
    window.addEventListener("offline", () => this.#lost());
    window.addEventListener("pagehide", () => this.#close());
    window.addEventListener("pageshow", (event) => event.persisted && this.#connect());
  }

  /** Starts to listen; the result stops it. */
  subscribe(subscription: Subscription): () => void {
    this.#subscriptions.add(subscription);
    this.#again(GATHER_MS);
    return () => {
      if (this.#subscriptions.delete(subscription)) this.#again(GATHER_MS);
    };
  }

  #connect(): void {
    this.#close();
    if (this.#subscriptions.size === 0) return this.#show("off");
    if (this.#paused) return;
    const topics = [...new Set([...this.#subscriptions].map((one) => one.topic))];
    const source = this.open(topics);
    this.#source = source;
    source.addEventListener("open", () => this.#opened());
    source.addEventListener("error", () => this.#lost());
    source.addEventListener("resync", () => void this.#refresh("resync"));
    source.addEventListener("reconnect", () => {
      this.#close();
      this.#again(FIRST_MS * this.random());
    });
    for (const kind of new Set(topics.map(kindOf))) {
      source.addEventListener(kind, (event) => this.#received(kind, (event as MessageEvent<string>).data));
    }
  }

  #opened(): void {
    this.#failures = 0;
    this.#stopPolling();
    this.#show("live");
    void this.#refresh("open");
  }

  #lost(): void {
    this.#close();
    if (this.#subscriptions.size === 0 || this.#paused) return;
    this.#failures += 1;
    if (!navigator.onLine) this.#show("offline");
    else if (this.state !== "polling" && this.state !== "offline") this.#show("reconnecting");
    if (this.#failures >= FAILURES_BEFORE_POLLING) this.#startPolling();
    const wait = Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#failures - 1));
    this.#again(wait * (0.75 + this.random() / 2));
  }

  #received(kind: string, text: string): void {
    const data = JSON.parse(text) as Record<string, unknown>;
    for (const one of this.#subscriptions) {
      if (one.topic === data.topic || (data.topic === undefined && kindOf(one.topic) === kind)) one.receive(data, kind);
    }
  }

  async #refresh(reason: Reason): Promise<void> {
    const results = await Promise.allSettled([...this.#subscriptions].map(async (one) => one.refresh(reason)));
    if (this.#poll === undefined) return;
    this.#show(results.every((one) => one.status === "rejected") ? "offline" : "polling");
  }

  #visibility(): void {
    clearTimeout(this.#hide);
    if (document.visibilityState === "hidden") {
      this.#hide = setTimeout(() => {
        this.#paused = true;
        this.#close();
        this.#stopPolling();
      }, HIDDEN_MS);
    } else if (this.#paused) {
      this.#paused = false;
      this.#connect();
    }
  }

  #again(wait: number): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), wait);
  }

  #close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
  }

  #startPolling(): void {
    this.#poll ??= setInterval(() => void this.#refresh("poll"), POLL_MS);
  }

  #stopPolling(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }

  #show(state: LiveState): void {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

function kindOf(topic: string): string {
  return topic.split(/[:?]/, 1)[0] ?? topic;
}
