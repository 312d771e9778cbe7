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

/** Nodes of one picture move this often; with more the time per step grows, and they are nearly still by then. */
const STEPS = { few: 300, many: 160 } as const;
const MANY_NODES = 200;
const LINK_PX = 130;
/** Half of a disc with its label. */
const DISC_PX = 52;
const PUSH = -420;
/** Labels are wider than they are high. */
const WIDTH_TO_HEIGHT = 0.06;

const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { number, nodes, edges } }) => {
  const bodies: Body[] = nodes.map(({ id, at }) => ({ id, ...(at ?? {}) }));
  const links = edges.map(({ source, target }) => ({ source, target }));
  const simulation = forceSimulation(bodies)
    .force(
      "link",
      forceLink<Body, { source: string; target: string }>(links)
        .id(({ id }) => id)
        .distance(LINK_PX),
    )
    .force("push", forceManyBody().strength(PUSH).distanceMax(1_200))
    .force("apart", forceCollide(DISC_PX))
    .force("x", forceX(0).strength(WIDTH_TO_HEIGHT / 2))
    .force("y", forceY(0).strength(WIDTH_TO_HEIGHT))
    .stop();
  simulation.tick(bodies.length > MANY_NODES ? STEPS.many : STEPS.few);
  scope.postMessage({
    number,
    places: bodies.map(({ id, x = 0, y = 0 }) => ({ id, x, y })),
  });
};
