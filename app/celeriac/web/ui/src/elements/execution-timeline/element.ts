/* <execution-timeline execution-id task-run-id? task-run-href?>: task runs as a tree beside their bars in time.

Tells `task-run-selected`; with task-run-href (to which the id is added) names are links. */
import { html, nothing, render } from "lit-html";
import { brush } from "./brush";
import { Chart } from "./chart";
import type { ExecutionDocument, TaskRunDocument } from "./documents";
import { axis, lines, ROW_PX, rowTemplate } from "./drawing";
import { watchExecution } from "./feed";
import { table } from "./table";
import { type Actions, tools } from "./tools";

const OVERSCAN = 8;
const TICK_MS = 250;
const TICK_PX = 92;
const ANNOUNCE_MS = 10_000;

export class ExecutionTimeline extends HTMLElement {
  static observedAttributes = ["execution-id", "task-run-id"];

  readonly #chart = new Chart();
  #isTaken = false;
  #isTable = false;
  #follows = false;
  #frame = 0;
  #announced = "";
  #announcedAt = 0;
  #stop: (() => void) | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  readonly #sizes = new ResizeObserver(() => this.#draw());

  connectedCallback(): void {
    this.#watch();
    this.#sizes.observe(this);
    this.#timer = setInterval(() => this.#chart.isRunning && document.visibilityState === "visible" && this.#draw(), TICK_MS);
  }

  disconnectedCallback(): void {
    this.#stop?.();
    this.#sizes.disconnect();
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === "execution-id") this.#watch();
    else this.#reveal();
  }

  #watch(): void {
    this.#stop?.();
    const id = this.getAttribute("execution-id");
    if (id) this.#stop = watchExecution(id, (execution, runs, isAll) => this.#take(execution, runs, isAll));
  }

  #take(execution: ExecutionDocument, runs: readonly TaskRunDocument[], isAll: boolean): void {
    this.#chart.take(execution, runs, isAll);
    if (!this.#isTaken) {
      this.#isTaken = true;
      this.replaceChildren();
      this.#reveal();
    }
    this.#draw();
    this.dispatchEvent(new CustomEvent("execution-changed", { bubbles: true, detail: this.#chart.execution }));
  }

  #reveal(): void {
    const id = this.getAttribute("task-run-id");
    if (!id || !this.#isTaken) return;
    this.#chart.reveal(id);
    this.#draw();
    this.#scrollToRow(this.#selectedIndex);
  }

  #draw(): void {
    if (!this.#isTaken) return;
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  #render(): void {
    const now = Date.now();
    render(html`<div class="tl-bar">${tools(this.#chart, this.#follows, this.#isTable, this.#actions)}</div>
      ${this.#isTable ? table(this.#chart.rows, now) : this.#grid(now)}
      <p class="sr-only" role="status">${this.#announcement(now)}</p>`, this);
    if (this.#follows) this.#scrollToRow(this.#chart.rows.findLastIndex((row) => row.node.end === undefined && row.isOpen !== true));
  }

  /** Changes each ten seconds at most, so that it can be listened to. */
  #announcement(now: number): string {
    if (now - this.#announcedAt >= ANNOUNCE_MS || !this.#chart.isRunning) {
      this.#announcedAt = now;
      this.#announced = this.#chart.words;
    }
    return this.#announced;
  }

  #grid(now: number) {
    const body = this.#body;
    const rows = this.#chart.rows;
    const first = Math.max(0, Math.floor((body?.scrollTop ?? 0) / ROW_PX) - OVERSCAN);
    const last = Math.min(rows.length, first + Math.ceil((body?.clientHeight ?? 800) / ROW_PX) + 2 * OVERSCAN);
    const scale = this.#chart.scale(now);
    const origin = this.#chart.whole(now).start;
    const ticks = scale.ticks(origin, TICK_PX / Math.max(200, this.querySelector(".tl-axis")?.clientWidth ?? this.clientWidth * 0.6));
    const sight = { scale, now, selected: this.#chart.selected, href: this.getAttribute("task-run-href") ?? "" };
    const selected = this.#selectedIndex;
    return html`<div class="tl-body" role="treegrid" aria-label="Task runs in time" aria-rowcount=${rows.length + 1} tabindex="0" data-own-keys
      aria-activedescendant=${selected >= first && selected < last ? `tl-${selected}` : nothing}
      @scroll=${() => this.#draw()} @keydown=${(event: KeyboardEvent) => this.#key(event)} @click=${(event: MouseEvent) => this.#clicked(event)} @wheel=${this.#wheel}>
      <div class="tl-head" role="row"><span role="columnheader">Task</span>
        <div class="tl-axis" role="columnheader" aria-label="Time" title="Drag to zoom" @pointerdown=${this.#brush}>${axis(ticks, origin)}</div><span class="number" role="columnheader">Duration</span></div>
      <div class="tl-space" role="rowgroup" .style=${`height:${rows.length * ROW_PX}px`}>
        <div class="tl-lines" aria-hidden="true">${lines(ticks, scale, this.#chart.isRunning ? now : undefined)}</div>
        ${rows.slice(first, last).map((row, at) => rowTemplate(row, first + at, sight))}
        ${rows.length === 0 ? html`<p class="tl-none muted">${this.#chart.total === 0 ? "No task has started yet" : "No task run has a problem"}</p>` : nothing}
      </div>
    </div>`;
  }

  get #body(): HTMLElement | null {
    return this.querySelector(".tl-body");
  }

  get #selectedIndex(): number {
    return this.#chart.rows.findIndex((row) => row.node.key === this.#chart.selected);
  }

  #clicked(event: MouseEvent): void {
    const target = event.target as Element;
    const index = Number(target.closest<HTMLElement>(".tl-row")?.dataset.index ?? -1);
    const row = this.#chart.rows[index];
    if (!row) return;
    if (target.closest("a")) return;
    if (row.isOpen !== undefined && (target.closest(".tl-twist") || event.detail === 2)) this.#chart.open(row.node.key, !row.isOpen);
    this.#select(index, target.closest(".tl-twist") === null);
  }

  #select(index: number, isOpened: boolean): void {
    const row = this.#chart.rows[index];
    if (!row) return;
    this.#chart.selected = row.node.key;
    this.#scrollToRow(index);
    this.#draw();
    if (!isOpened || !row.node.run) return;
    const { id, taskId, value } = row.node.run;
    this.dispatchEvent(new CustomEvent("task-run-selected", { bubbles: true, detail: { taskRunId: id, taskId, value, state: row.node.state } }));
  }

  #scrollToRow(index: number): void {
    const body = this.#body;
    if (!body || index < 0) return;
    const top = index * ROW_PX;
    const room = body.clientHeight - ROW_PX * 2;
    if (top < body.scrollTop) body.scrollTop = top;
    else if (top > body.scrollTop + room) body.scrollTop = top - room;
  }

  #key(event: KeyboardEvent): void {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const at = this.#selectedIndex;
    const acts: Record<string, () => void> = {
      j: () => this.#select(Math.min(at + 1, this.#chart.rows.length - 1), false),
      k: () => this.#select(Math.max(at - 1, 0), false),
      Home: () => this.#select(0, false),
      End: () => this.#select(this.#chart.rows.length - 1, false),
      ArrowRight: () => this.#unfold(at, true),
      ArrowLeft: () => this.#unfold(at, false),
      Enter: () => this.#select(at, true),
      l: () => this.querySelector<HTMLAnchorElement>(`#tl-${at} a`)?.click(),
      e: this.#actions.problems,
      c: this.#actions.compress,
      f: this.#actions.follow,
      "+": () => this.#actions.zoom(0.5),
      "-": () => this.#actions.zoom(2),
      "0": this.#actions.fit,
    };
    const act = acts[{ ArrowDown: "j", ArrowUp: "k", " ": "Enter" }[event.key] ?? event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** Right: unfold, or to the first child. Left: fold, or to the parent. */
  #unfold(at: number, isOpen: boolean): void {
    const row = this.#chart.rows[at];
    if (!row) return;
    if (row.isOpen === !isOpen) {
      this.#chart.open(row.node.key, isOpen);
      this.#draw();
    } else if (isOpen && row.isOpen) this.#select(at + 1, false);
    else if (!isOpen) this.#select(this.#chart.rows.slice(0, at).findLastIndex((one) => one.depth < row.depth), false);
  }

  #wheel = {
    handleEvent: (event: WheelEvent): void => {
      if (!event.ctrlKey) return this.#pan(event);
      event.preventDefault();
      const track = this.querySelector(".tl-axis")?.getBoundingClientRect();
      const place = track ? Math.min(1, Math.max(0, (event.clientX - track.left) / track.width)) : 0.5;
      this.#chart.zoom(event.deltaY > 0 ? 1.25 : 0.8, place, Date.now());
      this.#draw();
    },
    passive: false,
  };

  #pan(event: WheelEvent): void {
    const by = event.shiftKey ? event.deltaY : event.deltaX;
    if (!this.#chart.window || Math.abs(by) < 1) return;
    event.preventDefault();
    this.#chart.pan(by / Math.max(200, this.querySelector(".tl-axis")?.clientWidth ?? 0), Date.now());
    this.#draw();
  }

  readonly #brush = (event: PointerEvent): void =>
    brush(event, (from, to) => {
      this.#chart.cut(from, to, Date.now());
      this.#draw();
    });

  readonly #actions: Actions = {
    problems: () => {
      this.#chart.onlyProblems = !this.#chart.onlyProblems;
      this.#chart.fold();
      this.#draw();
    },
    compress: () => {
      this.#chart.isCompressed = !this.#chart.isCompressed;
      this.#draw();
    },
    zoom: (factor) => {
      this.#chart.zoom(factor, 0.5, Date.now());
      this.#draw();
    },
    fit: () => {
      this.#chart.window = undefined;
      this.#draw();
    },
    openAll: (isOpen) => {
      this.#chart.openAll(isOpen);
      this.#draw();
    },
    follow: () => {
      this.#follows = !this.#follows;
      this.#draw();
    },
    table: () => {
      this.#isTable = !this.#isTable;
      this.#draw();
    },
  };
}
