/* Requests to the API: with the session's CSRF token, answers as JSON, refusals as `Refusal`. */

export interface Trouble {
  pointer?: string;
  line?: number;
  column?: number;
  message: string;
  hint?: string;
}

/** What the API refused: an RFC 9457 problem. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly document: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = "Refusal";
  }

  get troubles(): Trouble[] {
    return Array.isArray(this.document.errors) ? (this.document.errors as Trouble[]) : [];
  }
}

export interface Answer<T> {
  body: T;
  headers: Headers;
}

function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

/** The address of something below /api/v1, wherever the application is mounted. */
export function address(path: string): string {
  return `${meta("base")}/api/v1${path}`;
}

export function csrfHeaders(): Record<string, string> {
  return { "X-Celeriac-CSRF": meta("csrf") };
}

/** Raises Refusal, or TypeError when the server cannot be reached. */
export async function ask<T>(path: string, init: RequestInit = {}): Promise<Answer<T>> {
  const headers = new Headers(init.headers);
  headers.set("Accept", "application/json");
  if (init.method && init.method !== "GET") {
    for (const [name, value] of Object.entries(csrfHeaders())) headers.set(name, value);
  }
  const response = await fetch(address(path), { credentials: "same-origin", ...init, headers });
  const body: unknown = response.headers.get("Content-Type")?.includes("json") ? await response.json() : await response.text();
  if (!response.ok) throw refusal(response, body);
  return { body: body as T, headers: response.headers };
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask<T>(path, signal ? { signal } : {})).body;
}

function refusal(response: Response, body: unknown): Refusal {
  const problem = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const told = problem.detail ?? problem.message ?? problem.title;
  return new Refusal(response.status, typeof told === "string" ? told : `${response.status} ${response.statusText}`, problem);
}
