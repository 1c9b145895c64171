/* Topics of a page, named by body[data-topics]: each message becomes the event `live:KIND` of body, for htmx. */
import { live, subscribe } from "../live";

const WORDS = { off: "", live: "Live", reconnecting: "Reconnecting", polling: "Polling", offline: "Offline" };

export function listen(): void {
  for (const topic of (document.body.dataset.topics ?? "").split(/[\s,]+/).filter(Boolean)) {
    const kind = topic.split(/[:?]/, 1)[0] ?? topic;
    const tell = (detail: Record<string, unknown>) =>
      void document.body.dispatchEvent(new CustomEvent(`live:${kind}`, { detail }));
    subscribe({ topic, receive: tell, refresh: () => tell({ topic, resync: true }) });
  }
  live().addEventListener("change", showState);
}

function showState(): void {
  const state = live().state;
  const dot = document.getElementById("live");
  if (!dot) return;
  dot.dataset.state = state;
  dot.title = WORDS[state];
  const text = dot.querySelector(".live-text");
  if (text) text.textContent = WORDS[state];
}
