/** Questions to the worker of the query language. One worker serves the page for as long as it is open. */
import type { Answered, Asked, Catalogue, Questions } from "./language-messages.ts";

/** The worker's other end. */
export interface LanguageClient {
  readonly ask: <Name extends keyof Questions>(
    name: Name,
    ask: Questions[Name]["ask"],
  ) => Promise<Questions[Name]["answer"]>;
}

let client: LanguageClient | undefined;
let known: Catalogue | undefined;

/** Starts the worker, or gives the one that runs. */
export function languageClient(): LanguageClient {
  client ??= startWorker();
  return client;
}

/** Tells the worker what queries can name, and lets it read one query, since the first takes longest. */
export async function tellCatalogue(catalogue: Catalogue): Promise<void> {
  if (known === catalogue) {
    return;
  }
  known = catalogue;
  const { ask } = languageClient();
  await ask("catalogue", { catalogue });
  const [first] = catalogue.tables;
  await ask("analyse", { text: `${first?.name ?? "print 1"} | where true | summarize count()` });
}

function startWorker(): LanguageClient {
  const worker = new Worker(new URL("./language-worker.ts", import.meta.url));
  const waiting = new Map<
    number,
    { readonly resolve: (answer: never) => void; readonly reject: (error: Error) => void }
  >();
  let numbers = 0;
  let broken: Error | undefined;
  worker.onmessage = ({ data }: MessageEvent<Answered>) => {
    const asked = waiting.get(data.number);
    waiting.delete(data.number);
    if (data.error === undefined) {
      asked?.resolve(data.answer as never);
    } else {
      asked?.reject(new Error(data.error));
    }
  };
  worker.onerror = (event) => {
    broken = new Error(event.message || "The language service did not load.");
    for (const { reject } of waiting.values()) {
      reject(broken);
    }
    waiting.clear();
  };
  return {
    ask(name, ask) {
      if (broken !== undefined) {
        return Promise.reject(broken);
      }
      const { promise, resolve, reject } =
        Promise.withResolvers<Questions[typeof name]["answer"]>();
      numbers += 1;
      waiting.set(numbers, { resolve: resolve as (answer: never) => void, reject });
      worker.postMessage({ number: numbers, name, ask } satisfies Asked);
      return promise;
    },
  };
}
