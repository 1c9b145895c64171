import { afterEach, expect, test, vi } from "vitest";
import { Refusal } from "../../api/client";
import { Conflict, store } from "./saving";

const asked: { url: string; init: RequestInit }[] = [];

function answers(status: number, body: object): void {
  asked.length = 0;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/problem+json" } });
  });
}

afterEach(() => vi.unstubAllGlobals());

test("a new flow is posted", async () => {
  answers(200, { namespace: "n", id: "f", revision: 1 });

  const saved = await store("id: f", undefined);

  expect(saved.revision).toBe(1);
  expect([asked[0]?.url, asked[0]?.init.method]).toEqual(["/api/v1/flows", "POST"]);
});

test("a revision is stored upon the one that was read", async () => {
  answers(200, { namespace: "n", id: "f", revision: 8 });

  await store("id: f", { namespace: "n", id: "f", revision: 7 });

  expect([asked[0]?.url, asked[0]?.init.method]).toEqual(["/api/v1/flows/n/f", "PUT"]);
  expect((asked[0]?.init.headers as Headers).get("If-Match")).toBe('"7"');
});

test("what somebody else has saved meanwhile is told, not overwritten", async () => {
  answers(409, { detail: "moved", revision: 8, source: "theirs" });

  await expect(store("mine", { namespace: "n", id: "f", revision: 7 })).rejects.toEqual(new Conflict(8, "theirs"));
});

test("a refusal carries every problem with its place", async () => {
  answers(422, { detail: "invalid", errors: [{ pointer: "tasks", line: 3, column: 1, message: "missing" }] });

  const refusal = await store("x", undefined).catch((error: unknown) => error);

  expect((refusal as Refusal).troubles).toEqual([{ pointer: "tasks", line: 3, column: 1, message: "missing" }]);
});

test("requests that change something carry the session's token", async () => {
  document.head.innerHTML = '<meta name="csrf" content="token">';
  answers(200, {});

  await store("id: f", undefined);

  expect((asked[0]?.init.headers as Headers).get("X-Celeriac-CSRF")).toBe("token");
});
