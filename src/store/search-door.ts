/** The searching part of a store's door, the same for every engine: waits for the index, bounds what waits. */

import { createQueue } from "./bounded-queue.ts";
import { checkLimit, PAGE_ITEMS_MAX } from "./paging.ts";
import type {
  CountQuery,
  FacetQuery,
  FacetValue,
  MatchCount,
  RelatedObject,
  RelatedQuery,
  Searches,
  SearchQuery,
} from "./search.ts";
import type { FoundPage } from "./search-run.ts";
import type { Page, Sequence, StorePosition } from "./store.ts";

/** What a thread or a server answers. */
export interface SearchQuestions {
  searchObjects(query: SearchQuery): Promise<FoundPage>;
  countMatches(query: CountQuery): Promise<MatchCount>;
  facets(query: FacetQuery): Promise<readonly FacetValue[]>;
  relatedObjects(query: RelatedQuery): Promise<Page<RelatedObject>>;
}

/** What the door needs of a store. */
export interface SearchDoorOptions {
  readonly questions: SearchQuestions;
  readonly position: () => StorePosition;
  readonly wait: (sequence: Sequence, signal: AbortSignal) => Promise<void>;
  readonly refuseWhenClosed: () => void;
}

/** Searches that may wait: each may take two seconds, and callers give up after some tens. */
const PENDING_MAX = 200;

/** How long a search waits for what was acknowledged before it. */
const WAIT_MS = 2_000;

/** Makes the searching part of a store. */
export function createSearchDoor(options: SearchDoorOptions): Searches {
  const { questions, position, wait, refuseWhenClosed } = options;
  const queue = createQueue(PENDING_MAX, PENDING_MAX);

  /** Waits as long as it may; what can't be searched by then is told by `behind`. */
  async function asked<T>(ask: () => Promise<T>): Promise<{ answer: T; behind: number }> {
    refuseWhenClosed();
    return await queue.enter(1, async () => {
      const { appended, searchable } = position();
      if (searchable < appended) {
        await waited(wait, appended);
      }
      refuseWhenClosed();
      const behind = Math.max(appended - position().searchable, 0);
      return { answer: await ask(), behind };
    });
  }

  return {
    async searchObjects(query) {
      const { answer, behind } = await asked(() => questions.searchObjects(query));
      return { ...answer, behind };
    },
    countMatches: async (query) => (await asked(() => questions.countMatches(query))).answer,
    async facets(query) {
      checkLimit(query.limit, PAGE_ITEMS_MAX);
      return (await asked(() => questions.facets(query))).answer;
    },
    relatedObjects: async (query) => (await asked(() => questions.relatedObjects(query))).answer,
  };
}

async function waited(wait: SearchDoorOptions["wait"], sequence: Sequence): Promise<void> {
  const signal = AbortSignal.timeout(WAIT_MS);
  try {
    await wait(sequence, signal);
  } catch (error) {
    if (!signal.aborted) {
      throw error;
    }
  }
}
