/* A row of the timeline is chosen: its task run is shown beside it, and stands in the address. */

export function inspectChosenRows(): void {
  document.body.addEventListener("task-run-selected", (event) => {
    const { taskRunId } = (event as CustomEvent<{ taskRunId: string }>).detail;
    void show(taskRunId);
  });
}

let wanted = "";

async function show(taskRunId: string): Promise<void> {
  const place = document.getElementById("inspector");
  if (!place || taskRunId === wanted) return;
  wanted = taskRunId;
  const address = new URL(location.href);
  address.searchParams.set("taskRunId", taskRunId);
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok || wanted !== taskRunId) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = page.getElementById("inspector");
  if (!found) return;
  place.replaceChildren(...document.adoptNode(found).childNodes);
  history.replaceState(history.state, "", address);
}
