/**
 * The moments that are worth trying for WITHIN and FOLLOWEDBY: those at which an observation begins and every
 * unconditional demand could be met if it were alone. Leaving out the others changes nothing but the time.
 */
import { spend } from "./budget.ts";
import {
  type Bounds,
  boundedTake,
  type Need,
  type Search,
  supportOf,
  type Take,
  unconditionalTakes,
} from "./need.ts";

/** What changes at a moment of the sweep; at equal moments, in this order. */
const ENTERS = 0;
const MAY_START = 1;
const LEAVES = 2;

interface SweepEvent {
  readonly moment: bigint;
  readonly what: typeof ENTERS | typeof MAY_START | typeof LEAVES;
  /** Index of the demand. */
  readonly place: number;
  readonly capacity: number;
}

/**
 * The moments at which observations begin and enough of them are inside the window for every unconditional
 * demand by itself. One sweep: an observation is inside from its first moment until its last plus the window.
 */
export function windowStarts(
  need: Need,
  ticks: bigint,
  bounds: Bounds,
  search: Search,
): readonly bigint[] {
  const { supply, budget } = search;
  const takes = unconditionalTakes(need, 1).map((take) => boundedTake(take, bounds, search));
  const events: SweepEvent[] = momentsOf(need, bounds, search).map((moment) => ({
    moment,
    what: MAY_START,
    place: -1,
    capacity: 0,
  }));
  for (const [place, { candidates }] of takes.entries()) {
    for (const index of candidates) {
      const capacity = supply.capacities[index] ?? 0;
      events.push({ moment: supply.firsts[index] ?? 0n, what: ENTERS, place, capacity });
      const end = (supply.lasts[index] ?? 0n) + ticks;
      events.push({ moment: end, what: LEAVES, place, capacity: -capacity });
    }
  }
  if (!spend(budget, events.length * 2)) {
    return [];
  }
  events.sort((a, b) => compareBigints(a.moment, b.moment) || a.what - b.what);
  const missing = takes.map(({ count }) => count);
  const starts: bigint[] = [];
  for (const { moment, what, place, capacity } of events) {
    if (what !== MAY_START) {
      missing[place] = (missing[place] ?? 0) - capacity;
    } else if (missing.every((count) => count <= 0)) {
      starts.push(moment);
    }
  }
  return starts;
}

/** The moments between the earliest at which the left can be complete and the latest at which the right can begin. */
export function turningPoints(
  left: Need,
  right: Need,
  bounds: Bounds,
  search: Search,
): readonly bigint[] {
  const { firsts, lasts } = search.supply;
  let earliest: bigint | undefined;
  let latest: bigint | undefined;
  for (const take of unconditionalTakes(left, 1)) {
    const moment = momentOfEnough(boundedTake(take, bounds, search), firsts, 1, search);
    earliest = moment === undefined ? earliest : later(earliest, moment);
  }
  for (const take of unconditionalTakes(right, 1)) {
    const moment = momentOfEnough(boundedTake(take, bounds, search), lasts, -1, search);
    latest = latest === undefined || (moment !== undefined && moment < latest) ? moment : latest;
  }
  return momentsOf(left, bounds, search).filter(
    (moment) =>
      (earliest === undefined || moment >= earliest) && (latest === undefined || moment <= latest),
  );
}

/** The time at which, counted in the given direction, a demand has met enough instances. */
function momentOfEnough(
  take: Take,
  times: readonly bigint[],
  direction: 1 | -1,
  { supply, budget }: Search,
): bigint | undefined {
  if (!spend(budget, take.candidates.length)) {
    return undefined;
  }
  const ordered = [...take.candidates].sort(
    (a, b) => direction * compareBigints(times[a] ?? 0n, times[b] ?? 0n),
  );
  let missing = take.count;
  for (const index of ordered) {
    missing -= supply.capacities[index] ?? 0;
    if (missing <= 0) {
      return times[index];
    }
  }
  return undefined;
}

/** The distinct moments at which observations begin that a need can use, in order of time. */
function momentsOf(need: Need, bounds: Bounds, search: Search): readonly bigint[] {
  const moments = new Set<bigint>();
  for (const index of supportOf({ need, bounds }, search)) {
    moments.add(search.supply.firsts[index] ?? 0n);
  }
  return [...moments].sort(compareBigints);
}

function compareBigints(left: bigint, right: bigint): number {
  if (left === right) {
    return 0;
  }
  return left < right ? -1 : 1;
}

/** The later of a bound, if there is one, and a moment. */
export function later(left: bigint | undefined, right: bigint): bigint {
  return left === undefined || left < right ? right : left;
}
