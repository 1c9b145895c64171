/* Lines as scripts write them. */
import type { LogDocument } from "../src/elements/log-viewer/lines";

const START = Date.parse("2026-11-25T13:04:11.120Z");
const TASKS = ["extract", "clean", "by_region", "by_product", "report", "notify"];
let more = 1_000_000;

export function logs(count: number): LogDocument[] {
  return Array.from({ length: count }, (_, index) => line(index, START + index * 137 + (index % 7) * 11));
}

export function moreLogs(): LogDocument[] {
  more += 1;
  return [line(more, Date.now())];
}

function line(index: number, at: number): LogDocument {
  const taskId = TASKS[Math.floor(index / 23) % TASKS.length] ?? "";
  return { taskId, taskRunId: `run-${taskId}`, attempt: 0, timestamp: new Date(at).toISOString(), line: index, ...said(index) };
}

function said(index: number): { level: string; message: string } {
  if (index % 97 === 40) {
    const trace = Array.from({ length: 14 }, (_, depth) => `  File "/app/steps/clean_${depth}.py", line ${12 + depth * 7}, in step_${depth}\n    value = row["amount"] * rate`);
    return { level: "ERROR", message: `Traceback (most recent call last):\n${trace.join("\n")}\nKeyError: 'amount'` };
  }
  if (index % 31 === 7) return { level: "WARN", message: `\u001b[33mWARNING\u001b[0m row ${index} has no \u001b[1mregion\u001b[0m, taken as \u001b[36m'unknown'\u001b[0m` };
  if (index % 53 === 9) return { level: "INFO", message: `GET https://example.org/api/orders?page=${index}&size=500&sort=created_at:desc&fields=id,amount,currency,region,product,customer,created_at,updated_at 200 in 231 ms (cache miss), 500 rows, 1.2 MB` };
  if (index % 11 === 3) return { level: "DEBUG", message: `{"rows": ${index * 13}, "took_ms": ${index % 90}, "ok": true}` };
  return { level: "INFO", message: `Processed batch ${index} of 400: ${index * 250} orders, ${(index * 12.37).toFixed(2)} EUR` };
}
