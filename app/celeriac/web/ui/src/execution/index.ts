/* Pages of an execution: its timeline and its log. */
import "../elements/execution-timeline/execution-timeline.css";
import "../elements/log-viewer/log-viewer.css";
import { ExecutionTimeline } from "../elements/execution-timeline/element";
import { LogViewer } from "../elements/log-viewer/element";
import { inspectChosenRows } from "./inspector";

customElements.define("execution-timeline", ExecutionTimeline);
customElements.define("log-viewer", LogViewer);
inspectChosenRows();
