/* Runs before the first paint, as a classic script: the theme and the width of the rail that were chosen. */
const chosen = localStorage.getItem("celeriac-theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
if (localStorage.getItem("celeriac-rail") === "narrow") document.documentElement.dataset.rail = "narrow";
