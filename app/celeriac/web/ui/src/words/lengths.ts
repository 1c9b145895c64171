/* Lengths of time and distances in words, as the server's templates write them. */

/** `340 ms`, `12.3 s`, `4 min 05 s`, `2 h 10 min`, `3 d 4 h`. */
export function length(milliseconds: number): string {
  if (milliseconds < 999.5) return `${Math.round(Math.max(0, milliseconds))} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const whole = Math.round(milliseconds / 1000);
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${two(minutes)} min` : `${minutes} min ${two(whole % 60)} s`;
}

const STEPS: readonly [number, string][] = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
  [1, "s"],
];

/** `3 min ago`, `in 2 h`, `now`. */
export function relative(when: number, now: number): string {
  const seconds = Math.abs(when - now) / 1000;
  const step = STEPS.find(([unit]) => seconds >= unit);
  if (!step) return "now";
  const words = `${Math.floor(seconds / step[0])} ${step[1]}`;
  return when > now ? `in ${words}` : `${words} ago`;
}

/** `14:05:09.123` in the browser's zone. */
export function clock(when: number): string {
  const date = new Date(when);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** `2026-11-25 14:05:09` in the browser's zone. */
export function moment(when: number): string {
  const date = new Date(when);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(when).slice(0, 8)}`;
}

/** `+12.340 s`: since the start. */
export function offset(milliseconds: number): string {
  const sign = milliseconds < 0 ? "−" : "+";
  const total = Math.abs(milliseconds);
  if (total < 60_000) return `${sign}${(total / 1000).toFixed(3)}`;
  const minutes = Math.floor(total / 60_000);
  const seconds = ((total % 60_000) / 1000).toFixed(2).padStart(5, "0");
  return minutes < 60 ? `${sign}${minutes}:${seconds}` : `${sign}${Math.floor(minutes / 60)}:${two(minutes % 60)}:${seconds}`;
}

export function grouped(count: number): string {
  return count.toLocaleString("en").replaceAll(",", " ");
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
