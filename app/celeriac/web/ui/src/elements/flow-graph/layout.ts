/* Places for boxes and ways for links, by dagre. Knows no DOM. */
import { Graph, layout } from "@dagrejs/dagre";
import type { Box, Group, Link, Shape } from "./shape";

export interface Placed<T> {
  item: T;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Way {
  link: Link;
  path: string;
  x: number;
  y: number;
}

export interface Drawing {
  width: number;
  height: number;
  boxes: Placed<Box>[];
  groups: Placed<Group>[];
  ways: Way[];
}

const BOX = { width: 196, height: 44 };
const DOT = { width: 12, height: 12 };
const MARGIN = 16;
const HEAD = 26;

export function drawingOf(shape: Shape): Drawing {
  const graph = new Graph({ compound: true, multigraph: false });
  graph.setGraph({ rankdir: "TB", nodesep: 28, ranksep: 40, edgesep: 12, marginx: MARGIN, marginy: MARGIN });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const group of shape.groups) graph.setNode(group.id, {});
  for (const box of shape.boxes) graph.setNode(box.id, { ...(box.kind === "dot" ? DOT : BOX) });
  for (const one of [...shape.groups, ...shape.boxes]) {
    if (one.parent !== undefined && graph.hasNode(one.parent)) graph.setParent(one.id, one.parent);
  }
  for (const link of shape.links) graph.setEdge(link.from, link.to, link.label ? { width: link.label.length * 6 + 12, height: 18, labelpos: "c" } : {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height: height + (shape.groups.length > 0 ? HEAD : 0),
    boxes: shape.boxes.map((box) => placed(graph, box, box.id)),
    groups: shape.groups.map((group) => withHead(placed(graph, group, group.id))),
    ways: shape.links.map((link) => wayOf(graph, link)),
  };
}

interface Node {
  x: number;
  y: number;
  width: number;
  height: number;
}

function placed<T>(graph: Graph, item: T, id: string): Placed<T> {
  const node = graph.node(id) as unknown as Node;
  return { item, x: node.x - node.width / 2, y: node.y - node.height / 2, width: node.width, height: node.height };
}

/** Room for the name of a group above its boxes. */
function withHead(group: Placed<Group>): Placed<Group> {
  return { ...group, y: group.y - HEAD / 2, height: group.height + HEAD / 2 };
}

function wayOf(graph: Graph, link: Link): Way {
  const edge = graph.edge(link.from, link.to) as { points: { x: number; y: number }[]; x?: number; y?: number };
  const middle = edge.points[Math.floor(edge.points.length / 2)] ?? { x: 0, y: 0 };
  return { link, path: curve(edge.points), x: edge.x ?? middle.x, y: edge.y ?? middle.y };
}

/** A smooth line that leaves and arrives vertically. */
function curve(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x.toFixed(1)} ${first.y.toFixed(1)}`;
  let { x, y } = first;
  for (const next of rest) {
    const half = (y + next.y) / 2;
    path += `C${x.toFixed(1)} ${half.toFixed(1)} ${next.x.toFixed(1)} ${half.toFixed(1)} ${next.x.toFixed(1)} ${next.y.toFixed(1)}`;
    ({ x, y } = next);
  }
  return path;
}
