/* CodeMirror as flows are written in it. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, linter } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension, type Text } from "@codemirror/state";
import { drawSelection, dropCursor, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, rectangularSelection } from "@codemirror/view";
import { look } from "./look";

const PAUSE_MS = 350;

export interface Wishes {
  nonce: string;
  save(): void;
  changed(): void;
  validate(doc: Text): Promise<Diagnostic[]>;
}

/** A text with lines numbered, folded, coloured and searched. */
export function reading(nonce: string): Extension {
  return [
    nonce ? EditorView.cspNonce.of(nonce) : [],
    lineNumbers(),
    foldGutter(),
    highlightSpecialChars(),
    drawSelection(),
    highlightSelectionMatches(),
    search({ top: true }),
    yaml(),
    indentUnit.of("  "),
    EditorState.tabSize.of(2),
    look,
    keymap.of([...searchKeymap, ...foldKeymap]),
  ];
}

export function writing(wishes: Wishes): Extension {
  return [
    keymap.of([{ key: "Mod-s", preventDefault: true, run: () => (wishes.save(), true) }]),
    reading(wishes.nonce),
    history(),
    dropCursor(),
    rectangularSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    lintGutter(),
    linter((view) => wishes.validate(view.state.doc), { delay: PAUSE_MS }),
    EditorView.updateListener.of((update) => update.docChanged && wishes.changed()),
    EditorView.contentAttributes.of({ "aria-label": "Source of the flow", spellcheck: "false", autocapitalize: "off", tabindex: "0" }),
    keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
  ];
}
