/* <log-viewer execution-id task-run-id? task-id? min-level? start?>: the lines of an execution, found, filtered, followed. */
import { render } from "lit-html";
import { toast } from "../../shell/toasts";
import { bar, type BarActions, note } from "./bar";
import { drawRow } from "./drawing";
import { watchLines } from "./feed";
import { LEVELS, type Level, type Line, type LogDocument } from "./lines";
import { VirtualList } from "./list";
import { rowOfLine, type Row } from "./rows";
import { save } from "./saving";
import { LogView } from "./view";

const ROW_PX = 20;
const NARROW_PX = 620;

export class LogViewer extends HTMLElement {
  static observedAttributes = ["execution-id", "task-run-id", "task-id"];

  readonly #view = new LogView();
  readonly #bar = made("lv-bar");
  readonly #viewport = made("lv-lines");
  readonly #note = made("lv-note");
  #list: VirtualList | undefined;
  #target = -1;
  #isWrapped = false;
  #isRelative = false;
  #follows = true;
  #unseen = 0;
  #top = 0;
  #stop: (() => void) | undefined;
  #listeners = new AbortController();

  connectedCallback(): void {
    for (const level of LEVELS.slice(0, Math.max(0, LEVELS.indexOf(this.getAttribute("min-level") as Level)))) this.#view.levels.delete(level);
    this.#view.taskId = this.getAttribute("task-id") ?? "";
    this.#view.taskRunId = this.getAttribute("task-run-id") ?? "";
    this.#isWrapped = this.clientWidth > 0 && this.clientWidth < NARROW_PX;
    this.#target = targetOf(location.hash);
    this.#follows = this.#target < 0;
    this.#listen();
    this.#watch();
  }

  disconnectedCallback(): void {
    this.#stop?.();
    this.#listeners.abort();
    this.#list?.disconnect();
    this.#list = undefined;
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === "execution-id") return this.#watch();
    this.#view.taskId = this.getAttribute("task-id") ?? "";
    this.#view.taskRunId = this.getAttribute("task-run-id") ?? "";
    this.#reshape();
  }

  #watch(): void {
    this.#stop?.();
    this.#view.clear();
    const id = this.getAttribute("execution-id");
    if (id) this.#stop = watchLines(id, (lines) => this.#add(lines));
  }

  #add(documents: LogDocument[]): void {
    const before = this.#view.rows.length;
    const from = this.#view.add(documents);
    if (from < 0 && this.#list) return;
    this.#takeOver();
    this.#tell();
    this.#show(Math.max(0, from));
    if (this.#target >= 0 && before === 0) this.#goTo(this.#target);
    else if (this.#follows) this.#list?.scrollToEnd();
    else {
      this.#unseen += Math.max(0, this.#view.rows.length - before);
      this.#tell();
    }
  }

  /** The page's own rendering makes way for the list at the first answer. */
  #takeOver(): void {
    if (this.#list) return;
    this.replaceChildren(this.#bar, this.#viewport, this.#note);
    const { viewport } = this.#attributes();
    this.#list = new VirtualList(viewport, ROW_PX, (index) => {
      const row = this.#view.rows[index] as Row;
      const since = this.#isRelative ? Date.parse(this.getAttribute("start") ?? "") || this.#view.lines.all[0]?.at : undefined;
      const look = { since, matches: this.#view.matches, current: this.#view.current, target: this.#target };
      return drawRow(row, this.#view.lines.all[row.line] as Line, look);
    });
    this.#measure();
  }

  #attributes() {
    for (const [name, value] of Object.entries({ tabindex: "0", role: "log", "aria-live": "off", "aria-label": "Log lines", "data-own-keys": "" })) {
      this.#viewport.setAttribute(name, value);
    }
    return { viewport: this.#viewport };
  }

  #show(from: number): void {
    const isWide = this.#view.columns === 0;
    this.#list?.set(this.#view.rows.length, from, isWide ? `calc(var(--lv-prefix) + ${this.#view.widest + 2}ch)` : "");
    this.#viewport.dataset.empty = this.#view.rows.length > 0 ? "" : this.#view.lines.all.length > 0 ? "The filter hides every line" : "No lines yet";
  }

  /** After filters or the width have changed: the line on top stays there. */
  #reshape(): void {
    const top = this.#topLine;
    this.#view.rebuild();
    this.#show(0);
    if (this.#follows) this.#list?.scrollToEnd();
    else this.#list?.scrollTo(rowOfLine(this.#view.rows, top));
    this.#tell();
  }

  get #topLine(): number {
    return this.#view.rows[this.#list?.first ?? 0]?.line ?? 0;
  }

  #step(by: number): void {
    const row = this.#view.step(by);
    this.#show(0);
    if (row >= 0) this.#reveal(row);
    this.#tell();
  }

  #goTo(line: number): void {
    this.#target = line;
    this.#show(0);
    this.#reveal(rowOfLine(this.#view.rows, line));
    this.#tell();
  }

  #reveal(row: number): void {
    this.#follows = false;
    this.#list?.reveal(row);
  }

  #listen(): void {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#viewport.addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
    this.#viewport.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.#viewport.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("keydown", (event) => this.#findKey(event), { signal });
    window.addEventListener("hashchange", () => targetOf(location.hash) >= 0 && this.#goTo(targetOf(location.hash)), { signal });
    const watch = new ResizeObserver(() => this.#measure());
    watch.observe(this);
    watch.observe(this.#viewport);
    signal.addEventListener("abort", () => watch.disconnect());
  }

  #scrolled(): void {
    const isUpwards = this.#viewport.scrollTop < this.#top;
    this.#top = this.#viewport.scrollTop;
    const follows = this.#list?.isAtEnd || (this.#follows && !isUpwards);
    if (follows) this.#unseen = 0;
    if (follows !== this.#follows) {
      this.#follows = follows;
      this.#tell();
    }
  }

  #clicked(event: Event): void {
    const fold = (event.target as Element).closest<HTMLElement>(".lv-unfold");
    if (!fold) return;
    this.#view.unfold(Number(fold.dataset.line));
    this.#show(0);
  }

  #key(event: KeyboardEvent): void {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const acts: Record<string, () => void> = {
      w: this.#actions.wrap,
      t: this.#actions.relative,
      G: this.#actions.follow,
      g: () => this.#reveal(0),
      n: () => this.#step(1),
      N: () => this.#step(-1),
      e: () => this.#nextError(1),
      E: () => this.#nextError(-1),
      "/": () => this.#focusFind(),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  #nextError(by: 1 | -1): void {
    const line = this.#view.nextError(this.#target < 0 && by < 0 ? this.#view.lines.all.length : this.#target, by);
    if (line >= 0) this.#goTo(line);
  }

  #findKey(event: KeyboardEvent): void {
    if (!this.#list || !this.checkVisibility()) return;
    if (event.key === "F3" && this.#view.matches.length > 0) this.#step(event.shiftKey ? -1 : 1);
    else if (event.key === "f" && (event.ctrlKey || event.metaKey) && !this.#bar.contains(document.activeElement)) this.#focusFind();
    else return;
    event.preventDefault();
  }

  #focusFind(): void {
    const input = this.#bar.querySelector<HTMLInputElement>(".lv-find input");
    input?.focus();
    input?.select();
  }

  #measure(): void {
    if (!this.#list) return;
    const [probe, margin] = [made("lv-probe"), made("lv-probe lv-probe-prefix")];
    probe.textContent = "0".repeat(100);
    this.#viewport.append(probe, margin);
    const character = probe.getBoundingClientRect().width / 100 || 7.5;
    const prefix = margin.getBoundingClientRect().width;
    probe.remove();
    margin.remove();
    const columns = this.#isWrapped ? Math.max(20, Math.floor((this.#viewport.clientWidth - prefix - 24) / character)) : 0;
    if (columns !== this.#view.columns) {
      this.#view.columns = columns;
      this.#reshape();
    } else if (this.#follows) this.#list.scrollToEnd();
  }

  #search(change: { text?: string; isRegex?: boolean }): void {
    this.#view.find({ ...this.#view.query, ...change }, this.#topLine);
    this.#step(0);
  }

  readonly #actions: BarActions = {
    level: (level) => {
      this.#view.toggle(level);
      this.#reshape();
    },
    task: (id) => {
      this.#view.taskId = id;
      this.#reshape();
    },
    find: (text) => this.#search({ text }),
    regex: () => this.#search({ isRegex: !this.#view.query.isRegex }),
    step: (by) => this.#step(by),
    wrap: () => {
      this.#isWrapped = !this.#isWrapped;
      this.#measure();
      this.#tell();
    },
    relative: () => {
      this.#isRelative = !this.#isRelative;
      this.#show(0);
      this.#tell();
    },
    copy: () => {
      navigator.clipboard.writeText(this.#view.text).then(
        () => toast("Copied what is shown", "ok"),
        () => toast("The browser does not allow copying here", "error"),
      );
    },
    download: () => save(this.#view.text, `${this.getAttribute("execution-id") ?? "execution"}.log`),
    follow: () => {
      this.#follows = true;
      this.#unseen = 0;
      this.#list?.scrollToEnd();
      this.#tell();
    },
  };

  #tell(): void {
    const { lines, levels, taskId, query, isBroken, matches, at } = this.#view;
    const shown = { counts: lines.counts, levels, tasks: [...lines.tasks], task: taskId, query, isBroken, found: matches.length, at };
    render(bar({ ...shown, isWrapped: this.#isWrapped, isRelative: this.#isRelative }, this.#actions), this.#bar);
    render(note(this.#follows, this.#unseen, this.#actions), this.#note);
  }
}

function made(className: string): HTMLElement {
  const element = document.createElement("div");
  element.className = className;
  return element;
}

function targetOf(hash: string): number {
  return Number(/^#L(\d+)$/.exec(hash)?.[1] ?? 0) - 1;
}
