/* <flow-graph namespace flow-id revision? execution-id?>, or its property `source`: a flow as boxes and lines, with the
   states of an execution. Tells `task-selected`. */
import { html, nothing, render } from "lit-html";
import { ask, get } from "../../api/client";
import { icon } from "../../icons";
import type { TaskRunDocument } from "../execution-timeline/documents";
import { watchExecution } from "../execution-timeline/feed";
import type { GraphDocument } from "./documents";
import { picture } from "./drawing";
import { type Drawing, drawingOf } from "./layout";
import { shapeOf } from "./shape";
import { type TaskStates, statesOf } from "./states";

const FOLD_ABOVE = 150;
const LEGIBLE = 0.62;
const LEAST = 0.2;
const MOST = 2;

export class FlowGraph extends HTMLElement {
  static observedAttributes = ["namespace", "flow-id", "revision", "execution-id"];

  readonly #runs = new Map<string, TaskRunDocument>();
  readonly #folded = new Set<string>();
  readonly #list = document.createElement("details");
  #graph: GraphDocument | undefined;
  #drawing: Drawing | undefined;
  #states: TaskStates = new Map();
  #selected = "";
  #zoom = 0;
  #frame = 0;
  #stop: (() => void) | undefined;
  readonly #sizes = new ResizeObserver(() => this.#draw());

  connectedCallback(): void {
    this.#sizes.observe(this);
    this.#load();
    this.#watch();
  }

  disconnectedCallback(): void {
    this.#sizes.disconnect();
    this.#stop?.();
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === "execution-id") this.#watch();
    else this.#load();
  }

  /** A flow that need not be stored. Its drawing stays when the text has errors. */
  set source(text: string) {
    ask<GraphDocument>("/flows/graph", { method: "POST", body: text, headers: { "Content-Type": "application/x-yaml" } }).then(
      ({ body }) => this.#show(body),
      () => undefined,
    );
  }

  #load(): void {
    const [namespace, flow, revision] = ["namespace", "flow-id", "revision"].map((name) => encodeURIComponent(this.getAttribute(name) ?? ""));
    if (!namespace || !flow) return;
    get<GraphDocument>(`/flows/${namespace}/${flow}/graph${revision ? `?revision=${revision}` : ""}`).then(
      (graph) => this.#show(graph),
      () => undefined,
    );
  }

  #watch(): void {
    this.#stop?.();
    const id = this.getAttribute("execution-id");
    if (id) this.#stop = watchExecution(id, (_, runs, isAll) => this.#take(runs, isAll));
  }

  #take(runs: readonly TaskRunDocument[], isAll: boolean): void {
    if (isAll) this.#runs.clear();
    for (const run of runs) this.#runs.set(run.id, run);
    this.#states = statesOf(this.#runs.values());
    this.#draw();
  }

  #show(graph: GraphDocument): void {
    if (!this.#graph) this.#takeOver();
    this.#graph = graph;
    if (graph.nodes.length > FOLD_ABOVE) for (const one of graph.clusters) if (one.cluster.task) this.#folded.add(one.cluster.uid);
    this.#place();
  }

  /** The page's own list of tasks stays as the alternative to the drawing. */
  #takeOver(): void {
    const summary = document.createElement("summary");
    summary.textContent = "As a list";
    this.#list.className = "graph-list";
    this.#list.append(summary, ...this.childNodes);
    this.#list.hidden = this.#list.childNodes.length < 2;
    this.replaceChildren();
  }

  #place(): void {
    if (!this.#graph) return;
    this.#drawing = drawingOf(shapeOf(this.#graph, this.#folded));
    this.#draw();
  }

  #draw(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#render();
    });
  }

  #render(): void {
    const drawing = this.#drawing;
    if (!drawing) return;
    const zoom = this.#zoom || Math.max(LEGIBLE, Math.min(1, (this.clientWidth - 4) / Math.max(1, drawing.width)));
    const look = { drawing, zoom, states: this.#states, hasExecution: this.hasAttribute("execution-id"), selected: this.#selected };
    render(
      html`<div class="graph-scroll" @wheel=${{ handleEvent: (event: WheelEvent) => this.#wheel(event, zoom), passive: false }}>
          ${picture(look, { select: (task) => this.#select(task), fold: (group) => this.#fold(group) })}
        </div>
        <div class="graph-tools btn-group">
          ${tool("minus", "Smaller", () => this.#setZoom(zoom / 1.25))} ${tool("plus", "Larger", () => this.#setZoom(zoom * 1.25))}
          ${tool("fit", "Fit the width", () => this.#setZoom(0))}
        </div>
        ${this.#list.hidden ? nothing : this.#list}`,
      this,
    );
  }

  #wheel(event: WheelEvent, zoom: number): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.#setZoom(zoom * (event.deltaY > 0 ? 0.9 : 1.1));
  }

  #setZoom(zoom: number): void {
    this.#zoom = zoom === 0 ? 0 : Math.min(MOST, Math.max(LEAST, zoom));
    this.#draw();
  }

  #fold(group: string): void {
    if (!this.#folded.delete(group)) this.#folded.add(group);
    this.#place();
  }

  #select(task: string): void {
    this.#selected = task;
    this.#draw();
    const runs = [...this.#runs.values()].filter((run) => run.taskId === task);
    this.dispatchEvent(new CustomEvent("task-selected", { bubbles: true, detail: { taskId: task, taskRunIds: runs.map((run) => run.id) } }));
  }
}

function tool(name: string, label: string, act: () => void) {
  return html`<button type="button" class="btn btn-icon btn-small" title=${label} aria-label=${label} @click=${act}>${icon(name)}</button>`;
}
