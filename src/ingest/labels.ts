/** Labels, which Sentinel shows as tags. */

/** Labels after adding some and removing others, in their order, none twice. */
export function taggedWith(
  labels: readonly string[],
  add: readonly string[],
  remove: readonly string[],
): readonly string[] {
  return [...new Set([...labels, ...add])].filter((label) => !remove.includes(label));
}
