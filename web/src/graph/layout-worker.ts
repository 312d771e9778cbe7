/** Finds places for nodes: forces are worked out in a worker, so that the page does not stand still. */
import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationNodeDatum,
} from "d3-force";
import type { LayoutAnswer, LayoutAsk } from "./layout.ts";

interface Body extends SimulationNodeDatum {
  readonly id: string;
  readonly size: number;
}

/** The part of a worker's scope that is used here. */
interface WorkerScope {
  readonly postMessage: (answer: LayoutAnswer) => void;
  onmessage: ((event: MessageEvent<LayoutAsk>) => void) | null;
}

/**
 * Up to so many nodes have room for their labels. More are packed closer, or the picture would shrink to dots, and are
 * moved less often, since the time per step grows with them.
 */
const FEW_NODES_MAX = 120;
const FEW = {
  steps: 300,
  linkPx: 150,
  discPx: 60,
  push: -620,
  reachPx: 1_200,
  pull: 0.06,
} as const;
const MANY = { steps: 200, linkPx: 80, discPx: 36, push: -260, reachPx: 600, pull: 0.08 } as const;

/** The pull to the middle is weaker along the width, since labels and screens are wider than they are high. */
const WIDTH_PULL = 0.6;

/** Larger nodes need more room. */
const USUAL_SIZE = 34;

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { number, nodes, edges } }) => {
  const bodies: Body[] = nodes.map(({ id, size, at, fixed }) => ({
    id,
    size,
    ...(at ?? {}),
    ...(fixed === undefined ? {} : { ...fixed, fx: fixed.x, fy: fixed.y }),
  }));
  const links = edges.map(({ source, target }) => ({ source, target }));
  const room = bodies.length > FEW_NODES_MAX ? MANY : FEW;
  const simulation = forceSimulation(bodies)
    .force(
      "link",
      forceLink<Body, { source: string; target: string }>(links)
        .id(({ id }) => id)
        .distance(room.linkPx),
    )
    .force("push", forceManyBody().strength(room.push).distanceMax(room.reachPx))
    .force(
      "apart",
      forceCollide<Body>(({ size }) => room.discPx + (size - USUAL_SIZE) / 2),
    )
    .force("x", forceX(0).strength(room.pull * WIDTH_PULL))
    .force("y", forceY(0).strength(room.pull))
    .stop();
  simulation.tick(room.steps);
  scope.postMessage({
    number,
    places: bodies.map(({ id, x = 0, y = 0 }) => ({ id, x, y })),
  });
};
