import { expect, it } from "vitest";
import { showIn } from "./zones";

it("times of the first visit are shown in the browser's zone", () => {
  const date = "2026-01-02T03:04:05.678Z";
  document.body.innerHTML = `<a id="zone">UTC</a>${["moment", "clock", "day", "relative"].map((as) => `<time data-as="${as}" datetime="${date}">old</time>`).join("")}`;

  showIn("Asia/Tokyo");

  expect([...document.querySelectorAll("time")].map((one) => one.textContent)).toEqual([
    "2026-01-02 12:04:05",
    "12:04:05.678",
    "Fri 02 Jan 12:04",
    "old",
  ]);
  expect(document.getElementById("zone")?.textContent).toBe("Asia/Tokyo");
});
