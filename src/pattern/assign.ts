/**
 * Whether every demand can be given its own observation instances: a flow from demands to observations, each
 * of which has as many instances as it was observed times.
 *
 * Observations that answer the same demands are alike and are poured together; then instances are handed out
 * one demand after the other, moving earlier ones along chains of alternatives where that frees some.
 */
import { type Budget, spend } from "./budget.ts";

/** So many instances of the given observations, no instance twice. */
export interface Demand {
  /** Indexes of observations, ascending. */
  readonly candidates: readonly number[];
  readonly count: number;
}

/** Observations that answer the same demands. */
interface Pool {
  readonly demands: readonly number[];
  free: number;
  /** Instances given to each demand, by its index. */
  readonly given: Map<number, number>;
}

/** Whether all demands can be met at once; meaningless when the budget is used up. */
export function canAssign(
  demands: readonly Demand[],
  capacities: readonly number[],
  budget: Budget,
): boolean {
  const pools = poolsOf(demands, capacities, budget);
  const total = demands.reduce((sum, { count }) => sum + count, 0);
  if (pools.reduce((sum, pool) => sum + pool.free, 0) < total) {
    return false;
  }
  return demands.every((demand, index) => satisfy(index, demand.count, pools, budget));
}

function poolsOf(
  demands: readonly Demand[],
  capacities: readonly number[],
  budget: Budget,
): readonly Pool[] {
  const demandsOf = new Map<number, number[]>();
  for (const [index, { candidates }] of demands.entries()) {
    if (!spend(budget, candidates.length)) {
      return [];
    }
    for (const observation of candidates) {
      const answered = demandsOf.get(observation);
      if (answered === undefined) {
        demandsOf.set(observation, [index]);
      } else {
        answered.push(index);
      }
    }
  }
  const pools = new Map<string, Pool>();
  for (const [observation, answered] of demandsOf) {
    const key = answered.join();
    const pool = pools.get(key) ?? { demands: answered, free: 0, given: new Map() };
    pool.free += capacities[observation] ?? 0;
    pools.set(key, pool);
  }
  return [...pools.values()];
}

/** Gives one demand its instances, in as large portions as each chain of moves allows. */
function satisfy(index: number, count: number, pools: readonly Pool[], budget: Budget): boolean {
  let missing = count;
  while (missing > 0) {
    const portion = augment(index, missing, pools, budget);
    if (portion === 0) {
      return false;
    }
    missing -= portion;
  }
  return true;
}

/** A pool that was reached, for which demand, and the pool from which that demand would move away. */
interface Reached {
  readonly pool: Pool;
  readonly demand: number;
  readonly from: Reached | undefined;
}

/** Searches the shortest chain of moves that ends at a free instance, breadth first, and makes the moves. */
function augment(index: number, missing: number, pools: readonly Pool[], budget: Budget): number {
  const visited = new Set<Pool>();
  const asked = new Set<number>([index]);
  const queue: Reached[] = [];
  const reach = (demand: number, from: Reached | undefined): void => {
    for (const pool of pools) {
      if (!visited.has(pool) && pool.demands.includes(demand)) {
        visited.add(pool);
        queue.push({ pool, demand, from });
      }
    }
  };
  reach(index, undefined);
  for (const reached of queue) {
    if (!spend(budget, pools.length)) {
      return 0;
    }
    if (reached.pool.free > 0) {
      return move(reached, missing);
    }
    for (const [demand, given] of reached.pool.given) {
      if (given > 0 && !asked.has(demand)) {
        asked.add(demand);
        reach(demand, reached);
      }
    }
  }
  return 0;
}

/** Moves as many instances along the chain as every link allows. */
function move(end: Reached, missing: number): number {
  let portion = Math.min(missing, end.pool.free);
  for (let link = end; link.from !== undefined; link = link.from) {
    portion = Math.min(portion, link.from.pool.given.get(link.demand) ?? 0);
  }
  end.pool.free -= portion;
  for (let link: Reached | undefined = end; link !== undefined; link = link.from) {
    const { pool, demand, from } = link;
    pool.given.set(demand, (pool.given.get(demand) ?? 0) + portion);
    from?.pool.given.set(demand, (from.pool.given.get(demand) ?? 0) - portion);
  }
  return portion;
}
