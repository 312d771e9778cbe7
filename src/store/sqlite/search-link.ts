/** The main side of the threads of the search index: one writes it, one answers searches. */

import { createIndexWaiters, type IndexWaiters } from "../index-waiters.ts";
import type { SearchQuestions } from "../search-door.ts";
import { moduleBeside, startWorker } from "../worker-link.ts";
import type { ConnectionOptions } from "./connection.ts";
import type { SearchEvent, SearchIndexMethods } from "./search-index-worker.ts";
import type { SearchMethods } from "./search-worker.ts";

/** The search index as the store sees it. */
export interface SearchLink {
  readonly questions: SearchQuestions;
  readonly waiters: IndexWaiters;
  /** Up to which request everything can be searched. */
  searchable(): number;
  /** To be told when the log's index has moved. */
  follow(): void;
  close(): Promise<void>;
}

/**
 * Starts the threads.
 * @param onBehind told how many objects the index is behind, whenever it has moved
 * @throws AppError `store_unavailable`
 */
export async function startSearch(
  options: ConnectionOptions,
  onBehind: (behind: number) => void,
): Promise<SearchLink> {
  const waiters = createIndexWaiters(0);
  let searchable = 0;
  let isTelling = false;
  let isNews = false;

  function reached(value: unknown): void {
    const event = value as SearchEvent;
    searchable = event.searchable;
    waiters.reached(searchable);
    onBehind(event.behind);
  }

  const index = await startWorker<SearchIndexMethods>({
    name: "search index",
    url: moduleBeside(import.meta.url, "search-index-worker"),
    data: options,
    onReady: reached,
    onEvent: reached,
  });
  const thread = await startWorker<SearchMethods>({
    name: "search",
    url: moduleBeside(import.meta.url, "search-worker"),
    data: options,
  }).catch(async (error) => {
    await index.close();
    throw error;
  });

  /** One call at a time: what moves meanwhile is told by the next. */
  async function tell(): Promise<void> {
    isTelling = true;
    while (isNews) {
      isNews = false;
      // A thread that is down looks by itself when it is up again.
      await index.call("follow", []).catch(() => undefined);
    }
    isTelling = false;
  }

  return {
    waiters,
    searchable: () => searchable,
    follow() {
      isNews = true;
      if (!isTelling) {
        void tell();
      }
    },
    questions: {
      searchObjects: (query) => thread.call("searchObjects", [query]),
      countMatches: (query) => thread.call("countMatches", [query]),
      facets: (query) => thread.call("facets", [query]),
      relatedObjects: (query) => thread.call("relatedObjects", [query]),
    },
    async close() {
      await thread.close();
      await index.close();
    },
  };
}
