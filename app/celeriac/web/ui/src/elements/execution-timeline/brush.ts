/* Dragging along the axis chooses the piece of time that is shown. */

const LEAST_PX = 4;

/** Calls `choose` with two places, 0 to 1, in order. */
export function brush(event: PointerEvent, choose: (from: number, to: number) => void): void {
  const axis = event.currentTarget as HTMLElement;
  if (event.button !== 0) return;
  event.preventDefault();
  const { left, width } = axis.getBoundingClientRect();
  const mark = document.createElement("span");
  mark.className = "tl-brush";
  axis.append(mark);
  const begin = event.clientX;
  const place = (x: number): number => Math.min(1, Math.max(0, (x - left) / width));
  const ends = (x: number): [number, number] => [place(Math.min(begin, x)), place(Math.max(begin, x))];
  const over = new AbortController();
  const move = (moved: PointerEvent): void => {
    const [from, to] = ends(moved.clientX);
    mark.style.left = `${from * 100}%`;
    mark.style.width = `${(to - from) * 100}%`;
  };
  const end = (ended: PointerEvent): void => {
    over.abort();
    mark.remove();
    if (ended.type === "pointerup" && Math.abs(ended.clientX - begin) >= LEAST_PX) choose(...ends(ended.clientX));
  };
  window.addEventListener("pointermove", move, { signal: over.signal });
  for (const type of ["pointerup", "pointercancel"] as const) window.addEventListener(type, end, { signal: over.signal });
}
