/* A list of rows of one height, of which only those in sight exist. */

const OVERSCAN = 24;

export class VirtualList {
  readonly #space = document.createElement("div");
  readonly #shown = new Map<number, HTMLElement>();
  #count = 0;
  #frame = 0;
  readonly #watch = new ResizeObserver(() => this.#later());

  constructor(
    readonly viewport: HTMLElement,
    readonly rowHeight: number,
    private readonly draw: (index: number) => HTMLElement,
  ) {
    this.#space.className = "virtual-space";
    viewport.replaceChildren(this.#space);
    viewport.addEventListener("scroll", () => this.#later(), { passive: true });
    this.#watch.observe(viewport);
  }

  disconnect(): void {
    this.#watch.disconnect();
  }

  get isAtEnd(): boolean {
    const { scrollTop, clientHeight, scrollHeight } = this.viewport;
    return scrollTop + clientHeight >= scrollHeight - this.rowHeight;
  }

  get first(): number {
    return Math.floor(this.viewport.scrollTop / this.rowHeight);
  }

  /** Says how many rows there are, and from which on they have to be drawn again. */
  set(count: number, changedFrom: number, width = ""): void {
    this.#count = count;
    this.#space.style.height = `${count * this.rowHeight}px`;
    this.#space.style.minWidth = width;
    for (const [index, row] of this.#shown) {
      if (index < changedFrom) continue;
      row.remove();
      this.#shown.delete(index);
    }
    this.render();
  }

  scrollToEnd(): void {
    this.scrollTo(this.#count);
  }

  scrollTo(index: number): void {
    this.viewport.scrollTop = index * this.rowHeight;
    this.render();
  }

  /** Brings a row into sight, into the middle when it was not. */
  reveal(index: number): void {
    const top = index * this.rowHeight;
    const { scrollTop, clientHeight } = this.viewport;
    if (top < scrollTop || top + this.rowHeight * 2 > scrollTop + clientHeight) {
      this.viewport.scrollTop = Math.max(0, top - clientHeight / 2);
    }
    this.render();
  }

  render(): void {
    const from = Math.max(0, this.first - OVERSCAN);
    const to = Math.min(this.#count, this.first + Math.ceil(this.viewport.clientHeight / this.rowHeight) + OVERSCAN);
    for (const [index, row] of this.#shown) {
      if (index >= from && index < to) continue;
      row.remove();
      this.#shown.delete(index);
    }
    const fresh: HTMLElement[] = [];
    for (let index = from; index < to; index += 1) {
      if (this.#shown.has(index)) continue;
      const row = this.draw(index);
      row.style.transform = `translateY(${index * this.rowHeight}px)`;
      this.#shown.set(index, row);
      fresh.push(row);
    }
    this.#space.append(...fresh);
  }

  #later(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.render();
    });
  }
}
