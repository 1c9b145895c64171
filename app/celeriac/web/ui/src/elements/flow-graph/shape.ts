/* What is drawn of a graph: groups folded into one box, needless dots left out. Knows no DOM and no places. */
import type { GraphDocument, GraphEdge, GraphNode } from "./documents";

export interface Box {
  id: string;
  kind: "task" | "trigger" | "dot" | "group";
  label: string;
  type: string;
  /** Ids of the tasks that it stands for. */
  tasks: string[];
  /** The group around it. */
  parent: string | undefined;
  isDisabled: boolean;
  branch: string;
}

export interface Group {
  id: string;
  label: string;
  type: string;
  parent: string | undefined;
  isFolded: boolean;
}

export interface Link {
  from: string;
  to: string;
  label: string;
  kind: string;
}

export interface Shape {
  boxes: Box[];
  groups: Group[];
  links: Link[];
}

const WORDS: Record<string, string> = { ERROR: "on error", FINALLY: "finally", AFTER_EXECUTION: "afterwards", DYNAMIC: "each" };

export function shapeOf(graph: GraphDocument, folded: ReadonlySet<string>): Shape {
  const groups = graph.clusters
    .filter((one) => one.cluster.task)
    .map((one) => ({
      id: one.cluster.uid,
      label: one.cluster.task?.id ?? "",
      type: one.cluster.task?.type ?? "",
      parent: one.parents.filter((uid) => graph.clusters.some((other) => other.cluster.uid === uid && other.cluster.task)).at(-1),
      isFolded: folded.has(one.cluster.uid),
    }));
  const around = innermost(graph);
  const outermostFolded = (uid: string | undefined): string | undefined => {
    let found: string | undefined;
    for (let at = uid; at !== undefined; at = groups.find((one) => one.id === at)?.parent) if (folded.has(at)) found = at;
    return found;
  };
  const standIn = new Map<string, string>();
  const boxes = new Map<string, Box>();
  const skipped = needless(graph);
  for (const node of graph.nodes) {
    const group = outermostFolded(around.get(node.uid));
    const id = group ?? node.uid;
    standIn.set(node.uid, id);
    if (skipped.has(node.uid) && group === undefined) continue;
    const box = boxes.get(id) ?? (group ? groupBox(group, groups) : boxOf(node, around.get(node.uid)));
    if (node.task) box.tasks.push(node.task.id);
    boxes.set(id, box);
  }
  const shown = groups.filter((one) => !one.isFolded && outermostFolded(one.id) === undefined);
  return { boxes: [...boxes.values()], groups: shown, links: linksOf(graph, standIn, skipped) };
}

/** Starts of groups: what leads there may lead to the group's own task. */
function needless(graph: GraphDocument): Map<string, string> {
  const skipped = new Map<string, string>();
  for (const one of graph.clusters) {
    const next = graph.edges.filter((edge) => edge.source === one.start);
    if (one.cluster.task && one.start && next.length === 1) skipped.set(one.start, (next[0] as GraphEdge).target);
  }
  return skipped;
}

function innermost(graph: GraphDocument): Map<string, string> {
  const around = new Map<string, string>();
  const depth = new Map<string, number>();
  for (const one of graph.clusters) {
    if (!one.cluster.task) continue;
    for (const uid of one.nodes) {
      if ((depth.get(uid) ?? -1) >= one.parents.length) continue;
      depth.set(uid, one.parents.length);
      around.set(uid, one.cluster.uid);
    }
  }
  return around;
}

function boxOf(node: GraphNode, parent: string | undefined): Box {
  const shown = node.task ?? node.trigger;
  const kind = node.task ? "task" : node.trigger ? "trigger" : "dot";
  return { id: node.uid, kind, label: shown?.id ?? "", type: shown?.type ?? "", tasks: [], parent, isDisabled: shown?.disabled === true, branch: node.branchType ?? "" };
}

function groupBox(id: string, groups: readonly Group[]): Box {
  const group = groups.find((one) => one.id === id);
  return { id, kind: "group", label: group?.label ?? "", type: group?.type ?? "", tasks: [], parent: group?.parent, isDisabled: false, branch: "" };
}

function linksOf(graph: GraphDocument, standIn: ReadonlyMap<string, string>, skipped: ReadonlyMap<string, string>): Link[] {
  const links = new Map<string, Link>();
  for (const edge of graph.edges) {
    if (skipped.has(edge.source)) continue;
    const from = standIn.get(edge.source) ?? edge.source;
    const to = standIn.get(skipped.get(edge.target) ?? edge.target) ?? edge.target;
    if (from === to) continue;
    const kind = edge.relation?.relationType ?? "SEQUENTIAL";
    links.set(`${from}>${to}`, { from, to, label: edge.relation?.value ?? WORDS[kind] ?? "", kind });
  }
  return [...links.values()];
}
