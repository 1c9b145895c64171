import { beforeEach, expect, test, vi } from "vitest";
import { wireControls } from "./controls";
import { wireKeys } from "./keys";
import { refreshTimes } from "./times";
import { showToasts, toast } from "./toasts";

wireKeys();
wireControls();

beforeEach(() => {
  document.body.innerHTML = `
    <nav class="rail"><a data-key="f" href="#flows">Flows</a></nav>
    <input type="search" data-filter>
    <form><input type="checkbox" data-check-all="id"><input type="checkbox" name="id" value="1"><input type="checkbox" name="id" value="2"></form>
    <table class="table"><tbody><tr id="r1"><td><a href="#1">one</a></td></tr><tr id="r2"><td><a href="#2">two</a></td></tr></tbody></table>
    <time datetime="2026-01-01T00:00:00Z" data-as="relative">old</time>`;
});

function press(key: string, target: EventTarget = document.activeElement ?? document.body): void {
  target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }));
}

test("relative times stay true", () => {
  refreshTimes(document, Date.parse("2026-01-01T00:03:10Z"));

  expect(document.querySelector("time")?.textContent).toBe("3 min ago");
});

test("g and a letter go somewhere", () => {
  const clicked = vi.fn((event: Event) => event.preventDefault());
  document.querySelector("nav a")?.addEventListener("click", clicked);

  press("g");
  press("f");

  expect(clicked).toHaveBeenCalledOnce();
});

test("/ goes to the filter, and keys are letters there", () => {
  press("/");
  expect(document.activeElement).toBe(document.querySelector("[data-filter]"));

  press("j");

  expect(document.activeElement).toBe(document.querySelector("[data-filter]"));
});

test("j and k walk the rows", () => {
  press("j", document.body);
  press("j");
  expect(document.activeElement?.id).toBe("r2");

  press("k");

  expect(document.activeElement?.id).toBe("r1");
});

test("one box ticks all of its name", () => {
  (document.querySelector("[data-check-all]") as HTMLInputElement).click();

  expect([...document.querySelectorAll<HTMLInputElement>('[name="id"]')].map((one) => one.checked)).toEqual([true, true]);
});

test("a toast is text", () => {
  showToasts();

  toast("<b>saved</b>", "ok");

  expect(document.querySelector(".toast")?.textContent).toContain("<b>saved</b>");
  expect(document.querySelector(".toast b")).toBeNull();
});
