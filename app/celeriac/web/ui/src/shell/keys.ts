/* Keys of every page: `/` filter, `g` and a letter, `j` `k` rows, Enter, `x` select, `[` rail, `?` this list. Off while typing. */
import { foldRail } from "./frame";

const SHEET: readonly [string, string][] = [
  ["/", "Filter"],
  ["g h", "Home"],
  ["g f", "Flows"],
  ["g e", "Executions"],
  ["g t", "Triggers"],
  ["g l", "Logs"],
  ["j k", "Next and previous row"],
  ["Enter", "Open the row"],
  ["o", "Open the row in a new tab"],
  ["x", "Select the row"],
  ["[", "Fold the navigation"],
  ["?", "This list"],
];
const SEQUENCE_MS = 1200;
const ROWS = ".table:not(.table-plain) tbody tr:has(a[href])";

export function wireKeys(): void {
  let wentAt = 0;
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping(event)) return;
    if (document.querySelector("dialog[open]")) return;
    const isSecond = event.timeStamp - wentAt < SEQUENCE_MS;
    wentAt = event.key === "g" ? event.timeStamp : 0;
    if (isSecond && goTo(event.key)) return event.preventDefault();
    if (act(event.key)) event.preventDefault();
  });
}

function isTyping(event: KeyboardEvent): boolean {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.closest("input:not([type=checkbox], [type=radio]), select, textarea, [data-own-keys]") !== null;
}

function goTo(key: string): boolean {
  const link = document.querySelector<HTMLAnchorElement>(`.rail a[data-key="${CSS.escape(key)}"]`);
  link?.click();
  return link !== null;
}

function act(key: string): boolean {
  switch (key) {
    case "/":
      return focusFilter();
    case "[":
      foldRail();
      return true;
    case "?":
      showSheet();
      return true;
    case "j":
      return move(1);
    case "k":
      return move(-1);
    case "x":
      return onRow((row) => row.querySelector<HTMLInputElement>('input[type="checkbox"]')?.click());
    case "o":
      return onRow((row) => window.open(row.querySelector<HTMLAnchorElement>("a[href]")?.href, "_blank", "noopener"));
    case "Enter":
      return document.activeElement?.matches(ROWS) === true && onRow((row) => row.querySelector<HTMLAnchorElement>("a[href]")?.click());
    default:
      return false;
  }
}

function focusFilter(): boolean {
  const filter = document.querySelector<HTMLInputElement>('[data-filter], .filters input[type="search"], input[type="search"]');
  filter?.focus();
  filter?.select();
  return filter !== null;
}

function move(step: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + step))];
  if (!row) return false;
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({ block: "nearest" });
  return true;
}

function onRow(action: (row: HTMLElement) => void): boolean {
  const row = document.activeElement?.closest<HTMLElement>(ROWS);
  if (row) action(row);
  return row !== null && row !== undefined;
}

function showSheet(): void {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog dialog-keys";
  dialog.setAttribute("aria-label", "Keys");
  const list = document.createElement("dl");
  list.className = "facts dialog-body";
  for (const [keys, meaning] of SHEET) {
    const term = document.createElement("dt");
    for (const key of keys.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = key;
      term.append(cap, " ");
    }
    const text = document.createElement("dd");
    text.textContent = meaning;
    list.append(term, text);
  }
  const head = document.createElement("div");
  head.className = "dialog-head";
  const title = document.createElement("h2");
  title.textContent = "Keys";
  head.append(title);
  dialog.append(head, list);
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
