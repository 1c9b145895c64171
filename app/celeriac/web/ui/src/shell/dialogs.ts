/* Links and buttons with data-dialog: their page's #confirm (or #dialog) is shown in a dialog. Without scripts they are pages. */
import htmx from "htmx.org";
import { toast } from "./toasts";

export function openDialogs(): void {
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.<HTMLAnchorElement>("a[data-dialog]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void open(link);
  });
}

async function open(link: HTMLAnchorElement): Promise<void> {
  try {
    const response = await fetch(link.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const part = page.querySelector(link.dataset.dialog || "#confirm, #dialog");
    if (!response.ok || !part) return void location.assign(link.href);
    show(document.adoptNode(part), link);
  } catch {
    toast("The server does not answer", "error");
  }
}

function show(part: Element, opener: HTMLElement): void {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.append(part);
  const title = part.querySelector("h1, h2");
  if (title) {
    title.id ||= "dialog-title";
    dialog.setAttribute("aria-labelledby", title.id);
  }
  dialog.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target === dialog || target.closest("[data-close], .dialog-cancel")) {
      event.preventDefault();
      dialog.close();
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    opener.focus();
  });
  document.body.append(dialog);
  htmx.process(dialog);
  dialog.showModal();
}
