/* The bar above the timeline: how far it is, what is shown. */
import { html, nothing, type TemplateResult } from "lit-html";
import { icon, stateIcon } from "../../icons";
import { grouped } from "../../words/lengths";
import type { Chart } from "./chart";

export interface Actions {
  problems(): void;
  compress(): void;
  zoom(factor: number): void;
  fit(): void;
  openAll(isOpen: boolean): void;
  follow(): void;
  table(): void;
}

export function tools(chart: Chart, follows: boolean, isTable: boolean, act: Actions): TemplateResult {
  return html`
    <div class="tl-counts">
      <span class="tl-progress"><b>${grouped(chart.ended)}</b>/${grouped(chart.total)}</span>
      ${[...chart.counts].map(([state, count]) => html`<span class="state" data-state=${state} title=${state}>${stateIcon(state)}${grouped(count)}<span class="sr-only">${state}</span></span>`)}
    </div>
    <div class="tl-tools">
      <div class="btn-group">
        ${button("errors", "Problems only (e)", act.problems, chart.onlyProblems)}
        ${button("compress", "Shorten the time in which nothing runs (c)", act.compress, chart.isCompressed)}
        ${chart.isRunning ? button("follow", "Follow what runs (f)", act.follow, follows) : nothing}
      </div>
      <div class="btn-group">
        ${button("minus", "Zoom out (−)", () => act.zoom(2))} ${button("plus", "Zoom in (+)", () => act.zoom(0.5))}
        ${button("fit", "All the time (0)", act.fit)}
      </div>
      <div class="btn-group">
        ${button("expand", "Unfold all", () => act.openAll(true))} ${button("fold", "Fold all", () => act.openAll(false))}
        ${button("table", "As a table", act.table, isTable)}
      </div>
    </div>`;
}

function button(name: string, label: string, act: () => void, pressed?: boolean): TemplateResult {
  return html`<button type="button" class="btn btn-icon btn-small" title=${label} aria-label=${label}
    aria-pressed=${pressed === undefined ? nothing : String(pressed)} @click=${act}>${icon(name)}</button>`;
}
