/* A flow as nodes and edges, as the API tells it. */

export interface GraphTask {
  id: string;
  type: string;
  description?: string | null;
  disabled?: boolean;
}

export interface GraphNode {
  uid: string;
  type: string;
  task?: GraphTask;
  trigger?: GraphTask;
  branchType?: string;
}

export interface GraphEdge {
  source: string;
  target: string;
  relation?: { relationType?: string; value?: string };
}

export interface GraphCluster {
  cluster: { uid: string; task?: GraphTask };
  nodes: string[];
  parents: string[];
  start?: string;
  end?: string;
}

export interface GraphDocument {
  nodes: GraphNode[];
  edges: GraphEdge[];
  clusters: GraphCluster[];
}
