/** The query language: a text and a catalogue go in, SQL for the mirror comes out. */
export { createKqlCompiler, type KqlCompiler, type KqlCompilerOptions } from "./compiler.ts";
export type {
  CompileOptions,
  CompileResult,
  KqlCatalogue,
  KqlError,
  KqlErrorDetail,
  KqlFunction,
  KqlPosition,
  KqlTable,
  PlanParameter,
  QueryPlan,
  RenderSpec,
} from "./plan.ts";
export { MACROS } from "./sql/macros.ts";
export { DUCKDB_TYPES, type KqlColumn, type KqlType } from "./types.ts";
export { KQL_VOCABULARY, type KqlVocabulary } from "./vocabulary.ts";
