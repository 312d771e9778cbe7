/** Asks the layout's worker for places. */
import type { Place } from "./layouts.ts";

export interface LayoutAsk {
  readonly number: number;
  readonly nodes: readonly {
    readonly id: string;
    /** Its width. */
    readonly size: number;
    /** Where it was, so that a picture that grows keeps its shape. */
    readonly at?: Place;
    /** Where somebody put it: it stays. */
    readonly fixed?: Place;
  }[];
  readonly edges: readonly { readonly source: string; readonly target: string }[];
}

export interface LayoutAnswer {
  readonly number: number;
  readonly places: readonly (Place & { readonly id: string })[];
}

/** A worker that finds places; the answer to an older question is not given. */
export interface Layout {
  readonly find: (ask: Omit<LayoutAsk, "number">) => Promise<LayoutAnswer["places"]>;
  readonly close: () => void;
}

/** Starts the worker. */
export function startLayout(): Layout {
  const worker = new Worker(new URL("./layout-worker.ts", import.meta.url), { type: "module" });
  let newest = 0;
  let give: ((places: LayoutAnswer["places"]) => void) | undefined;
  worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
    if (data.number === newest) {
      give?.(data.places);
    }
  };
  return {
    find(ask) {
      newest += 1;
      const { promise, resolve } = Promise.withResolvers<LayoutAnswer["places"]>();
      give = resolve;
      worker.postMessage({ number: newest, ...ask } satisfies LayoutAsk);
      return promise;
    },
    close: () => worker.terminate(),
  };
}
