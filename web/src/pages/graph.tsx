/** Graph: what an object is related to, as a picture and as lists; more of it opens step by step. */
import { useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Graph } from "../api/types.ts";
import { depthOf, type GraphState } from "../graph/address.ts";
import { Beginning } from "../graph/beginning.tsx";
import { Board } from "../graph/board.tsx";
import "../graph/graph.css";
import { useKnownGraph, useNeighbourhood } from "../graph/use-graph.ts";
import { Failure, Loading } from "../parts/loading.tsx";
import { useApiBase } from "../shell/session.tsx";

/** The page. */
export function Page(): ReactNode {
  const state = useSearch({ strict: false }) as GraphState;
  return state.of === undefined ? (
    <Beginning />
  ) : (
    <GraphOf key={state.of} of={String(state.of)} state={state} />
  );
}

function GraphOf({ of, state }: { readonly of: string; readonly state: GraphState }): ReactNode {
  const depth = depthOf(state);
  const first = useNeighbourhood(useApiBase(), of, depth);
  if (first.isPending) {
    return <Loading label="Looking for what it is related to" />;
  }
  if (first.error !== null) {
    return <Failure error={first.error} onRetry={() => void first.refetch()} />;
  }
  return <Known first={first.data} isFetching={first.isFetching} state={state} depth={depth} />;
}

interface KnownProps {
  readonly first: Graph;
  readonly isFetching: boolean;
  readonly state: GraphState;
  readonly depth: number;
}

function Known({ first, isFetching, state, depth }: KnownProps): ReactNode {
  const known = useKnownGraph(useApiBase(), { first, state });
  return (
    <Board
      first={first}
      known={{ ...known, isFetching: isFetching || known.isFetching }}
      state={state}
      depth={depth}
    />
  );
}
