/* ANSI colours as styled parts of the plain text. */
import Anser from "anser";

export interface Part {
  start: number;
  end: number;
  classes: string;
  color: string;
  background: string;
}

/** The styled parts of a message, by places in its text without ANSI sequences; none when it has none. */
export function partsOf(message: string): Part[] {
  if (!message.includes("\u001b[")) return [];
  const parts: Part[] = [];
  let at = 0;
  for (const one of Anser.ansiToJson(message, { use_classes: true, remove_empty: true })) {
    const start = at;
    at += one.content.length;
    const classes = [named(one.fg), named(one.bg, "-bg"), ...one.decorations.map((name) => `ansi-${name}`)].filter(Boolean);
    const color = one.fg_truecolor ? `rgb(${one.fg_truecolor})` : palette(one.fg);
    const background = one.bg_truecolor ? `rgb(${one.bg_truecolor})` : palette(one.bg);
    if (classes.length > 0 || color || background) parts.push({ start, end: at, classes: classes.join(" "), color, background });
  }
  return parts;
}

function named(name: string | null | undefined, suffix = ""): string {
  return name && !name.includes("palette") && !name.includes("truecolor") ? name + suffix : "";
}

/** The colour of an entry of the 256-colour palette. */
function palette(name: string | null | undefined): string {
  const number = Number(/ansi-palette-(\d+)/.exec(name ?? "")?.[1] ?? -1);
  if (number < 16) return "";
  if (number > 231) {
    const grey = 8 + (number - 232) * 10;
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const steps = [0, 95, 135, 175, 215, 255];
  const index = number - 16;
  return `rgb(${steps[Math.floor(index / 36)]}, ${steps[Math.floor(index / 6) % 6]}, ${steps[index % 6]})`;
}
