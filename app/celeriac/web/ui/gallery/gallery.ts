/* Development only: every class and element on pages of their own, `#NAME` chooses. `npx vite` and open /gallery/. */
import { source } from "./flow";
import "./requests";
import "../src/shell";
import "../src/execution";
import "../src/graph";
import "../src/editor";

const pages = import.meta.glob<string>("./*.html", { query: "?raw", import: "default", eager: true });
const main = document.querySelector("main");
const query = new URLSearchParams(location.search);
if (query.has("theme")) document.documentElement.dataset.theme = query.get("theme") ?? "";
const page = pages[`./${query.get("page") ?? "classes"}.html`] ?? Object.keys(pages).join(" ");
if (main) main.innerHTML = page.replace("<textarea></textarea>", `<textarea>${source()}</textarea>`);
