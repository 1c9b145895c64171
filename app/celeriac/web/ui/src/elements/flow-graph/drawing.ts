/* The drawing as SVG: groups, lines, boxes. */
import { nothing, svg, html, type TemplateResult } from "lit-html";
import { statePath } from "../../icons";
import { grouped } from "../../words/lengths";
import type { Drawing, Placed, Way } from "./layout";
import type { Box, Group } from "./shape";
import { stateOf, type TaskStates } from "./states";

export interface Look {
  drawing: Drawing;
  zoom: number;
  states: TaskStates;
  hasExecution: boolean;
  selected: string;
}

export interface Actions {
  select(task: string): void;
  fold(group: string): void;
}

const LETTERS = 24;
const BOLT = "M13 3 5.500 13.500H12L11 21l7.500-10.500H12z";

export function picture(look: Look, act: Actions): TemplateResult {
  const { width, height, groups, ways, boxes } = look.drawing;
  return html`<svg class="graph" role="group" aria-label="Topology" width=${Math.ceil(width * look.zoom)} height=${Math.ceil(height * look.zoom)} viewBox=${`0 0 ${width} ${height}`}>
    <defs>
      <marker id="graph-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M1 1l6 3-6 3" class="graph-arrow"></path></marker>
    </defs>
    ${groups.map((one) => group(one, act))} ${ways.map((one) => way(one, boxes))} ${boxes.map((one) => box(one, look, act))}
  </svg>`;
}

function group({ item, x, y, width, height }: Placed<Group>, act: Actions): TemplateResult {
  return svg`<g class="graph-group" transform=${`translate(${x} ${y})`}>
    <rect width=${width} height=${height} rx="8"></rect>
    <g class="graph-fold" tabindex="0" role="button" aria-label=${`Fold ${item.label}`} @click=${() => act.fold(item.id)} @keydown=${onEnter(() => act.fold(item.id))}>
      <rect x="0" y="0" width=${Math.min(width, item.label.length * 7 + 40)} height="22" rx="6"></rect>
      <path d="M9 9l4 4 4-4"></path><text x="24" y="15">${item.label}</text>
    </g>
  </g>`;
}

function way({ link, path, x, y }: Way, boxes: readonly Placed<Box>[]): TemplateResult {
  const ends = boxes.find((one) => one.item.id === link.to)?.item.kind !== "dot";
  return svg`<g class="graph-way" data-kind=${link.kind}><path d=${path} marker-end=${ends ? "url(#graph-arrow)" : nothing}></path>
    ${link.label ? svg`<text x=${x} y=${y + 4} text-anchor="middle">${short(link.label, 20)}</text>` : nothing}</g>`;
}

function box(placed: Placed<Box>, look: Look, act: Actions): TemplateResult {
  const { item, x, y, width, height } = placed;
  if (item.kind === "dot") return svg`<circle class="graph-dot" cx=${x + width / 2} cy=${y + height / 2} r=${width / 2 - 1}></circle>`;
  const state = look.hasExecution ? stateOf(item.tasks, look.states) : undefined;
  const go = () => (item.kind === "group" ? act.fold(item.id) : act.select(item.tasks[0] ?? item.label));
  const label = [item.label, words(item.type), state?.state ?? ""].filter(Boolean).join(", ");
  const classes = ["graph-box", `is-${item.kind}`, item.isDisabled ? "is-disabled" : "", item.tasks[0] !== undefined && item.tasks[0] === look.selected ? "is-selected" : ""].join(" ");
  return svg`<g class=${classes} data-state=${state?.state ?? nothing} data-branch=${item.branch || nothing} transform=${`translate(${x} ${y})`}
    tabindex="0" role="button" aria-label=${label} @click=${go} @keydown=${onEnter(go)}>
    <title>${`${item.label}\n${item.type}`}</title>
    ${item.kind === "group" ? svg`<rect class="graph-behind" x="4" y="4" width=${width} height=${height} rx="6"></rect>` : nothing}
    <rect width=${width} height=${height} rx="6"></rect>
    ${state ? svg`<rect class="graph-edge" width="4" height=${height} rx="2"></rect>` : nothing}
    ${item.kind === "trigger" ? svg`<path class="graph-icon" transform="translate(10 13) scale(0.75)" d=${BOLT}></path>` : nothing}
    <text class="graph-label" x=${item.kind === "trigger" ? 34 : 14} y="19">${short(item.label, LETTERS - (state ? 3 : 0))}</text>
    <text class="graph-type" x=${item.kind === "trigger" ? 34 : 14} y="35">${short(item.kind === "group" ? `${item.tasks.length} tasks` : words(item.type), 28)}</text>
    ${state ? mark(state, width) : nothing}
  </g>`;
}

function mark(state: { state: string; runs: number; ended: number }, width: number): TemplateResult {
  return svg`<g transform=${`translate(${width - 26} 6)`}><path class="graph-state ${state.state === "RUNNING" ? "spin" : ""}" transform="scale(0.7)" d=${statePath(state.state)}></path></g>
    ${state.runs > 1 ? svg`<text class="graph-count" x=${width - 10} y="35" text-anchor="end">${grouped(state.ended)}/${grouped(state.runs)}</text>` : nothing}`;
}

/** `io.kestra.plugin.scripts.python.Script` → `python Script`. */
function words(type: string): string {
  return type.split(".").slice(-2).join(" ");
}

function short(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function onEnter(act: () => void) {
  return (event: KeyboardEvent): void => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    act();
  };
}
