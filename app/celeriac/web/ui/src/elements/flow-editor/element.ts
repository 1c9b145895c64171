/* <flow-editor namespace? flow-id? revision?><textarea>YAML</textarea></flow-editor>: writes a flow, checks it while it is
   written, stores it over the API. Within a form it stands in for the form's submit. Tells `flow-saved`. */
import { type Diagnostic, setDiagnostics } from "@codemirror/lint";
import { EditorState, type Text } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { render } from "lit-html";
import { Refusal } from "../../api/client";
import { toast } from "../../shell/toasts";
import { refused, validated } from "./diagnostics";
import { problems } from "./problems";
import { Conflict, type Saved, store, type Target } from "./saving";
import { writing } from "./setup";

export class FlowEditor extends HTMLElement {
  #view: EditorView | undefined;
  #saved = "";
  #problems: readonly Diagnostic[] = [];
  #isChecked = true;
  #isSaving = false;
  readonly #panel = document.createElement("div");
  #listeners = new AbortController();

  connectedCallback(): void {
    if (this.#view) return;
    const code = document.createElement("div");
    code.className = "editor-code";
    const root = code.attachShadow({ mode: "open" });
    this.#panel.className = "editor-panel";
    this.#saved = this.#area?.value ?? "";
    if (this.#area) this.#area.hidden = true;
    this.append(code, this.#panel);
    const wishes = { nonce: this.nonce ?? "", save: () => void this.save(), changed: () => this.#changed(), validate: (doc: Text) => this.#validate(doc) };
    this.#view = new EditorView({ state: EditorState.create({ doc: this.#saved, extensions: writing(wishes) }), parent: root, root });
    this.#listen();
    this.#show();
  }

  disconnectedCallback(): void {
    this.#listeners.abort();
    this.#view?.destroy();
    this.#view = undefined;
  }

  get value(): string {
    return this.#view?.state.doc.toString() ?? this.#saved;
  }

  set value(text: string) {
    this.#view?.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text } });
  }

  get isDirty(): boolean {
    return this.value !== this.#saved;
  }

  /** Stores the text; every outcome is shown. */
  async save(): Promise<void> {
    const target = this.#target;
    if (this.#isSaving) return;
    if (target && !this.isDirty) return toast("Nothing has changed");
    this.#isSaving = true;
    const source = this.value;
    try {
      if (this.#view && (await this.#validate(this.#view.state.doc)).some((one) => one.severity === "error")) return this.#mend();
      this.#accept(source, await store(source, target), target === undefined);
    } catch (error) {
      await this.#refused(error, source);
    } finally {
      this.#isSaving = false;
    }
  }

  get #area(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  get #target(): Target | undefined {
    const [namespace, id] = [this.getAttribute("namespace"), this.getAttribute("flow-id")];
    return namespace && id ? { namespace, id, revision: Number(this.getAttribute("revision") ?? 0) } : undefined;
  }

  #listen(): void {
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    window.addEventListener("beforeunload", (event) => this.isDirty && event.preventDefault(), { signal });
    this.closest("form")?.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    }, { signal });
    document.addEventListener("keydown", (event) => {
      if (event.key !== "s" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
      event.preventDefault();
      void this.save();
    }, { signal });
  }

  #changed(): void {
    if (this.#area) this.#area.value = this.value;
    this.#show();
    this.dispatchEvent(new CustomEvent("flow-changed", { bubbles: true, detail: { source: this.value } }));
  }

  async #validate(doc: Text): Promise<Diagnostic[]> {
    try {
      this.#problems = await validated(doc);
      this.#isChecked = true;
    } catch (error) {
      this.#problems = error instanceof Refusal ? refused(doc, error.troubles) : this.#problems;
      this.#isChecked = error instanceof Refusal;
    }
    this.#show();
    return [...this.#problems];
  }

  #accept(source: string, saved: Saved, isNew: boolean): void {
    this.#saved = source;
    this.setAttribute("revision", String(saved.revision));
    const field = this.closest("form")?.querySelector<HTMLInputElement>('input[name="revision"]');
    if (field) field.value = String(saved.revision);
    this.#show();
    toast(isNew ? `Flow ${saved.id} has been created` : `Revision ${saved.revision} has been saved`, "ok");
    const event = new CustomEvent("flow-saved", { bubbles: true, cancelable: true, detail: { ...saved, isNew } });
    if (!this.dispatchEvent(event) || !isNew) return;
    location.assign(`/ui/flows/edit/${encodeURIComponent(saved.namespace)}/${encodeURIComponent(saved.id)}/source`);
  }

  async #refused(error: unknown, source: string): Promise<void> {
    if (error instanceof Conflict) return this.#resolve(error, source);
    if (error instanceof Refusal && error.troubles.length > 0 && this.#view) {
      this.#problems = refused(this.#view.state.doc, error.troubles);
      return this.#mend();
    }
    toast(error instanceof Refusal ? `Not saved: ${error.message}` : "Not saved: the server does not answer", "error");
  }

  #mend(): void {
    if (this.#view) this.#view.dispatch(setDiagnostics(this.#view.state, [...this.#problems]));
    this.#show();
    toast("Not saved: mend the problems below first", "error");
  }

  async #resolve(conflict: Conflict, source: string): Promise<void> {
    const { decide } = await import("./conflict");
    const { decision, mine } = await decide(conflict.source, source, conflict.revision, this.nonce ?? "");
    this.setAttribute("revision", String(decision === "later" ? this.#target?.revision : conflict.revision));
    if (decision === "theirs") this.#saved = conflict.source;
    this.value = decision === "theirs" ? conflict.source : mine;
    this.#isSaving = false;
    if (decision === "mine") await this.save();
  }

  #go(place: number): void {
    this.#view?.dispatch({ selection: { anchor: Math.min(place, this.#view.state.doc.length) }, effects: EditorView.scrollIntoView(place, { y: "center" }) });
    this.#view?.focus();
  }

  #show(): void {
    if (!this.#view) return;
    const revision = this.#target?.revision ?? 0;
    const status = { problems: this.#problems, doc: this.#view.state.doc, isChecked: this.#isChecked, isDirty: this.isDirty, revision };
    render(problems(status, (place) => this.#go(place)), this.#panel);
  }
}
