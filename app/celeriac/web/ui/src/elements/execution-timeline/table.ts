/* The same as a table, for who cannot or will not read the drawing. */
import { html, type TemplateResult } from "lit-html";
import { stateBadge } from "../../icons";
import { moment } from "../../words/lengths";
import { lengthOf } from "./drawing";
import type { Row } from "./rows";

const MOST = 1000;

export function table(rows: readonly Row[], now: number): TemplateResult {
  return html`<div class="tl-table"><table class="table table-plain">
    <caption class="sr-only">Task runs</caption>
    <thead><tr><th>Task</th><th>Value</th><th>State</th><th>Created</th><th class="number">Duration</th><th class="number">Attempts</th></tr></thead>
    <tbody>${rows.slice(0, MOST).map(
      ({ node, depth }) => html`<tr>
        <td>${"– ".repeat(depth)}${node.run?.taskId ?? node.label}</td>
        <td>${node.run?.value ?? ""}</td>
        <td>${stateBadge(node.state)}</td>
        <td>${moment(node.start)}</td>
        <td class="number">${lengthOf(node, now)}</td>
        <td class="number">${node.attempts || ""}</td>
      </tr>`,
    )}</tbody>
  </table>${rows.length > MOST ? html`<p class="muted tl-more">${rows.length - MOST} more rows: fold or filter them</p>` : ""}</div>`;
}
