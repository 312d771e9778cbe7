/**
 * The use case of running a query: the text is compiled with the workspace's catalogue, the mirror is given a moment to
 * be current, the plan runs under limits. A faulty query is data, not an exception; refusals are exceptions.
 */

import type {
  CompileOptions,
  CompileResult,
  KqlCatalogue,
  KqlError,
  RenderSpec,
} from "../kql/index.ts";
import type { Mirror, QueryAnswer, QueryLimits } from "../mirror/index.ts";
import { INTELLIGENCE_TABLES } from "../tables/index.ts";
import { AppError } from "../wire/index.ts";
import type { TimeRange } from "./timespan.ts";

/** A query to run. */
export interface QueryInput {
  readonly workspaceId: string;
  readonly query: string;
  readonly range: TimeRange | null;
  readonly now: Date;
  readonly limits?: Partial<QueryLimits>;
  readonly signal?: AbortSignal;
}

/** What became of a query. */
export type QueryOutcome =
  | {
      readonly kind: "answer";
      readonly answer: QueryAnswer;
      readonly render: RenderSpec | null;
      readonly compileMs: number;
    }
  | { readonly kind: "fault"; readonly error: KqlError };

/** Runs queries. @throws AppError as the mirror's `run`, `overloaded` of the compiler; the signal's reason */
export type RunQuery = (input: QueryInput) => Promise<QueryOutcome>;

/** What running a query needs. */
export interface RunQueryParts {
  readonly compile: (query: string, options: CompileOptions) => Promise<CompileResult>;
  readonly mirror: Pick<Mirror, "run" | "waitCurrent">;
  readonly catalogueOf: (workspaceId: string, query: string) => Promise<KqlCatalogue>;
  /** Makes current what the query reads besides the mirror's own tables. */
  readonly supply: (workspaceId: string, query: string) => Promise<void>;
  /** How long a query may wait for the mirror to have everything that is stored; 0 for not at all. */
  readonly freshMsMax: number;
  readonly monotonicMs: () => number;
}

/** Makes the use case. */
export function createRunQuery(parts: RunQueryParts): RunQuery {
  return async (input) => {
    const { workspaceId, query, range, signal } = input;
    const startedMs = parts.monotonicMs();
    const catalogue = await parts.catalogueOf(workspaceId, query);
    const plan = await parts.compile(query, {
      catalogue,
      timeFiltered: range !== null,
      ...(signal === undefined ? {} : { signal }),
    });
    if ("error" in plan) {
      return { kind: "fault", error: plan.error };
    }
    const compileMs = parts.monotonicMs() - startedMs;
    await parts.supply(workspaceId, query);
    if (plan.tables.some((table) => Object.hasOwn(INTELLIGENCE_TABLES, table))) {
      await waitCurrent(parts, signal);
    }
    const answer = await parts.mirror.run(plan, {
      workspaceId,
      parameters: {
        now: input.now.toISOString(),
        from: range?.from ?? null,
        to: range?.to ?? null,
      },
      ...(input.limits === undefined ? {} : { limits: input.limits }),
      ...(signal === undefined ? {} : { signal }),
    });
    return { kind: "answer", answer, render: plan.render, compileMs };
  };
}

/** A rule that runs right after an upload sees it; a mirror that is far behind answers with what it has. */
async function waitCurrent(parts: RunQueryParts, signal: AbortSignal | undefined): Promise<void> {
  if (parts.freshMsMax === 0) {
    return;
  }
  const deadline = AbortSignal.timeout(parts.freshMsMax);
  const either = signal === undefined ? deadline : AbortSignal.any([signal, deadline]);
  try {
    await parts.mirror.waitCurrent(either);
  } catch (error) {
    if (!deadline.aborted || signal?.aborted === true) {
      throw error;
    }
  }
}

/** A fault of a query as a refusal, for callers that have no place for data. */
export function faultAsRefusal({ code, message, position }: KqlError): AppError {
  const place = position === null ? "" : ` (line ${position.line}, column ${position.column})`;
  return new AppError("invalid_request", `${code}: ${message}${place}`, { field: "query" });
}
