/* Runs before the first paint, as a classic script: the theme and the width of the rail that were chosen. */
for (const [name, allowed] of [["theme", "light dark"], ["rail", "narrow"]] as const) {
  const chosen = document.cookie.match(new RegExp(`(?:^|; )${name}=(\\w+)`))?.[1];
  if (chosen && allowed.split(" ").includes(chosen)) document.documentElement.dataset[name] = chosen;
}
