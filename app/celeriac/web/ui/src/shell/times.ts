/* Keeps `time[data-as=relative]` true, and tells the server the browser's zone. */
import { length, relative } from "../words/lengths";
import { cookie, setCookie } from "./cookies";
import { showIn } from "./zones";

const EACH_MS = 5000;
const TICK_MS = 1000;

export function keepTimes(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !cookie("zone")) {
    setCookie("zone", zone);
    showIn(zone);
  }
  setInterval(() => document.visibilityState === "visible" && refreshTimes(), EACH_MS);
  setInterval(() => document.visibilityState === "visible" && tick(), TICK_MS);
}

/** How long something has taken until now, where data-since says when it began. */
function tick(now = Date.now()): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-since]")) {
    element.textContent = length(now - Date.parse(element.dataset.since ?? ""));
  }
}

export function refreshTimes(root: ParentNode = document, now = Date.now()): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>('time[data-as="relative"]')) {
    const words = relative(Date.parse(element.dateTime), now);
    if (element.textContent !== words) element.textContent = words;
  }
}
