/* The lines of an execution: all that there are, then those that come. */
import { get } from "../../api/client";
import { subscribe } from "../../live";
import type { LogDocument } from "./lines";

/** Lines may be told twice. The result stops it. */
export function watchLines(id: string, add: (lines: LogDocument[]) => void): () => void {
  let loading: AbortController | undefined;
  const load = async (): Promise<void> => {
    loading?.abort();
    loading = new AbortController();
    const { signal } = loading;
    try {
      add(await get<LogDocument[]>(`/logs/${encodeURIComponent(id)}`, signal));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
  void load().catch(() => undefined);
  const leave = subscribe({ topic: `logs:${id}`, receive: (data) => add((data.lines ?? []) as LogDocument[]), refresh: load });
  return () => {
    leave();
    loading?.abort();
  };
}
