/** Steps that the tests of searches have in common. */

import assert from "node:assert/strict";
import { objectOf } from "./samples.conformance.ts";
import type { SearchCondition, SearchQuery } from "./search.ts";
import { ids } from "./steps.conformance.ts";
import type { IntakeObject, ObjectFacts, Store } from "./store.ts";

/** An object whose facts follow from its properties, as they would above. */
export function searched(
  stixId: string,
  properties: Readonly<Record<string, unknown>> = {},
  facts: Partial<ObjectFacts> = {},
): IntakeObject {
  const text = (name: string): string | null => (properties[name] as string | undefined) ?? null;
  const type = stixId.split("--")[0] ?? "";
  return objectOf(
    {
      ...{ stixId, type, name: text("name") },
      labels: (properties["labels"] as string[] | undefined) ?? [],
      confidence: (properties["confidence"] as number | undefined) ?? null,
      created: text("created"),
      modified: text("modified"),
      validFrom: text("valid_from"),
      validUntil: text("valid_until"),
      revoked: properties["revoked"] === true,
      ...facts,
    },
    { json: JSON.stringify({ type, id: stixId, ...properties }) },
  );
}

/** The ends of the ids that a search finds, through all of its pages. */
export async function found(
  store: Store,
  query: Omit<SearchQuery, "limit">,
  limit = 3,
): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 50; pages += 1) {
    const page = await store.searchObjects({ ...query, limit, ...(cursor && { cursor }) });
    assert.ok(page.items.length <= limit);
    assert.equal(page.partial, false);
    assert.equal(page.behind, 0);
    names.push(...ids(page.items).map((id) => id.split("--")[1] ?? ""));
    if (page.next === null) {
      return names;
    }
    cursor = page.next;
  }
  assert.fail("the pages don't end");
}

/** Expects each condition to find and count these, in the order of their names. */
export async function expectFound(
  store: Store,
  workspaceId: string,
  cases: readonly (readonly [SearchCondition, string])[],
): Promise<void> {
  for (const [condition, expected] of cases) {
    const names = await found(store, { workspaceId, condition });
    assert.equal(names.toSorted().join(" "), expected, JSON.stringify(condition));
    const { count, exact } = await store.countMatches({ workspaceId, condition });
    assert.deepEqual([count, exact], [names.length, true], JSON.stringify(condition));
  }
}

/** Asks for words. */
export const text = (words: string): SearchCondition => ({ kind: "text", words });
