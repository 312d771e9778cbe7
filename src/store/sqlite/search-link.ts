/** The main side of the thread of the search index. */

import { createIndexWaiters, type IndexWaiters } from "../index-waiters.ts";
import type { SearchQuestions } from "../search-door.ts";
import { moduleBeside, startWorker } from "../worker-link.ts";
import type { ConnectionOptions } from "./connection.ts";
import type { SearchEvent, SearchMethods } from "./search-worker.ts";

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

/** Starts the thread. @throws AppError `store_unavailable` */
export async function startSearch(options: ConnectionOptions): Promise<SearchLink> {
  const waiters = createIndexWaiters(0);
  let searchable = 0;
  let isTelling = false;
  let isNews = false;

  function reached(value: unknown): void {
    ({ searchable } = value as SearchEvent);
    waiters.reached(searchable);
  }

  const thread = await startWorker<SearchMethods>({
    name: "search",
    url: moduleBeside(import.meta.url, "search-worker"),
    data: options,
    onReady: reached,
    onEvent: reached,
  });

  /** One call at a time: what moves meanwhile is told by the next. */
  async function tell(): Promise<void> {
    isTelling = true;
    while (isNews) {
      isNews = false;
      // A thread that is down looks by itself when it is up again.
      await thread.call("follow", []).catch(() => undefined);
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
    close: () => thread.close(),
  };
}
