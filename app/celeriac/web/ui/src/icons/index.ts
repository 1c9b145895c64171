/* Icons on a grid of 24, stroked with the colour of the text; decorative: a text or a label stands beside each. */
import { html, svg, type TemplateResult } from "lit-html";

const PATHS: Record<string, string> = {
  search: "M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15.500 15.500 20 20",
  previous: "M6 14.500 12 8.500l6 6",
  next: "m6 9.500 6 6 6-6",
  regex: "M15 5v8M11.500 7l7 4M18.500 7l-7 4M6 16.500h2v2H6z",
  wrap: "M4 6h16M4 12h13a3.500 3.500 0 0 1 0 7h-4M15 16.500 12.500 19l2.500 2.500M4 19h4",
  since: "M12 5.500a7.500 7.500 0 1 0 7.500 7.500M12 9v4l2.500 1.500M10 2.500h4M17.500 5l1.500 1.500",
  copy: "M8.500 8.500h11v11h-11zM15.500 8.500v-4h-11v11h4",
  download: "M12 4v11M7.500 11 12 15.500 16.500 11M5 19.500h14",
  chevron: "m9 6 6 6-6 6",
  down: "M12 5v13M6.500 12.500 12 18l5.500-5.500",
  errors: "M8.500 3.500h7l5 5v7l-5 5h-7l-5-5v-7zM12 8v5M12 16h.01",
  compress: "M4 12h5M20 12h-5M6.500 9 9.500 12l-3 3M17.500 9l-3 3 3 3M12 4v16",
  table: "M4 5h16v14H4zM4 10h16M4 14.500h16M10 10v9",
  expand: "M7 9.500 12 4.500l5 5M7 14.500l5 5 5-5",
  fold: "M7 4.500 12 9.500l5-5M7 19.500l5-5 5 5",
  follow: "M4 12h9M9 7.500 13.500 12 9 16.500M19 5v14",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  save: "M5 4.500h11l3.500 3.500v11.500H5zM8.500 4.500v5h6v-5M8.500 19.500V14h7v5.500",
  warning: "M12 4 21 19.500H3zM12 10v4.500M12 17h.01",
  info: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 11v5M12 8h.01",
  check: "m5 12.500 4.500 4.500L19 7",
  clock: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 7.500V12l3 2",
  bolt: "M13 3 5.500 13.500H12L11 21l7.500-10.500H12z",
};

const STATES: Record<string, string> = {
  SUCCESS: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM8 12.300l2.800 2.800L16 9.500",
  RUNNING: "M20.500 12A8.500 8.500 0 1 1 12 3.500",
  CREATED: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM12 7.500V12l3 2",
  PAUSED: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM10 8.500v7M14 8.500v7",
  WARNING: "M12 4 21 19.500H3zM12 10v4.500M12 17h.01",
  RETRYING: "M5 12a7 7 0 1 0 2.200-5.100M5 4v4h4",
  FAILED: "M8.500 3.500h7l5 5v7l-5 5h-7l-5-5v-7zM9.200 9.200l5.600 5.600M14.800 9.200l-5.600 5.600",
  KILLED: "M4 4h16v16H4zM9 9h6v6H9z",
  CANCELLED: "M12 3.500a8.500 8.500 0 1 0 0 17 8.500 8.500 0 0 0 0-17zM8 12h8",
};
const ALIKE: Record<string, string> = {
  RESTARTED: "RUNNING",
  QUEUED: "CREATED",
  RETRIED: "RETRYING",
  KILLING: "KILLED",
  SKIPPED: "CANCELLED",
  LOST: "FAILED",
};

export function icon(name: string): TemplateResult {
  return drawn(PATHS[name] ?? "", "icon", false);
}

export function stateIcon(state: string): TemplateResult {
  const name = ALIKE[state] ?? state;
  return drawn(STATES[name] ?? STATES.CREATED ?? "", "icon state-icon", name === "RUNNING");
}

/** Icon and name of a state. */
export function stateBadge(state: string): TemplateResult {
  return html`<span class="state" data-state=${state}>${stateIcon(state)}<span class="state-text">${state}</span></span>`;
}

/** The icon's path, for drawings that are one SVG. */
export function statePath(state: string): string {
  return STATES[ALIKE[state] ?? state] ?? STATES.CREATED ?? "";
}

function drawn(path: string, classes: string, spins: boolean): TemplateResult {
  return html`<svg class=${classes} viewBox="0 0 24 24" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
    ${svg`<path class=${spins ? "spin" : ""} d=${path}></path>`}
  </svg>`;
}
