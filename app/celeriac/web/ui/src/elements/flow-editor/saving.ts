/* Storing a flow: a new one, or a revision upon the one that was read. */
import { ask, Refusal } from "../../api/client";

export interface Saved {
  namespace: string;
  id: string;
  revision: number;
}

/** Somebody else has stored another revision meanwhile. */
export class Conflict extends Error {
  constructor(
    readonly revision: number,
    readonly source: string,
  ) {
    super(`Revision ${revision} has been saved meanwhile`);
  }
}

export interface Target {
  namespace: string;
  id: string;
  /** 0 = whatever is stored. */
  revision: number;
}

/** Raises Conflict, Refusal, or TypeError when the server cannot be reached. */
export async function store(source: string, target: Target | undefined): Promise<Saved> {
  const headers: Record<string, string> = { "Content-Type": "application/x-yaml" };
  if (target?.revision) headers["If-Match"] = `"${target.revision}"`;
  const path = target ? `/flows/${encodeURIComponent(target.namespace)}/${encodeURIComponent(target.id)}` : "/flows";
  try {
    return (await ask<Saved>(path, { method: target ? "PUT" : "POST", body: source, headers })).body;
  } catch (error) {
    if (error instanceof Refusal && error.status === 409 && typeof error.document.source === "string") {
      throw new Conflict(Number(error.document.revision), error.document.source);
    }
    throw error;
  }
}
