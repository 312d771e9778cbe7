/** Shapes of imports as our own API sends them. */
import Type, { type TObject, type TSchema, type TUnion } from "typebox";
import { RECORD_STATUSES } from "../../manage/index.ts";

/** Or null. */
export const nullable = (schema: TSchema): TUnion => Type.Union([schema, Type.Null()]);

const SUGGESTION = Type.Object(
  {
    text: Type.String(),
    pointer: Type.String({ description: "JSON Pointer to the property." }),
    value: Type.Optional(Type.Unknown({ description: "The property goes when it is left out." })),
  },
  { description: "A value that would put the fault right." },
);

const FAULT = Type.Object({
  index: Type.Integer({ description: "Of the record, in the order of the file, from 0." }),
  line: nullable(Type.Integer()),
  stixId: nullable(Type.String()),
  pointer: Type.String(),
  message: Type.String(),
  suggestion: nullable(SUGGESTION),
});

/** What storing a record would do. */
export const STATUS: TUnion = Type.Union(RECORD_STATUSES.map((status) => Type.Literal(status)));

/** An import. */
export const IMPORT: TObject = Type.Object({
  importId: Type.String(),
  workspaceId: Type.String(),
  order: Type.Unknown(),
  state: Type.Union(
    ["checking", "checked", "storing", "done", "failed", "discarded"].map((state) =>
      Type.Literal(state),
    ),
  ),
  bytes: Type.Integer(),
  total: Type.Integer(),
  valid: Type.Integer(),
  invalid: Type.Integer(),
  warned: Type.Integer(),
  stored: Type.Integer(),
  counts: Type.Object(
    Object.fromEntries(RECORD_STATUSES.map((status) => [status, Type.Integer()])),
    { description: "Records by what storing them would do, as found when the file was tried out." },
  ),
  progress: Type.Object(
    { records: Type.Integer(), share: Type.Number({ minimum: 0, maximum: 1 }) },
    { description: "How far the step under way is." },
  ),
  faults: Type.Array(FAULT, { description: "The first thousand." }),
  reason: nullable(Type.String()),
  requests: Type.Array(Type.String(), {
    description: "Requests to the store so far, each with a receipt; none in lists.",
  }),
  filesUntil: nullable(
    Type.String({ description: "Until when its records and the file of errors are kept." }),
  ),
  orderedBy: Type.Object({ id: Type.String(), name: Type.String() }),
  orderedAt: Type.String(),
  finishedAt: nullable(Type.String()),
});

const RECORD_PROPERTIES = {
  index: Type.Integer(),
  line: nullable(Type.Integer()),
  status: STATUS,
  stixId: nullable(Type.String()),
  type: nullable(Type.String()),
  title: nullable(Type.String()),
  faults: Type.Array(FAULT),
  remarks: Type.Array(Type.String()),
  fixed: Type.Boolean(),
};

/** A record of a file. */
export const RECORD: TObject = Type.Object(RECORD_PROPERTIES);

/** A record, and what storing it would change. */
export const RECORD_VIEW: TObject = Type.Object({
  ...RECORD_PROPERTIES,
  record: Type.Unknown({ description: "Its raw text where it is no JSON." }),
  current: Type.Unknown({ description: "The object that is stored now; null without one." }),
  differences: nullable(
    Type.Array(
      Type.Object({
        kind: Type.String(),
        path: Type.String(),
        before: Type.Optional(Type.Unknown()),
        after: Type.Optional(Type.Unknown()),
      }),
    ),
  ),
});
