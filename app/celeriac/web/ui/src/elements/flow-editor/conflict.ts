/* Two people have changed one flow: both texts side by side, the reader decides. Loaded when it happens. */
import { MergeView } from "@codemirror/merge";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { html, render } from "lit-html";
import { reading } from "./setup";

export type Decision = "mine" | "theirs" | "later";

/** Resolves with the decision and my text, which may have been changed there. */
export async function decide(theirs: string, mine: string, revision: number, nonce: string): Promise<{ decision: Decision; mine: string }> {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog dialog-wide editor-conflict";
  dialog.setAttribute("aria-labelledby", "conflict-title");
  let decision: Decision = "later";
  const choose = (chosen: Decision) => {
    decision = chosen;
    dialog.close();
  };
  render(frame(revision, choose), dialog);
  document.body.append(dialog);
  const place = dialog.querySelector(".editor-merge")?.attachShadow({ mode: "open" });
  if (!place) throw new Error("the dialog has no place for the texts");
  const merge = new MergeView({
    parent: place,
    root: place,
    a: { doc: theirs, extensions: [reading(nonce), EditorState.readOnly.of(true), EditorView.editable.of(false)] },
    b: { doc: mine, extensions: [reading(nonce)] },
    gutter: true,
    collapseUnchanged: { margin: 3 },
  });
  dialog.showModal();
  await new Promise((ended) => dialog.addEventListener("close", ended, { once: true }));
  const text = merge.b.state.doc.toString();
  merge.destroy();
  dialog.remove();
  return { decision, mine: text };
}

function frame(revision: number, choose: (decision: Decision) => void) {
  return html`<div class="dialog-head"><h2 id="conflict-title">Somebody else has saved revision ${revision} meanwhile</h2></div>
    <div class="dialog-body">
      <div class="editor-sides" aria-hidden="true"><span>Theirs, revision ${revision}</span><span>Yours</span></div>
      <div class="editor-merge"></div>
    </div>
    <div class="dialog-foot">
      <button type="button" class="btn btn-quiet" autofocus @click=${() => choose("later")}>Go on editing</button>
      <button type="button" class="btn" @click=${() => choose("theirs")}>Take theirs</button>
      <button type="button" class="btn btn-primary" @click=${() => choose("mine")}>Save yours on top</button>
    </div>`;
}
