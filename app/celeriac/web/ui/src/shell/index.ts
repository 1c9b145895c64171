/* On every page: styles, htmx, theme, rail, live stream and the small elements. */
import "../styles/index.css";
import htmx from "htmx.org";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
