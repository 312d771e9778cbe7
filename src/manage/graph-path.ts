/**
 * The shortest way between two objects through everything that is stored: a search from both ends that meets in the
 * middle. It is bounded, and says so when a bound was reached before the ends met.
 */
import type { ManageParts } from "./context.ts";
import {
  type GraphEdge,
  type GraphNode,
  isAuthorship,
  keyOfEdge,
  type Neighbour,
  neighboursOf,
  nodeOf,
  versionsOf,
} from "./neighbours.ts";

/** What is asked for. */
export interface PathQuery {
  readonly workspaceId: string;
  /** STIX ids of the ends. */
  readonly from: string;
  readonly to: string;
  /** 1 to 8 steps. */
  readonly stepsMax: number;
}

/** The way, from one end to the other. */
export interface FoundPath {
  /** None when no way was found. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** A bound other than the number of steps was reached: there may be a way, or a shorter one. */
  readonly bounded: boolean;
}

/** Longer ways say nothing of either end. */
export const PATH_STEPS_MAX = 8;
export const PATH_STEPS_DEFAULT = 6;

/** Objects whose neighbours are read in one search: each costs a few milliseconds. */
const EXPANDED_MAX = 1_000;
/** Relations that are read in one search. */
const LOOKED_AT_MAX = 50_000;

/** One of the two searches. */
interface Side {
  readonly end: string;
  /** How each object was reached: over which edge, from which object; null at the end itself. */
  readonly reached: Map<string, { readonly edge: GraphEdge; readonly before: string } | null>;
  frontier: readonly string[];
}

interface Cost {
  expanded: number;
  lookedAt: number;
  bounded: boolean;
}

/** Finds the way; authors and markings are passed through only where they are an end. */
export async function storedPath(parts: ManageParts, query: PathQuery): Promise<FoundPath> {
  const { workspaceId, from, to, stepsMax } = query;
  const sides: readonly [Side, Side] = [sideOf(from), sideOf(to)];
  const cost: Cost = { expanded: 0, lookedAt: 0, bounded: false };
  let meeting = from === to ? from : undefined;
  for (let step = 0; step < stepsMax && meeting === undefined; step += 1) {
    const [near, far] =
      sides[0].frontier.length <= sides[1].frontier.length ? sides : [sides[1], sides[0]];
    if (near.frontier.length === 0) {
      break;
    }
    meeting = await widen(parts, { workspaceId, near, far, cost });
  }
  return meeting === undefined
    ? { nodes: [], edges: [], bounded: cost.bounded }
    : wayThrough(parts, { workspaceId, sides, meeting, bounded: cost.bounded });
}

function sideOf(end: string): Side {
  return { end, reached: new Map([[end, null]]), frontier: [end] };
}

/** Takes one side a step further; gives the object at which the sides have met. */
async function widen(
  parts: ManageParts,
  {
    workspaceId,
    near,
    far,
    cost,
  }: {
    readonly workspaceId: string;
    readonly near: Side;
    readonly far: Side;
    readonly cost: Cost;
  },
): Promise<string | undefined> {
  const next: string[] = [];
  for (const each of near.frontier) {
    if (cost.expanded >= EXPANDED_MAX || cost.lookedAt >= LOOKED_AT_MAX) {
      cost.bounded = true;
      break;
    }
    const { neighbours, truncated } = await neighboursOf(parts, workspaceId, each);
    cost.expanded += 1;
    cost.lookedAt += neighbours.length;
    cost.bounded ||= truncated;
    for (const neighbour of neighbours) {
      const { other, version: _version, ...edge } = neighbour;
      if (near.reached.has(other) || !mayPass(neighbour, near.end, far.end)) {
        continue;
      }
      near.reached.set(other, { edge, before: each });
      if (far.reached.has(other)) {
        return other;
      }
      next.push(other);
    }
  }
  near.frontier = next;
  return undefined;
}

function mayPass(neighbour: Neighbour, ...ends: readonly string[]): boolean {
  return !isAuthorship(neighbour) || ends.includes(neighbour.target);
}

async function wayThrough(
  parts: ManageParts,
  {
    workspaceId,
    sides: [first, second],
    meeting,
    bounded,
  }: {
    readonly workspaceId: string;
    readonly sides: readonly [Side, Side];
    readonly meeting: string;
    readonly bounded: boolean;
  },
): Promise<FoundPath> {
  const [before, after] = [wayBack(first, meeting), wayBack(second, meeting)];
  const ids = [...before.ids.toReversed(), ...after.ids.slice(1)];
  const versions = await versionsOf(parts, workspaceId, ids);
  const edges = new Map(
    [...before.edges.toReversed(), ...after.edges].map((edge) => [keyOfEdge(edge), edge]),
  );
  return {
    nodes: ids.map((id, depth) => nodeOf(id, depth, versions.get(id) ?? null)),
    edges: [...edges.values()],
    bounded,
  };
}

function wayBack({ reached }: Side, from: string): { ids: string[]; edges: GraphEdge[] } {
  const ids = [from];
  const edges: GraphEdge[] = [];
  for (let step = reached.get(from); step; step = reached.get(step.before)) {
    ids.push(step.before);
    edges.push(step.edge);
  }
  return { ids, edges };
}
