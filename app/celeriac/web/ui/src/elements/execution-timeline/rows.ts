/* The tree as rows: what is unfolded, what passes the filter. Knows no DOM. */
import type { Node } from "./runs";

export interface Row {
  node: Node;
  depth: number;
  /** undefined = nothing below. */
  isOpen: boolean | undefined;
}

export interface Folding {
  /** Keys that were folded or unfolded by hand: true = open. */
  chosen: ReadonlyMap<string, boolean>;
  onlyProblems: boolean;
}

const MOST_OPEN_ROUNDS = 12;
const PROBLEMS = new Set(["FAILED", "LOST", "KILLED", "KILLING", "WARNING", "RETRYING", "CANCELLED"]);

export function rowsOf(roots: readonly Node[], folding: Folding): Row[] {
  const rows: Row[] = [];
  append(rows, roots, 0, folding);
  return rows;
}

function append(rows: Row[], nodes: readonly Node[], depth: number, folding: Folding): void {
  for (const node of nodes) {
    if (folding.onlyProblems && !hasProblem(node)) continue;
    const isOpen = node.children.length === 0 ? undefined : (folding.chosen.get(node.key) ?? opensByItself(node, folding));
    rows.push({ node, depth, isOpen });
    if (isOpen) append(rows, node.children, depth + 1, folding);
  }
}

/** A short loop is shown whole, a long one folded, unless only its problems are shown. */
function opensByItself(node: Node, folding: Folding): boolean {
  if (folding.onlyProblems) return true;
  if (node.run === undefined) return PROBLEMS.has(node.state);
  return !node.isLoop || node.children.length <= MOST_OPEN_ROUNDS;
}

export function hasProblem(node: Node): boolean {
  return PROBLEMS.has(node.state) || node.children.some(hasProblem);
}

/** {state: rounds in it} of a loop. */
export function roundCounts(node: Node): Map<string, number> {
  const counts = new Map<string, number>();
  for (const child of node.children) counts.set(child.state, (counts.get(child.state) ?? 0) + 1);
  return counts;
}

/** The keys above a task run, outermost first; undefined when it is not there. */
export function pathTo(nodes: readonly Node[], id: string): string[] | undefined {
  for (const node of nodes) {
    if (node.run?.id === id) return [];
    const below = pathTo(node.children, id);
    if (below) return [node.key, ...below];
  }
  return undefined;
}
