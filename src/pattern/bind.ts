/**
 * Decides whether an observation expression can be satisfied: whether every comparison in it can be given an
 * observation instance of its own, at moments that all qualifiers and FOLLOWEDBY allow.
 *
 * Times are the difficult part, and one idea removes them. WITHIN s holds exactly when there is a moment t with
 * every chosen observation beginning by t and ending no earlier than t - s; `a FOLLOWEDBY b` exactly when there
 * is a t with everything in a beginning by t and everything in b ending no earlier than t. The only moments worth
 * trying are those at which an observation begins. Once t is chosen, both are bounds on single observations, and
 * what remains is handing out instances (assign.ts). So the search tries moments and sides of OR, never bindings;
 * parts that share no observation are decided apart. A budget bounds the search.
 *
 * @see STIX 2.1 §9.4
 */
import { canAssign } from "./assign.ts";
import { type Budget, spend } from "./budget.ts";
import { later, turningPoints, windowStarts } from "./moments.ts";
import {
  type Bounds,
  boundedTake,
  type Item,
  type Need,
  type Search,
  type Supply,
  supportOf,
  type Take,
  UNBOUNDED,
} from "./need.ts";

/** Demands and undecided items that compete for the same observations. */
interface Component {
  readonly demands: Take[];
  readonly open: Item[];
}

const IMPOSSIBLE: Need = { kind: "any", items: [] };
/** Copies of a timed expression under REPEATS; more are not searched. */
const COPIES_MAX = 1000;
/** Nested decisions; more are not searched, so that the stack never ends. */
const DECISIONS_MAX = 500;

/** Whether the need can be met; meaningless when the budget is used up (then it says no too early). */
export function canMeet(need: Need, supply: Supply, budget: Budget): boolean {
  return areMet([{ need, bounds: UNBOUNDED }], { supply, budget }, 0);
}

function areMet(items: readonly Item[], search: Search, decisions: number): boolean {
  const flat = flatten(items, search);
  return (
    flat !== undefined &&
    componentsOf(flat, search).every((component) => isMet(component, search, decisions))
  );
}

/** Splits items into demands and undecided ones; undefined when one of them can't be met even alone. */
function flatten(items: readonly Item[], search: Search): Component | undefined {
  const flat: Component = { demands: [], open: [] };
  const stack = [...items];
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { need, bounds } = item;
    const parts = partsOf(need, search);
    if (parts !== undefined) {
      // Pushed one by one, since a call takes only so many arguments.
      for (const part of parts) {
        stack.push({ need: part, bounds });
      }
    } else if (!isPossible(item, search)) {
      return undefined;
    } else if (need.kind === "take") {
      flat.demands.push(boundedTake(need, bounds, search));
    } else {
      flat.open.push(item);
    }
  }
  return flat;
}

/** What must all be met in place of a need; undefined for a need that stands for itself. */
function partsOf(need: Need, search: Search): readonly Need[] | undefined {
  if (need.kind === "all") {
    return need.items;
  }
  if (need.kind !== "times") {
    return undefined;
  }
  const instances = search.supply.capacities.reduce((sum, capacity) => sum + capacity, 0);
  if (need.count > instances) {
    return [IMPOSSIBLE];
  }
  if (need.count > COPIES_MAX) {
    search.budget.left = -1;
    return [IMPOSSIBLE];
  }
  return new Array<Need>(need.count).fill(need.item);
}

/** Whether every unconditional demand of an item can be met if nobody else demands anything. */
function isPossible({ need, bounds }: Item, search: Search): boolean {
  switch (need.kind) {
    case "take":
      return capacityOf(boundedTake(need, bounds, search).candidates, search) >= need.count;
    case "any":
      return need.items.some((item) => isPossible({ need: item, bounds }, search));
    case "all":
    case "then":
      return need.items.every((item) => isPossible({ need: item, bounds }, search));
    case "within":
    case "times":
      return isPossible({ need: need.item, bounds }, search);
  }
}

function capacityOf(candidates: readonly number[], { supply, budget }: Search): number {
  if (!spend(budget, candidates.length)) {
    return 0;
  }
  return candidates.reduce((sum, index) => sum + (supply.capacities[index] ?? 0), 0);
}

/** Decides items that compete: without open ones by handing out instances, else by trying each way on. */
function isMet({ demands, open }: Component, search: Search, decisions: number): boolean {
  const { supply, budget } = search;
  if (open.length === 0) {
    return canAssign(demands, supply.capacities, budget);
  }
  if (decisions >= DECISIONS_MAX) {
    budget.left = -1;
    return false;
  }
  const choices = open.map((item) => choicesOf(item, search));
  const fewest = choices.reduce(
    (best, ways, place) => (ways.length < (choices[best]?.length ?? 0) ? place : best),
    0,
  );
  const others: readonly Item[] = [
    ...demands.map((need) => ({ need, bounds: UNBOUNDED })),
    ...open.filter((_, place) => place !== fewest),
  ];
  return (choices[fewest] ?? []).some(
    (way) => spend(budget, 1) && areMet([...way, ...others], search, decisions + 1),
  );
}

/** The ways in which an open item can be met, each a list of items that replace it. */
function choicesOf({ need, bounds }: Item, search: Search): readonly (readonly Item[])[] {
  switch (need.kind) {
    case "any":
      return need.items.map((item) => [{ need: item, bounds }]);
    case "within":
      return windowStarts(need.item, need.ticks, bounds, search).map((moment) => [
        {
          need: need.item,
          bounds: { firstMax: moment, lastMin: later(bounds.lastMin, moment - need.ticks) },
        },
      ]);
    case "then":
      return thenChoices(need.items, bounds, search);
    default:
      return [[{ need, bounds }]];
  }
}

/** `a FOLLOWEDBY b FOLLOWEDBY c` is `(a FOLLOWEDBY b) FOLLOWEDBY c`; the last operator is decided here. */
function thenChoices(
  items: readonly Need[],
  bounds: Bounds,
  search: Search,
): readonly (readonly Item[])[] {
  const after = items.at(-1);
  const before = items.slice(0, -1);
  const [only] = before;
  if (after === undefined || only === undefined) {
    return [items.map((need) => ({ need, bounds }))];
  }
  const left: Need = before.length === 1 ? only : { kind: "then", items: before };
  return turningPoints(left, after, bounds, search).map((moment) => [
    { need: left, bounds: { firstMax: moment, lastMin: bounds.lastMin } },
    { need: after, bounds: { firstMax: bounds.firstMax, lastMin: later(bounds.lastMin, moment) } },
  ]);
}

/** Groups demands and open items that can reach a common observation; groups do not affect each other. */
function componentsOf(flat: Component, search: Search): readonly Component[] {
  const members: readonly Item[] = [
    ...flat.demands.map((need) => ({ need, bounds: UNBOUNDED })),
    ...flat.open,
  ];
  if (members.length < 2) {
    return [flat];
  }
  const parents = members.map((_, place) => place);
  const ownerOf = new Map<number, number>();
  for (const [place, member] of members.entries()) {
    for (const index of supportOf(member, search)) {
      const owner = ownerOf.get(index);
      if (owner === undefined) {
        ownerOf.set(index, place);
      } else {
        parents[rootOf(place, parents)] = rootOf(owner, parents);
      }
    }
  }
  const components = new Map<number, Component>();
  for (const [place, member] of members.entries()) {
    const root = rootOf(place, parents);
    const component = components.get(root) ?? { demands: [], open: [] };
    components.set(root, component);
    if (member.need.kind === "take") {
      component.demands.push(member.need);
    } else {
      component.open.push(member);
    }
  }
  return [...components.values()];
}

/** The representative of a group, with the way to it shortened for the next time. */
function rootOf(place: number, parents: number[]): number {
  let root = place;
  for (
    let parent = parents[root];
    parent !== undefined && parent !== root;
    parent = parents[root]
  ) {
    parents[root] = parents[parent] ?? parent;
    root = parent;
  }
  return root;
}
