/* The timeline's rows and axis as templates. */
import { html, nothing, type TemplateResult } from "lit-html";
import { icon, stateIcon } from "../../icons";
import { clock, grouped, length, offset } from "../../words/lengths";
import { type Row, roundCounts } from "./rows";
import type { Node } from "./runs";
import type { Scale, Tick } from "./scale";

export const ROW_PX = 28;

export interface Sight {
  scale: Scale;
  now: number;
  selected: string;
  /** Where a task run's name leads, without its id; "" = nowhere. */
  href: string;
}

export function rowTemplate(row: Row, index: number, sight: Sight): TemplateResult {
  const { node, depth } = row;
  const isSelected = node.key === sight.selected;
  return html`<div class="tl-row" role="row" id=${`tl-${index}`} data-index=${index} data-state=${node.state}
    aria-level=${depth + 1} aria-rowindex=${index + 2} aria-expanded=${row.isOpen === undefined ? nothing : String(row.isOpen)}
    aria-selected=${String(isSelected)} .style=${`transform:translateY(${index * ROW_PX}px)`}>
    <div class="tl-name" role="gridcell" .style=${`padding-left:${8 + Math.min(depth, 12) * 14}px`}>
      <span class="tl-twist ${row.isOpen ? "is-open" : ""}">${row.isOpen === undefined ? nothing : icon("chevron")}</span>
      ${stateIcon(node.state)}
      ${label(node, sight.href)}
      ${node.isLoop ? loopSummary(node) : nothing} ${node.attempts > 1 ? html`<span class="tag" title="Attempts">×${node.attempts}</span>` : nothing}
      <span class="sr-only">${node.state}</span>
    </div>
    <div class="tl-track" role="gridcell" title=${story(node, sight.now)}>${bars(node, sight)}</div>
    <div class="tl-length number" role="gridcell">${lengthOf(node, sight.now)}</div>
  </div>`;
}

function label(node: Node, href: string): TemplateResult {
  if (!href || !node.run) return html`<span class="tl-label truncate" title=${titleOf(node)}>${node.label}</span>`;
  return html`<a class="tl-label truncate" tabindex="-1" title=${titleOf(node)} href=${href + encodeURIComponent(node.run.id)}>${node.label}</a>`;
}

function bars(node: Node, { scale, now }: Sight): TemplateResult[] {
  const isGroup = node.children.length > 0;
  const shown = isGroup ? [{ start: node.segments[0]?.start ?? node.start, end: node.end, state: node.state }] : node.segments;
  return shown.map((segment) => {
    const end = segment.end ?? now;
    if (end < scale.start || segment.start > scale.end) return html``;
    const left = scale.place(segment.start) * 100;
    const width = scale.place(end) * 100 - left;
    const classes = `tl-segment ${isGroup ? "is-group" : ""} ${segment.end === undefined ? "is-open" : ""}`;
    return html`<span class=${classes} data-state=${segment.state} .style=${`left:${left.toFixed(4)}%;width:${width.toFixed(4)}%`}></span>`;
  });
}

const MARKS: Record<string, string> = { SUCCESS: "✓", FAILED: "✗", WARNING: "△", RUNNING: "…", KILLED: "■", SKIPPED: "–", CREATED: "○" };

/** `1 000: 997 ✓ 3 ✗`. */
function loopSummary(node: Node): TemplateResult {
  const counts = [...roundCounts(node)];
  const words = counts.map(([state, count]) => `${count} ${state}`).join(", ");
  return html`<span class="tl-rounds" title=${words}>${grouped(node.children.length)}:
    ${counts.map(([state, count]) => html`<span data-state=${state}>${grouped(count)} <b aria-label=${state}>${MARKS[state] ?? state.toLowerCase()}</b></span> `)}</span>`;
}

export function axis(ticks: readonly Tick[], origin: number): TemplateResult[] {
  return ticks.map(({ place, time }) => html`<span class="tl-tick" title=${clock(time)} .style=${`left:${place * 100}%`}>${tickWords(time - origin)}</span>`);
}

export function lines(ticks: readonly Tick[], scale: Scale, now: number | undefined): TemplateResult {
  const at = now === undefined || now > scale.end + 1 ? undefined : scale.place(now);
  return html`${ticks.map(({ place }) => html`<i .style=${`left:${place * 100}%`}></i>`)}
  ${scale.cuts.map((place) => html`<i class="tl-cut" title="Nothing ran here" .style=${`left:${place * 100}%`}></i>`)}
  ${at === undefined ? nothing : html`<i class="tl-now" .style=${`left:${at * 100}%`}></i>`}`;
}

function tickWords(since: number): string {
  return Math.abs(since) < 1 ? "0" : length(since).replace(/\.0 s$/, " s").replace(/ 00 (s|min)$/, "");
}

/** How long it ran, its time in the queue left out. */
export function lengthOf(node: Node, now: number): string {
  const began = node.segments.find((one) => one.state !== "QUEUED")?.start;
  if (began === undefined || node.state === "SKIPPED") return "";
  return length((node.end ?? now) - began);
}

function titleOf(node: Node): string {
  return node.run?.value ? `${node.run.taskId} (${node.run.value})` : node.label;
}

function story(node: Node, now: number): string {
  return node.segments.map((one) => `${one.state} ${length((one.end ?? now) - one.start)} from ${offset(one.start - node.start)} s`).join("\n");
}
