/** What has to be said of the picture: why it is empty, what is missing, the path. */
import type { ReactNode } from "react";
import type { Graph } from "../api/types.ts";
import type { Picture, shortestPath } from "./model.ts";

/** The ends of a path, as far as they are chosen. */
export interface PathEnds {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The notes. */
export function Notes({
  graph,
  picture,
  ends,
  path,
  error,
  isFetching,
}: {
  readonly graph: Graph;
  readonly picture: Picture;
  readonly ends: PathEnds;
  readonly path: ReturnType<typeof shortestPath>;
  readonly error: Error | null;
  readonly isFetching: boolean;
}): ReactNode {
  const labels = new Map(picture.nodes.map(({ id, label }) => [id, label]));
  const notes = [
    ...(error === null ? [] : [`A neighbourhood did not come: ${error.message}`]),
    ...(isFetching ? ["Looking for more…"] : []),
    ...emptyNote(graph, picture),
    ...pathNote(ends, path, labels),
    ...(graph.truncated
      ? ["There is more than one answer holds: expand single objects to see it."]
      : []),
    ...(picture.left > 0
      ? [
          `${picture.left.toLocaleString("en")} objects are not drawn, since there is no room; hide a type.`,
        ]
      : []),
  ];
  return (
    <div className="graphNotes" role="status">
      {notes.map((note) => (
        <span key={note}>{note}</span>
      ))}
    </div>
  );
}

function emptyNote(graph: Graph, picture: Picture): readonly string[] {
  if (graph.edges.length === 0) {
    return ["Nothing refers to this object, it refers to nothing, and no relationship names it."];
  }
  return picture.nodes.length === 1
    ? ["All that it is related to is hidden by the filter of types."]
    : [];
}

function pathNote(
  { from, to }: PathEnds,
  path: ReturnType<typeof shortestPath>,
  labels: ReadonlyMap<string, string>,
): readonly string[] {
  if (from === undefined) {
    return [];
  }
  if (to === undefined) {
    return [`Path from ${labels.get(from) ?? from}: choose the other end and press p.`];
  }
  if (path === null) {
    return ["No path between the two in what is shown. Expand more, or show hidden types."];
  }
  const steps = path.edges.length;
  const names = path.nodes.map((id) => labels.get(id) ?? id).join(" – ");
  return [`Shortest path, ${steps} ${steps === 1 ? "step" : "steps"}: ${names}`];
}
