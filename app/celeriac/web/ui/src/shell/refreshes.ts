/* Parts with data-refresh="KIND …" and an id are asked for again (htmx, by the event `refresh`) soon after `live:KIND` of body:
   at most once each data-each milliseconds, never losing the last one, and not while somebody is using the part. */

const EACH_MS = 1000;
const BUSY_MS = 1000;
const USED = "tbody input:checked, details.menu[open]";

export type Ask = (part: HTMLElement) => void;

export class Refreshes {
  #last = new Map<string, number>();
  #planned = new Set<string>();

  constructor(private readonly ask: Ask) {}

  /** Something of a kind has happened. */
  due(kind: string): void {
    for (const part of document.querySelectorAll<HTMLElement>(`[data-refresh~="${CSS.escape(kind)}"][id]`)) {
      const each = Number(part.dataset.each ?? EACH_MS);
      this.#plan(part.id, Math.max(0, (this.#last.get(part.id) ?? -Infinity) + each - performance.now()));
    }
  }

  /** An answer has come for a part that somebody has begun to use meanwhile: it is not shown, and asked for again. */
  isUnwelcome(part: Element): boolean {
    if (!isUsed(part)) return false;
    this.#plan(part.id, BUSY_MS);
    return true;
  }

  #plan(id: string, wait: number): void {
    if (this.#planned.has(id)) return;
    this.#planned.add(id);
    setTimeout(() => {
      this.#planned.delete(id);
      const part = document.getElementById(id);
      if (!part) return;
      if (isUsed(part) || part.matches(".htmx-request")) return this.#plan(id, BUSY_MS);
      this.#last.set(id, performance.now());
      this.ask(part);
    }, wait);
  }
}

/** Somebody has ticked a row, opened a menu, stands in a row, or has marked text there. */
export function isUsed(part: Element): boolean {
  if (part.querySelector(USED)) return true;
  const active = document.activeElement;
  if (active && part.contains(active) && active.closest("tbody, input, select, textarea")) return true;
  const selection = document.getSelection();
  return selection !== null && !selection.isCollapsed && part.contains(selection.anchorNode);
}
