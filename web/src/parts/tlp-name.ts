/** Names of the traffic-light levels. */

/** The level as people write it now: TLP 2.0 calls CLEAR what was WHITE. */
export function tlpName(level: string): string {
  return level === "none" ? "none" : level === "white" ? "CLEAR" : level.toUpperCase();
}
