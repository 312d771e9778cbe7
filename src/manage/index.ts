/**
 * What people do with the intelligence after it arrived: search, edit, tag, relate, duplicate, delete.
 * @module
 */
// The shapes in which objects cross the network are those that this room speaks.
export type { ObjectView, StixObject } from "../wire/index.ts";
export {
  type Activity,
  type ActivityQuery,
  type ActivityReport,
  type ActivityStep,
  activitySince,
  type Loop,
  type OutcomeCounts,
} from "./activity.ts";
export {
  type ArmResource,
  armIndicatorOf,
  armObjectOf,
  stixPropertiesOf,
} from "./arm-indicator.ts";
export { type Asked, indicatorQuery, objectQuery } from "./arm-query.ts";
export { type Acting, type ManageParts, makeableTypes, requireObject } from "./context.ts";
export { CSV_PROPERTIES, type CsvMapping } from "./csv-indicators.ts";
export {
  createObject,
  deleteObject,
  duplicateOf,
  type EditOptions,
  editObject,
  type ObjectPatch,
  tagObject,
} from "./edit.ts";
export { forgetEdits } from "./edit-guard.ts";
export { type ExportQuery, exportText } from "./export.ts";
export {
  GRAPH_DEPTH_MAX,
  GRAPH_NODES_MAX,
  type Graph,
  type GraphQuery,
  type GroupPage,
  type GroupQuery,
  groupMembers,
  neighbourhood,
} from "./graph.ts";
export {
  type FoundPath,
  PATH_STEPS_DEFAULT,
  PATH_STEPS_MAX,
  type PathQuery,
  storedPath,
} from "./graph-path.ts";
export {
  createImports,
  IMPORT_BYTES_MAX,
  type ImportRecordPage,
  type Imports,
  type RecordQuery,
} from "./import.ts";
export {
  type Import,
  type ImportChoice,
  type ImportFault,
  type ImportOrder,
  type ImportRecord,
  type ImportState,
  RECORD_STATUSES,
  type RecordStatus,
  type Suggestion,
} from "./import-order.ts";
export type { RecordView } from "./import-record-view.ts";
export type { ImportParts } from "./import-steps.ts";
export type { GraphEdge, GraphNode } from "./neighbours.ts";
export { objectIdOf, objectKeyOf } from "./object-id.ts";
export { viewOf } from "./object-view.ts";
export {
  type Changes,
  type CountedValue,
  changesOf,
  type Intake,
  type Overview,
  overviewOf,
} from "./overview.ts";
export { OWN_SOURCE, provenanceOf, SOURCED_EDITABLE } from "./provenance.ts";
export {
  dismissRejected,
  type QuarantinedRecord,
  type QuarantinePage,
  type QuarantineQuery,
  type ReplayResult,
  rejectedRecords,
  replayRejected,
} from "./quarantine.ts";
export { filteredReceipts, type ReceiptFilter } from "./receipt-scan.ts";
export { createRecentReceipts, type RecentReceipts } from "./recent-receipts.ts";
export { type NewRelationship, RELATIONSHIPS_MAX, relateObject } from "./relate.ts";
export { listViewsOf } from "./relation-titles.ts";
export {
  type RecordFate,
  type RequestRecord,
  type RequestRecordPage,
  requestBody,
  requestRecords,
  requestTable,
} from "./request-records.ts";
export type { RuleEffect, RuleEffects } from "./rule-effects.ts";
export type { RuleTrial } from "./rule-trial.ts";
export { createRules, type KeptRule, type Rules } from "./rules.ts";
export { forgetSettled, type Settlement } from "./settled.ts";
export type { Task, TaskOrder, TaskState } from "./task.ts";
export { startTasks, type TaskParts, type Tasks } from "./tasks.ts";
export { createTurnedAwayLog, type TurnedAway, type TurnedAwayLog } from "./turned-away.ts";
export { listViews, removeView, type SavedView, saveView } from "./views.ts";
