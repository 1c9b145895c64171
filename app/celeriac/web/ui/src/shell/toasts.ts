/* Short notes at the edge: `toast` events of body, {text, kind: ok | info | error}. */

const STAY_MS = 6000;

export interface Toast {
  text: string;
  kind?: "ok" | "info" | "error";
}

export function showToasts(): void {
  const place = document.createElement("div");
  place.className = "toasts";
  place.setAttribute("role", "status");
  place.setAttribute("aria-live", "polite");
  document.body.append(place);
  document.body.addEventListener("toast", (event) => {
    const { text, kind = "info" } = (event as CustomEvent<Toast>).detail;
    const note = document.createElement("div");
    note.className = "toast";
    note.dataset.kind = kind;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "link-btn";
    close.textContent = "Close";
    close.addEventListener("click", () => note.remove());
    note.append(text, close);
    place.append(note);
    if (kind !== "error") setTimeout(() => note.remove(), STAY_MS);
  });
}

export function toast(text: string, kind: Toast["kind"] = "info"): void {
  document.body.dispatchEvent(new CustomEvent("toast", { detail: { text, kind } }));
}
