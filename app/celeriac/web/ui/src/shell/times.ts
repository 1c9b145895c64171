/* Keeps `time[data-as=relative]` true, and tells the server the browser's zone. */
import { relative } from "../words/lengths";
import { cookie, setCookie } from "./cookies";
import { showIn } from "./zones";

const EACH_MS = 5000;

export function keepTimes(): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !cookie("zone")) {
    setCookie("zone", zone);
    showIn(zone);
  }
  setInterval(() => document.visibilityState === "visible" && refreshTimes(), EACH_MS);
}

export function refreshTimes(root: ParentNode = document, now = Date.now()): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>('time[data-as="relative"]')) {
    const words = relative(Date.parse(element.dateTime), now);
    if (element.textContent !== words) element.textContent = words;
  }
}
