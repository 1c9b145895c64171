/* How the editor looks: our tokens, so that both themes follow the page. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const view = EditorView.theme({
  "&": { height: "100%", color: "var(--text)", backgroundColor: "var(--card)", fontSize: "var(--size-mono)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px", fontVariantLigatures: "none" },
  ".cm-content": { caretColor: "var(--text)", padding: "8px 0" },
  ".cm-line": { padding: "0 12px 0 6px" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent-solid) 26%, transparent)",
  },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "color-mix(in srgb, var(--hover) 75%, transparent)" },
  ".cm-gutters": { backgroundColor: "var(--card)", color: "var(--faint)", border: "none", borderRight: "1px solid var(--line)" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 6px 0 12px", minWidth: "32px" },
  ".cm-foldGutter .cm-gutterElement": { cursor: "pointer" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--sunken)", border: "1px solid var(--line)", color: "var(--muted)" },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--accent-solid) 22%, transparent)" },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--warning) 18%, transparent)" },
  ".cm-searchMatch": { backgroundColor: "var(--mark)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--mark-now)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--text)", fontFamily: "var(--sans)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-content:focus-visible": { outline: "none" },
  ".cm-panel.cm-search": { padding: "8px 28px 6px 12px" },
  ".cm-panel.cm-search :is(input, button, label)": { margin: "0 6px 4px 0", fontSize: "var(--size-small)", lineHeight: "18px" },
  ".cm-panel.cm-search label": { display: "inline-flex", gap: "4px", alignItems: "center" },
  ".cm-panel.cm-search [name=close]": { width: "24px", height: "24px", fontSize: "16px", color: "var(--muted)" },
  ".cm-textfield": {
    width: "220px", border: "1px solid var(--line-strong)", borderRadius: "4px", backgroundColor: "var(--card)", color: "var(--text)", padding: "3px 8px",
    fontFamily: "var(--mono)",
  },
  ".cm-textfield:focus-visible, .cm-button:focus-visible": { outline: "2px solid var(--focus)", outlineOffset: "-1px" },
  ".cm-button": {
    backgroundImage: "none", backgroundColor: "var(--card)", border: "1px solid var(--line-strong)", borderRadius: "4px", color: "var(--text)",
    padding: "3px 10px", fontFamily: "var(--sans)", fontWeight: "500", cursor: "pointer", textTransform: "capitalize",
  },
  ".cm-button:active": { backgroundImage: "none" },
  ".cm-button:hover": { backgroundColor: "var(--hover)" },
  ".cm-changedLine": { backgroundColor: "color-mix(in srgb, var(--ok) 9%, transparent) !important" },
  "&.cm-merge-a .cm-changedLine": { backgroundColor: "color-mix(in srgb, var(--failed) 9%, transparent) !important" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", border: "1px solid var(--line-strong)", borderRadius: "6px", boxShadow: "0 8px 24px var(--shade)" },
  ".cm-diagnostic": { fontFamily: "var(--sans)", fontSize: "var(--size-small)", lineHeight: "18px", padding: "6px 10px", borderLeftWidth: "3px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--failed)" },
  ".cm-diagnostic-warning": { borderLeftColor: "var(--warning)" },
  ".cm-diagnosticSource": { fontFamily: "var(--mono)", opacity: "0.7" },
  ".cm-lintRange-error, .cm-lintRange-warning, .cm-lintRange-info": { backgroundImage: "none", textDecoration: "underline wavy 1px", textUnderlineOffset: "3px" },
  ".cm-lintRange-error": { textDecorationColor: "var(--failed)" },
  ".cm-lintRange-warning": { textDecorationColor: "var(--warning)" },
  ".cm-lintRange-info": { textDecorationColor: "var(--running)" },
  ".cm-gutter-lint": { width: "14px" },
  ".cm-gutter-lint .cm-gutterElement": { padding: "6px 3px" },
  ".cm-lint-marker": { content: "''", width: "8px", height: "8px", borderRadius: "50%" },
  ".cm-lint-marker-error": { content: "''", backgroundColor: "var(--failed)" },
  ".cm-lint-marker-warning": { content: "''", borderRadius: "2px", backgroundColor: "var(--warning)" },
  ".cm-lint-marker-info": { content: "''", backgroundColor: "var(--running)" },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "light-dark(#0b5394, #7cc0ff)" },
  { tag: [tags.string, tags.special(tags.string)], color: "light-dark(#1c6b45, #8fd3a8)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword, tags.typeName], color: "light-dark(#7a3fa0, #cfa4ee)" },
  { tag: tags.comment, color: "var(--faint)", fontStyle: "italic" },
  { tag: [tags.meta, tags.labelName], color: "light-dark(#8a5a00, #e2b661)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--muted)" },
  { tag: tags.invalid, color: "var(--danger)" },
]);

export const look: Extension = [view, syntaxHighlighting(colours)];
