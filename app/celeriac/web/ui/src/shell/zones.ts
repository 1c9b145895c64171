/* At the first visit the server does not know the zone of the browser: the times of that one page are put into it here. */

type Write = (when: Date, zone: string) => string;

const WRITE: Record<string, Write> = {
  moment: (when, zone) => when.toLocaleString("sv-SE", { timeZone: zone }),
  clock: (when, zone) => `${when.toLocaleTimeString("sv-SE", { timeZone: zone })}.${String(when.getUTCMilliseconds()).padStart(3, "0")}`,
  day: (when, zone) => {
    const day = when.toLocaleDateString("en-GB", { timeZone: zone, weekday: "short", day: "2-digit", month: "short" });
    const time = when.toLocaleTimeString("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
    return `${day.replace(",", "")} ${time}`;
  },
};

export function showIn(zone: string): void {
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-as]")) {
    const when = new Date(element.dateTime);
    const write = WRITE[element.dataset.as ?? ""];
    if (write) element.textContent = write(when, zone);
    element.title = `${when.toLocaleString("sv-SE", { timeZone: zone })} ${zone}`;
  }
  const shown = document.getElementById("zone");
  if (shown) shown.textContent = zone;
}
