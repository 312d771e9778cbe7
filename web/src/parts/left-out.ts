/** Records of a file that somebody has left out by hand, as the address has them. */
import type { PageState } from "./page-state.ts";

/** Their places. */
export function leftOutOf({ without }: PageState): ReadonlySet<number> {
  const places = (without ?? "").split(".").filter((each) => /^\d{1,9}$/.test(each));
  return new Set(places.map(Number));
}
