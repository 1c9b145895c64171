/* The stream of this tab, made at its first use. */
import { address } from "../api/client";
import { LiveStream, type Subscription } from "./stream";

export type { LiveState, Reason, Subscription } from "./stream";

let stream: LiveStream | undefined;

export function live(): LiveStream {
  stream ??= new LiveStream((topics) => new EventSource(`${address("/events")}?topics=${topics.map(encodeURIComponent).join(",")}`));
  return stream;
}

export function subscribe(subscription: Subscription): () => void {
  return live().subscribe(subscription);
}
