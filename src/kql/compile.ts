/** A query's text to its plan, in one thread and without a time limit. `compiler.ts` runs it where it can be stopped. */
import { bindQuery } from "./bind/bind-query.ts";
import { checkText, positionOf } from "./check-text.ts";
import { faultsOf } from "./diagnostics.ts";
import { createOfficialParser, type OfficialParser } from "./official.ts";
import type { CompileResult, KqlCatalogue, KqlErrorDetail } from "./plan.ts";
import { pruneColumns } from "./prune.ts";
import { planSql } from "./sql/plan-sql.ts";
import { KqlRefusal } from "./sql/sql-expr.ts";

/** A catalogue made ready for many queries. */
export interface QueryCompiler {
  readonly compile: (text: string, timeFiltered: boolean) => CompileResult;
}

/** Loads the official parser with a catalogue. */
export function createQueryCompiler(catalogue: KqlCatalogue): QueryCompiler {
  const parser = createOfficialParser(catalogue);
  return {
    compile(text, timeFiltered) {
      try {
        return compileWith({ parser, catalogue, text, timeFiltered });
      } catch (error) {
        if (error instanceof KqlRefusal) {
          return failure([detailOf(error, text)]);
        }
        throw error;
      }
    },
  };
}

interface Compilation {
  readonly parser: OfficialParser;
  readonly catalogue: KqlCatalogue;
  readonly text: string;
  readonly timeFiltered: boolean;
}

function compileWith({ parser, catalogue, text, timeFiltered }: Compilation): CompileResult {
  checkText(text);
  const analysis = parser.analyse(text);
  const errors = faultsOf(analysis, text).map(({ code, message, span }) => ({
    code,
    message,
    position: positionOf(text, span),
  }));
  if (errors.length > 0) {
    return failure(errors);
  }
  const { relation, render } = bindQuery(analysis, catalogue);
  return { ...planSql(pruneColumns(relation), timeFiltered), columns: relation.columns, render };
}

function detailOf(error: KqlRefusal, text: string): KqlErrorDetail {
  return {
    code: error.code,
    message: error.message,
    position: error.span === null ? null : positionOf(text, error.span),
  };
}

function failure(details: readonly KqlErrorDetail[]): CompileResult {
  const [first] = details;
  return first === undefined
    ? { error: { code: "KQL_INTERNAL", message: "the query failed", position: null, details } }
    : { error: { ...first, details } };
}
