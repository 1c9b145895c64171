/* Times as places: linear, or with idle stretches shortened. Knows no DOM. */

export interface Tick {
  place: number;
  time: number;
}

export interface Span {
  start: number;
  end: number;
}

const IDLE_SHARE = 0.05;
const IDLE_TO = 0.02;
const STEPS_MS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 14_400_000, 43_200_000, 86_400_000];

/** Places are parts of the width: 0 at the start, 1 at the end. */
export class Scale {
  readonly #pieces: { start: number; end: number; from: number; to: number }[] = [];

  constructor(
    readonly start: number,
    readonly end: number,
    idle: readonly Span[] = [],
  ) {
    const whole = Math.max(1, end - start);
    const kept = idle.filter((one) => one.end - one.start > whole * IDLE_SHARE);
    const cut = kept.reduce((sum, one) => sum + one.end - one.start, 0);
    const each = kept.length > 0 ? IDLE_TO : 0;
    const perMs = (1 - each * kept.length) / Math.max(1, whole - cut);
    let at = start;
    let place = 0;
    for (const one of [...kept, { start: end, end }]) {
      const to = place + (one.start - at) * perMs;
      this.#pieces.push({ start: at, end: one.start, from: place, to });
      if (one.end > one.start) this.#pieces.push({ start: one.start, end: one.end, from: to, to: to + each });
      place = to + (one.end > one.start ? each : 0);
      at = one.end;
    }
  }

  place(time: number): number {
    const piece = this.#pieces.find((one) => time <= one.end) ?? this.#pieces.at(-1);
    if (!piece) return 0;
    const length = piece.end - piece.start;
    const part = length <= 0 ? 0 : (time - piece.start) / length;
    return piece.from + Math.min(1, Math.max(0, part)) * (piece.to - piece.from);
  }

  /** The time at a place, for pointing. */
  time(place: number): number {
    const piece = this.#pieces.find((one) => place <= one.to) ?? this.#pieces.at(-1);
    if (!piece || piece.to <= piece.from) return this.start;
    return piece.start + ((Math.max(place, piece.from) - piece.from) / (piece.to - piece.from)) * (piece.end - piece.start);
  }

  /** Where idle time was cut out. */
  get cuts(): number[] {
    return this.#pieces.filter((_, index) => index % 2 === 1).map((one) => (one.from + one.to) / 2);
  }

  /** Round times since the origin, at least `gap` apart as parts of the width. */
  ticks(origin: number, gap: number): Tick[] {
    const widest = (this.end - this.start) * gap;
    const shown = this.cuts.length > 0 ? this.#shownMs * gap : widest;
    const step = STEPS_MS.find((one) => one >= shown) ?? Math.ceil(shown / 86_400_000) * 86_400_000;
    const ticks: Tick[] = [];
    for (let time = origin + Math.ceil((this.start - origin) / step) * step; time <= this.end && ticks.length < 100; time += step) {
      const place = this.place(time);
      if (place - (ticks.at(-1)?.place ?? -1) >= gap * 0.8) ticks.push({ place, time });
    }
    return ticks;
  }

  get #shownMs(): number {
    return this.#pieces.filter((_, index) => index % 2 === 0).reduce((sum, one) => sum + one.end - one.start, 0);
  }
}

/** The stretches within [start, end] in which none of the spans lies. */
export function idleBetween(spans: readonly Span[], start: number, end: number): Span[] {
  const idle: Span[] = [];
  let at = start;
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    if (span.start > at) idle.push({ start: at, end: Math.min(span.start, end) });
    at = Math.max(at, span.end);
  }
  if (at < end) idle.push({ start: at, end });
  return idle;
}
