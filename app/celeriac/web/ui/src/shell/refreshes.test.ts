import { beforeEach, describe, expect, it, vi } from "vitest";
import { isUsed, Refreshes } from "./refreshes";

describe("parts that are refreshed", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    document.body.innerHTML = '<div id="list" data-refresh="executions flows" data-each="500"><table><tbody><tr><td><input type="checkbox"></td></tr></tbody></table></div>';
  });

  it("are asked for at once, then once a while, and the last event is not lost", () => {
    const asked: string[] = [];
    const refreshes = new Refreshes((part) => asked.push(part.id));

    for (let i = 0; i < 5; i++) {
      refreshes.due("executions");
      vi.advanceTimersByTime(100);
    }
    vi.advanceTimersByTime(1000);

    expect(asked).toEqual(["list", "list"]);
  });

  it("are left alone by events of other kinds", () => {
    const asked: string[] = [];

    new Refreshes((part) => asked.push(part.id)).due("logs");
    vi.advanceTimersByTime(1000);

    expect(asked).toEqual([]);
  });

  it("wait until nobody uses them", () => {
    const asked: string[] = [];
    const refreshes = new Refreshes((part) => asked.push(part.id));
    const box = document.querySelector<HTMLInputElement>("input")!;
    box.checked = true;

    refreshes.due("flows");
    vi.advanceTimersByTime(3000);
    const before = asked.length;
    box.checked = false;
    vi.advanceTimersByTime(1000);

    expect([before, asked.length]).toEqual([0, 1]);
  });

  it("keep what somebody has ticked while the answer was on its way, and are asked for again", () => {
    const asked: string[] = [];
    const refreshes = new Refreshes((part) => asked.push(part.id));
    const box = document.querySelector<HTMLInputElement>("input")!;
    const part = document.getElementById("list")!;

    box.checked = true;
    const unwelcome = refreshes.isUnwelcome(part);
    box.checked = false;
    vi.advanceTimersByTime(1000);

    expect([unwelcome, asked.length, refreshes.isUnwelcome(part)]).toEqual([true, 1, false]);
  });

  it("are used while a field in them has the focus", () => {
    document.querySelector("input")!.focus();

    expect(isUsed(document.getElementById("list")!)).toBe(true);
  });
});
