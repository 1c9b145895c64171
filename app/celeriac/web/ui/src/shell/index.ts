/* On every page: styles, htmx, keys, times, dialogs and the page's live topics. */
import "../styles/index.css";
import htmx from "htmx.org";
import { csrfHeaders } from "../api/client";
import { wireControls } from "./controls";
import { openDialogs } from "./dialogs";
import { addRailButton, addThemeButton } from "./frame";
import { wireKeys } from "./keys";
import { Refreshes } from "./refreshes";
import { keepTimes, refreshTimes } from "./times";
import { showToasts } from "./toasts";
import { listen } from "./topics";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
document.body.addEventListener("htmx:configRequest", (event) => {
  Object.assign((event as CustomEvent<{ headers: Record<string, string> }>).detail.headers, csrfHeaders());
});
document.body.addEventListener("htmx:afterSettle", (event) => refreshTimes(event.target as Element));

const refreshes = new Refreshes((part) => htmx.trigger(part, "refresh"));
for (const kind of ["executions", "execution", "flows", "logs"]) {
  document.body.addEventListener(`live:${kind}`, () => refreshes.due(kind));
}
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event as CustomEvent<{ shouldSwap: boolean; requestConfig: { elt: Element; triggeringEvent?: Event } }>;
  const { elt, triggeringEvent } = detail.requestConfig;
  if (triggeringEvent?.type === "refresh" && refreshes.isUnwelcome(elt)) detail.shouldSwap = false;
});

addRailButton();
addThemeButton();
wireControls();
wireKeys();
openDialogs();
showToasts();
keepTimes();
listen();
