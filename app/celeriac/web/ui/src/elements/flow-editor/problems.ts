/* The list below the editor: problems by place, and whether the text is saved. */
import type { Diagnostic } from "@codemirror/lint";
import type { Text } from "@codemirror/state";
import { html, nothing, type TemplateResult } from "lit-html";
import { icon } from "../../icons";

export interface Status {
  problems: readonly Diagnostic[];
  doc: Text;
  isChecked: boolean;
  isDirty: boolean;
  revision: number;
}

export function problems(status: Status, go: (place: number) => void): TemplateResult {
  const errors = status.problems.filter((one) => one.severity === "error").length;
  return html`<div class="editor-status" role="status">
      ${verdict(errors, status.problems.length - errors, status.isChecked)}
      <span class="editor-saved">${status.isDirty ? html`<b>Unsaved changes</b>` : status.revision ? `Revision ${status.revision}` : nothing}</span>
    </div>
    ${status.problems.length > 0 ? html`<ol class="problems editor-problems" aria-label="Problems">${status.problems.map((one) => problem(one, status.doc, go))}</ol>` : nothing}`;
}

function verdict(errors: number, others: number, isChecked: boolean): TemplateResult {
  if (!isChecked) return html`<span class="muted">Not checked: the server does not answer</span>`;
  if (errors + others === 0) return html`<span class="editor-valid">${icon("check")}Valid</span>`;
  const words = [errors ? `${errors} ${errors === 1 ? "error" : "errors"}` : "", others ? `${others} ${others === 1 ? "warning" : "warnings"}` : ""];
  return html`<span class="editor-count" data-severity=${errors ? "error" : "warning"}>${icon("warning")}${words.filter(Boolean).join(", ")}</span>`;
}

function problem(one: Diagnostic, doc: Text, go: (place: number) => void): TemplateResult {
  const line = doc.lineAt(Math.min(one.from, doc.length));
  return html`<li class="problem" data-severity=${one.severity}>
    ${icon(one.severity === "info" ? "info" : "warning")}
    <button type="button" class="link-btn mono" @click=${() => go(one.from)}>${line.number}:${one.from - line.from + 1}</button>
    <span>${one.source ? html`<span class="mono muted">${one.source}</span> ` : nothing}${one.message}</span>
  </li>`;
}
