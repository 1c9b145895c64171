/* Pages on which a flow is written. */
import "../elements/flow-editor/flow-editor.css";
import { FlowEditor } from "../elements/flow-editor/element";

customElements.define("flow-editor", FlowEditor);
