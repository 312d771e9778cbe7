/** The picture that an address asks for, of what is known; with the path between two objects, if one is asked for. */
import { useMemo } from "react";
import type { Graph } from "../api/types.ts";
import { type GraphState, listOf } from "./address.ts";
import { type Choice, mergeGraphs, type Picture, pictureOf } from "./model.ts";
import { type KnownGraph, type StoredPath, useStoredPath } from "./use-graph.ts";
import { shortestWay, type Way } from "./walks.ts";

/** The picture and its path. */
export interface Shown {
  readonly graph: Graph;
  readonly picture: Picture;
  readonly path: Way | null;
  readonly stored: StoredPath;
}

const NOTHING: ReadonlySet<string> = new Set();

/** The picture. A path is looked for in it first, then in everything that is stored. */
export function usePicture(
  base: string,
  {
    known,
    start,
    state,
  }: { readonly known: KnownGraph; readonly start: string; readonly state: GraphState },
): Shown {
  const { hide, without, away, collapsed, groups, references, from, to } = state;
  const choice = useMemo(
    (): Choice => ({
      start,
      hiddenTypes: new Set(listOf(hide)),
      hiddenRelations: new Set(listOf(without)),
      hiddenNodes: new Set(listOf(away)),
      collapsed: new Set(listOf(collapsed)),
      openGroups: new Set(listOf(groups)),
      centres: known.centres,
      allReferences: references === "all",
      kept: from === undefined ? NOTHING : new Set([from, ...(to === undefined ? [] : [to])]),
    }),
    [start, hide, without, away, collapsed, groups, references, from, to, known.centres],
  );
  const picture = useMemo(() => pictureOf(known.graph, choice), [known.graph, choice]);
  const way = useMemo(
    () => (from === undefined || to === undefined ? null : shortestWay(picture.edges, from, to)),
    [picture, from, to],
  );
  const isAsked = from !== undefined && to !== undefined && from !== to && way === null;
  const ends = isAsked ? endsOf(known.graph, from, to) : null;
  const stored = useStoredPath(base, { fromId: ends?.fromId ?? null, to: ends?.to ?? "" });
  const whole = useMemo(() => {
    if (stored.kind !== "found" || from === undefined || to === undefined) {
      return null;
    }
    const { nodes, edges } = stored.path;
    const graph = mergeGraphs([known.graph, { nodes, edges, groups: [], truncated: false }]);
    const kept = new Set(nodes.map(({ stixId }) => stixId));
    const withPath = pictureOf(graph, { ...choice, kept });
    return { graph, picture: withPath, path: shortestWay(withPath.edges, from, to) };
  }, [stored, known.graph, choice, from, to]);
  return { graph: known.graph, picture, path: way, ...whole, stored };
}

/** A search begins at an object that is stored; a path is the same from either end. */
function endsOf(
  { nodes }: Graph,
  from: string,
  to: string,
): { readonly fromId: string; readonly to: string } | null {
  const idOf = (stixId: string) => nodes.find((node) => node.stixId === stixId)?.view?.id;
  const [first, second] = [idOf(from), idOf(to)];
  if (first !== undefined) {
    return { fromId: first, to };
  }
  return second === undefined ? null : { fromId: second, to: from };
}
