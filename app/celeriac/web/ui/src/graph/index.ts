/* Pages with the drawing of a flow. */
import "../elements/flow-graph/flow-graph.css";
import { FlowGraph } from "../elements/flow-graph/element";

if (!customElements.get("flow-graph")) customElements.define("flow-graph", FlowGraph);
