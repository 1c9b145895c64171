/* Two buttons that only work with scripts: the theme, and the width of the rail. */
import { setCookie } from "./cookies";

const SUN = "M12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600 7 7M17 17l1.400 1.400M5.600 18.400 7 17M17 7l1.400-1.400M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8z";
const MOON = "M19.500 14A8 8 0 0 1 10 4.500 8 8 0 1 0 19.500 14z";
const FOLD = "M4 5h16v14H4zM9.500 5v14M16 9.500 13.500 12 16 14.500";

export function addThemeButton(): void {
  const button = made("btn btn-quiet btn-icon", "Theme", isDark() ? SUN : MOON);
  button.addEventListener("click", () => {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    setCookie("theme", theme);
    button.querySelector("path")?.setAttribute("d", isDark() ? SUN : MOON);
  });
  document.querySelector(".topbar-end")?.append(button);
}

export function addRailButton(): void {
  const button = made("rail-toggle", "Fold the navigation ([)", FOLD);
  button.addEventListener("click", foldRail);
  document.querySelector(".rail")?.append(button);
}

export function foldRail(): void {
  const root = document.documentElement;
  root.dataset.rail = root.dataset.rail === "narrow" ? "wide" : "narrow";
  setCookie("rail", root.dataset.rail);
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}

function made(classes: string, label: string, path: string): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = classes;
  button.title = label;
  button.setAttribute("aria-label", label);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  for (const [name, value] of [["stroke-width", "1.8"], ["stroke-linecap", "round"], ["stroke-linejoin", "round"], ["aria-hidden", "true"]] as const) {
    svg.setAttribute(name, value);
  }
  const drawn = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  button.append(svg);
  return button;
}
