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
const FEW = { steps: 300, linkPx: 130, discPx: 52, push: -420 } as const;
const MANY = { steps: 200, linkPx: 60, discPx: 24, push: -120 } as const;

/** Labels are wider than they are high. */
const WIDTH_TO_HEIGHT = 0.06;

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { number, nodes, edges } }) => {
  const bodies: Body[] = nodes.map(({ id, at }) => ({ id, ...(at ?? {}) }));
  const links = edges.map(({ source, target }) => ({ source, target }));
  const room = bodies.length > FEW_NODES_MAX ? MANY : FEW;
  const simulation = forceSimulation(bodies)
    .force(
      "link",
      forceLink<Body, { source: string; target: string }>(links)
        .id(({ id }) => id)
        .distance(room.linkPx),
    )
    .force("push", forceManyBody().strength(room.push).distanceMax(1_200))
    .force("apart", forceCollide(room.discPx))
    .force("x", forceX(0).strength(WIDTH_TO_HEIGHT / 2))
    .force("y", forceY(0).strength(WIDTH_TO_HEIGHT))
    .stop();
  simulation.tick(room.steps);
  scope.postMessage({
    number,
    places: bodies.map(({ id, x = 0, y = 0 }) => ({ id, x, y })),
  });
};
