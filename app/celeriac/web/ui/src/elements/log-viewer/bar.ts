/* The bar above the log: levels with counters, task, find, what to do with what is shown. */
import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../../icons";
import { grouped } from "../../words/lengths";
import type { Query } from "./find";
import { LEVELS, type Level } from "./lines";

export interface BarState {
  counts: Record<Level, number>;
  levels: ReadonlySet<Level>;
  tasks: readonly string[];
  task: string;
  query: Query;
  isBroken: boolean;
  found: number;
  at: number;
  isWrapped: boolean;
  isRelative: boolean;
}

export interface BarActions {
  level(level: Level): void;
  task(id: string): void;
  find(text: string): void;
  regex(): void;
  step(by: number): void;
  wrap(): void;
  relative(): void;
  copy(): void;
  download(): void;
  follow(): void;
}

export function bar(state: BarState, act: BarActions): TemplateResult {
  return html`
    <div class="chips lv-levels" role="group" aria-label="Levels">
      ${LEVELS.map((level) => levelChip(level, state, act))}
    </div>
    ${state.tasks.length > 1
      ? html`<select class="input lv-tasks" aria-label="Task" @change=${(event: Event) => act.task((event.target as HTMLSelectElement).value)}>
          <option value="">All tasks</option>
          ${state.tasks.map((one) => html`<option value=${one} ?selected=${one === state.task}>${one}</option>`)}
        </select>`
      : nothing}
    <div class="lv-find search" role="search">
      ${icon("search")}
      <input type="search" class="input" placeholder="Find" aria-label="Find in the log" autocomplete="off" spellcheck="false"
        .value=${state.query.text} aria-invalid=${state.isBroken ? "true" : "false"}
        @input=${(event: Event) => act.find((event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => findKey(event, act)} />
      <span class="lv-found" role="status">${state.query.text ? `${state.found ? state.at + 1 : 0}/${grouped(state.found)}` : nothing}</span>
    </div>
    <div class="btn-group">
      ${button("previous", "Previous match (⇧F3)", () => act.step(-1))} ${button("next", "Next match (F3)", () => act.step(1))}
      ${button("regex", "Regular expression", act.regex, state.query.isRegex)}
    </div>
    <div class="lv-tools btn-group">
      ${button("wrap", "Wrap long lines (w)", act.wrap, state.isWrapped)}
      ${button("since", "Time since the start (t)", act.relative, state.isRelative)}
      ${button("copy", "Copy what is shown", act.copy)} ${button("download", "Download what is shown", act.download)}
    </div>`;
}

function levelChip(level: Level, state: BarState, act: BarActions): TemplateResult | typeof nothing {
  if (state.counts[level] === 0 && (level === "TRACE" || level === "DEBUG")) return nothing;
  return html`<button type="button" class="chip lv-chip ${state.counts[level] ? "" : "is-empty"}" data-level=${level}
    aria-pressed=${state.levels.has(level) ? "true" : "false"} @click=${() => act.level(level)}>
    ${level}<span class="chip-count">${grouped(state.counts[level])}</span>
  </button>`;
}

function button(name: string, label: string, act: () => void, pressed?: boolean): TemplateResult {
  return html`<button type="button" class="btn btn-icon btn-small" title=${label} aria-label=${label}
    aria-pressed=${pressed === undefined ? nothing : pressed ? "true" : "false"} @click=${act}>${icon(name)}</button>`;
}

/** At the end of the list: that it follows, or what came meanwhile. */
export function note(follows: boolean, unseen: number, act: BarActions): TemplateResult | typeof nothing {
  if (follows) return nothing;
  const words = unseen > 0 ? `${grouped(unseen)} new` : "To the end";
  return html`<button type="button" class="btn btn-small lv-follow" title="Follow (G)" @click=${() => act.follow()}>${icon("down")}${words}</button>`;
}

function findKey(event: KeyboardEvent, act: BarActions): void {
  if (event.key === "Enter") act.step(event.shiftKey ? -1 : 1);
  else if (event.key === "Escape") act.find("");
  else return;
  event.preventDefault();
}
