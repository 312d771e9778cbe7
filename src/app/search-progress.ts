/** Tells in the server's log while the search index is behind what is stored, after a start and after floods. */

import type { Logger } from "pino";
import type { Store } from "../store/index.ts";
import type { Teardown } from "./teardown.ts";

/** What the log is told. */
export interface SearchNews {
  readonly message: string;
  readonly facts: Readonly<Record<string, number>>;
}

/** Requests behind that nobody needs to hear of: an index in step is behind by a few all the time. */
const BEHIND_REQUESTS_MIN = 200;

/** How often the positions are looked at, and a line written while the index is behind. */
const LOOK_MS = 10_000;

const MS_PER_SECOND = 1000;

/** Compares positions; the function returns what is worth a line, if anything. */
export function createSearchProgress(): (
  position: Pick<ReturnType<Store["position"]>, "indexed" | "searchable">,
  nowMs: number,
) => SearchNews | undefined {
  let last: { readonly searchable: number; readonly nowMs: number } | undefined;
  return ({ indexed, searchable }, nowMs) => {
    const behindRequests = indexed - searchable;
    const before = last;
    if (behindRequests < BEHIND_REQUESTS_MIN) {
      last = undefined;
      return before === undefined
        ? undefined
        : { message: "the search index is in step again", facts: { searchable } };
    }
    last = { searchable, nowMs };
    const seconds = before === undefined ? 0 : (nowMs - before.nowMs) / MS_PER_SECOND;
    const rate =
      before === undefined || seconds <= 0 ? undefined : (searchable - before.searchable) / seconds;
    return {
      message: "the search index is behind: searches miss what was stored last",
      facts: {
        searchable,
        behindRequests,
        ...(rate === undefined ? {} : { requestsPerSecond: Math.round(rate) }),
      },
    };
  };
}

/** Looks at a store every few seconds until the server is taken down. */
export function tellSearchProgress(
  store: Pick<Store, "position">,
  log: Logger,
  teardown: Teardown,
): void {
  const progress = createSearchProgress();
  const look = (): void => {
    const news = progress(store.position(), performance.now());
    if (news !== undefined) {
      log.info(news.facts, news.message);
    }
  };
  look();
  const timer = setInterval(look, LOOK_MS);
  timer.unref();
  teardown.push(async () => clearInterval(timer));
}
