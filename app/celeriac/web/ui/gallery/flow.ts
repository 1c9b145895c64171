/* A flow that somebody else changes at every save. */

const FLOW = `id: sales_pipeline
namespace: company.sales

# Cleans the orders of a day and sums them up.
inputs:
  - id: orders
    type: FILE
  - {id: rate, type: FLOAT, defaults: 1.08}

tasks:
  - id: clean
    type: io.kestra.plugin.scripts.python.Script
    inputFiles:
      orders.csv: "{{ inputs.orders }}"
    script: |
      import csv
      rows = list(csv.DictReader(open("orders.csv")))
      print(len(rows), "rows")
  - id: total
    type: io.kestra.plugin.core.debug.Retrun
    format: "{{ outputs.clean.vars.total }}"
    timeout: PT5M
`;

export function source(): string {
  return FLOW;
}

export function flow(init: RequestInit | undefined): unknown {
  if (init?.method !== "PUT") return {};
  const body = { status: 409, detail: "Revision 8 has been saved meanwhile", revision: 8, source: FLOW.replace("1.08", "1.10").replace("5M", "10M") };
  return new Response(JSON.stringify(body), { status: 409, headers: { "Content-Type": "application/problem+json" } });
}

export function validate(text: string): unknown {
  const line = text.split("\n").findIndex((one) => one.includes("Retrun")) + 1;
  if (line === 0) return [{ diagnostics: [] }];
  const error = { line, column: 11, endLine: line, endColumn: 47, severity: "error", message: "there is no task type io.kestra.plugin.core.debug.Retrun", path: "tasks[1].type", hint: "did you mean io.kestra.plugin.core.debug.Return?" };
  const warning = { line: 17, column: 1, endLine: 17, endColumn: 4, severity: "warning", message: "the whole file is read into memory", path: "tasks[0].script", hint: null };
  return [{ diagnostics: [error, warning] }];
}
