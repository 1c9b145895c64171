/* What the server says about a text, as CodeMirror's diagnostics. */
import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import { ask, type Trouble } from "../../api/client";

interface Told {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  severity: "error" | "warning" | "info";
  message: string;
  path: string;
  hint: string | null;
}

/** Raises what `ask` raises. */
export async function validated(doc: Text): Promise<Diagnostic[]> {
  const { body } = await ask<{ diagnostics: Told[] }[]>("/flows/validate", {
    method: "POST",
    body: doc.toString(),
    headers: { "Content-Type": "application/x-yaml" },
  });
  return body.flatMap((one) => one.diagnostics).map((one) => diagnosticOf(doc, one));
}

/** The problems of a refused save. */
export function refused(doc: Text, troubles: readonly Trouble[]): Diagnostic[] {
  return troubles.map((one) => {
    const [line, column] = [one.line ?? 1, one.column ?? 1];
    return diagnosticOf(doc, { line, column, endLine: line, endColumn: column + 1, severity: "error", message: one.message, path: one.pointer ?? "", hint: one.hint ?? null });
  });
}

function diagnosticOf(doc: Text, one: Told): Diagnostic {
  const from = placeOf(doc, one.line, one.column);
  const to = Math.max(from, placeOf(doc, one.endLine, one.endColumn));
  const message = one.hint ? `${one.message} (${one.hint})` : one.message;
  return { from, to, severity: one.severity, message, source: one.path };
}

/** Lines and columns count from 1. */
export function placeOf(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(found.to, found.from + Math.max(0, column - 1));
}
