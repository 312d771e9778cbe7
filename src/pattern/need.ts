/**
 * What an observation expression asks for, freed of pattern syntax, and what the observations offer.
 * Shared by the search (bind.ts) and the choice of moments (moments.ts).
 */
import type { Demand } from "./assign.ts";
import { type Budget, spend } from "./budget.ts";

/** What must be found. */
export type Need =
  | Take
  | { readonly kind: "all" | "any" | "then"; readonly items: readonly Need[] }
  | { readonly kind: "within"; readonly item: Need; readonly ticks: bigint }
  | { readonly kind: "times"; readonly item: Need; readonly count: number };

/** So many instances out of some observations, without further conditions. */
export interface Take extends Demand {
  readonly kind: "take";
}

/** What can be found: begin, end and number of instances of each observation, by its index. */
export interface Supply {
  readonly firsts: readonly bigint[];
  readonly lasts: readonly bigint[];
  readonly capacities: readonly number[];
}

/** When observations may begin at the latest and must end at the earliest; undefined where nothing bounds. */
export interface Bounds {
  readonly firstMax: bigint | undefined;
  readonly lastMin: bigint | undefined;
}

export interface Item {
  readonly need: Need;
  readonly bounds: Bounds;
}

export interface Search {
  readonly supply: Supply;
  readonly budget: Budget;
}

export const UNBOUNDED: Bounds = { firstMax: undefined, lastMin: undefined };

/** The demand with only those candidates that the bounds allow. */
export function boundedTake(take: Take, bounds: Bounds, search: Search): Take {
  const { firstMax, lastMin } = bounds;
  if (firstMax === undefined && lastMin === undefined) {
    return take;
  }
  const { supply, budget } = search;
  const candidates = spend(budget, take.candidates.length)
    ? take.candidates.filter((index) => isInside(index, bounds, supply))
    : [];
  return { ...take, candidates };
}

function isInside(
  index: number,
  { firstMax, lastMin }: Bounds,
  { firsts, lasts }: Supply,
): boolean {
  const first = firsts[index] ?? 0n;
  const last = lasts[index] ?? 0n;
  return (
    (firstMax === undefined || first <= firstMax) && (lastMin === undefined || last >= lastMin)
  );
}

/** The demands that a need has in any case, whatever side of an OR is taken. */
export function unconditionalTakes(need: Need, copies: number): readonly Take[] {
  switch (need.kind) {
    case "take":
      return [copies === 1 ? need : { ...need, count: need.count * copies }];
    case "any":
      return [];
    case "all":
    case "then":
      return need.items.flatMap((item) => unconditionalTakes(item, copies));
    case "within":
      return unconditionalTakes(need.item, copies);
    case "times":
      return unconditionalTakes(need.item, copies * need.count);
  }
}

/** Every observation that an item could use. */
export function supportOf({ need, bounds }: Item, search: Search): ReadonlySet<number> {
  const support = new Set<number>();
  addSupport(need, support);
  const inside = [...support].filter((index) => isInside(index, bounds, search.supply));
  return spend(search.budget, support.size) ? new Set(inside) : new Set();
}

function addSupport(need: Need, support: Set<number>): void {
  if (need.kind === "take") {
    for (const index of need.candidates) {
      support.add(index);
    }
  } else {
    for (const item of need.kind === "within" || need.kind === "times" ? [need.item] : need.items) {
      addSupport(item, support);
    }
  }
}
