/* Small behaviours by attribute: data-copy, data-check-all, data-submit-once. */
import { toast } from "./toasts";

export function wireControls(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest?.<HTMLElement>("[data-copy]");
    if (button) void copy(button);
  });
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return;
    if (box.dataset.checkAll !== undefined) checkAll(box, box.dataset.checkAll);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
    (event.target as Element).closest?.<HTMLFormElement>("form[data-submit-key]")?.requestSubmit();
  });
}

async function copy(button: HTMLElement): Promise<void> {
  const source = button.dataset.copy ?? "";
  const text = source.startsWith("#") ? (document.querySelector(source)?.textContent ?? "") : source;
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied", "ok");
  } catch {
    toast("The browser does not allow copying here", "error");
  }
}

function checkAll(box: HTMLInputElement, name: string): void {
  const scope = box.closest("form, table") ?? document;
  for (const one of scope.querySelectorAll<HTMLInputElement>(`input[type="checkbox"][name="${CSS.escape(name)}"]`)) {
    if (one === box || one.checked === box.checked) continue;
    one.checked = box.checked;
    one.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
