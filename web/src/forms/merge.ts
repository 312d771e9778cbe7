/** What two people changed of one object: what each changed alone stays, and where both did somebody has to choose. */
import { differencesOf } from "../../../src/stix/index.ts";
import { type Values, withValue } from "./model.ts";

/** A property that differs. */
export interface Clash {
  readonly name: string;
  readonly before: unknown;
  readonly theirs: unknown;
  readonly mine: unknown;
  /** Who changed it; `both` only where they disagree. */
  readonly by: "them" | "me" | "both";
}

/** Whether two values are the same, whatever the order of their members. */
function isSame(one: unknown, other: unknown): boolean {
  return differencesOf(one, other).length === 0;
}

/** What became of the properties of `before` in the other two. */
export function clashesOf(before: Values, theirs: Values, mine: Values): readonly Clash[] {
  const names = new Set([before, theirs, mine].flatMap((each) => Object.keys(each)));
  return [...names].flatMap((name) => {
    const clash = { name, before: before[name], theirs: theirs[name], mine: mine[name] };
    const byThem = !isSame(clash.before, clash.theirs);
    const byMe = !isSame(clash.before, clash.mine);
    if ((!byThem && !byMe) || (byThem && byMe && isSame(clash.theirs, clash.mine))) {
      return [];
    }
    return [{ ...clash, by: byThem && byMe ? "both" : byThem ? "them" : "me" } as const];
  });
}

/** Their values with what I changed on top; of what both changed, only what `mine` names. */
export function merged(
  theirs: Values,
  clashes: readonly Clash[],
  mine: ReadonlySet<string>,
): Values {
  return clashes
    .filter(({ by, name }) => by === "me" || (by === "both" && mine.has(name)))
    .reduce((values, clash) => withValue(values, clash.name, clash.mine), theirs);
}

/** What has to be sent so that one becomes the other; null takes a property away. @see RFC 7396 */
export function patchBetween(before: Values, after: Values): Values {
  const names = new Set([before, after].flatMap((each) => Object.keys(each)));
  const changed = [...names].filter((name) => !isSame(before[name], after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}
