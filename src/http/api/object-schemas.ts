/** Shapes of objects, searches and graphs in our own API. */
import Type, {
  type TBoolean,
  type TObject,
  type TOptional,
  type TSchema,
  type TString,
} from "typebox";
import { Text } from "./parts.ts";

const nullable = (schema: TSchema): TSchema => Type.Union([schema, Type.Null()]);

const Texts = Type.Array(Type.String({ maxLength: 4_096 }), { minItems: 1, maxItems: 1_000 });
const Instant = Type.String({ maxLength: 64, description: "RFC 3339." });
const closed = { additionalProperties: false } as const;

const LEAVES: readonly TSchema[] = [
  Type.Object(
    {
      kind: Type.Union(["type", "source", "label", "id"].map((kind) => Type.Literal(kind))),
      anyOf: Texts,
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal("tlp"),
      anyOf: Type.Array(nullable(Type.String({ maxLength: 64 })), { minItems: 1, maxItems: 10 }),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal("confidence"),
      from: Type.Optional(Type.Integer()),
      to: Type.Optional(Type.Integer()),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Union(
        ["created", "modified", "valid_from", "valid_until", "ingested", "updated"].map((kind) =>
          Type.Literal(kind),
        ),
      ),
      from: Type.Optional(Instant),
      before: Type.Optional(Instant),
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal("revoked"), is: Type.Boolean() }, closed),
  Type.Object({ kind: Type.Literal("active"), at: Instant }, closed),
  Type.Object(
    { kind: Type.Literal("name"), startsWith: Type.String({ maxLength: 4_096 }) },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal("observable"),
      value: Type.String({ maxLength: 65_536 }),
      key: Type.Optional(Type.String({ maxLength: 4_096 })),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal("text"),
      words: Type.String({
        maxLength: 4_096,
        description:
          'All must occur: `word` whole, `word*` at the beginning of a word, `"several words"` in a row.',
      }),
    },
    closed,
  ),
];

/** A condition: a tree of `and`, `or` and `not` over comparisons of one property each. */
export const CONDITION: TSchema = Type.Cyclic(
  {
    Condition: Type.Union([
      Type.Object(
        {
          kind: Type.Union([Type.Literal("and"), Type.Literal("or")]),
          conditions: Type.Array(Type.Ref("Condition"), { maxItems: 100 }),
        },
        closed,
      ),
      Type.Object({ kind: Type.Literal("not"), condition: Type.Ref("Condition") }, closed),
      ...LEAVES,
    ]),
  },
  "Condition",
);

const SORTS = [
  "created",
  "modified",
  "valid_from",
  "valid_until",
  "ingested",
  "updated",
  "confidence",
  "name",
  "type",
  "source",
] as const;

/** An order of a search. */
export const SORT: TSchema = Type.Object(
  {
    by: Type.Union(SORTS.map((by) => Type.Literal(by))),
    direction: Type.Union([Type.Literal("ascending"), Type.Literal("descending")]),
  },
  closed,
);

/** An object as it is shown. */
export const OBJECT_VIEW: TObject = Type.Object({
  id: Type.String({ description: "`base64(source)---stixid`, as in Sentinel's tables." }),
  stixId: Type.String(),
  type: Type.String(),
  source: Type.String(),
  provenance: Type.Union([Type.Literal("own"), Type.Literal("sourced")], {
    description:
      "Own: made here. Sourced: only labels, confidence, valid_until, revoked can change.",
  }),
  change: Type.Integer({ description: "Number of the version; its ETag." }),
  title: Type.String(),
  revoked: Type.Boolean(),
  deleted: Type.Boolean(),
  active: Type.Boolean(),
  tlp: nullable(Type.String()),
  confidence: nullable(Type.Integer()),
  labels: Type.Array(Type.String()),
  created: nullable(Type.String()),
  modified: nullable(Type.String()),
  validFrom: nullable(Type.String()),
  validUntil: nullable(Type.String()),
  observables: Type.Array(Type.Object({ key: Type.String(), value: Type.String() })),
  ingestedAt: Type.String(),
  firstIngestedAt: nullable(Type.String()),
  requestId: Type.String(),
  recordIndex: Type.Integer(),
  object: nullable(Type.Record(Type.String(), Type.Unknown())),
});

/** Differences of two versions. */
export const DIFFERENCES: TSchema = Type.Array(
  Type.Object({
    kind: Type.Union([Type.Literal("added"), Type.Literal("removed"), Type.Literal("changed")]),
    path: Type.String({ description: "JSON Pointer." }),
    before: Type.Optional(Type.Unknown()),
    after: Type.Optional(Type.Unknown()),
  }),
);

const GRAPH_NODES = Type.Array(
  Type.Object({
    stixId: Type.String(),
    type: Type.String(),
    depth: Type.Integer(),
    view: nullable(OBJECT_VIEW),
  }),
);

const GRAPH_EDGES = Type.Array(
  Type.Object({
    source: Type.String(),
    target: Type.String(),
    relation: Type.String({ description: "Relationship type, or the property that refers." }),
    relationshipId: nullable(Type.String()),
    objectId: nullable(Type.String({ description: "The relationship object's name in this API." })),
    confidence: nullable(Type.Integer()),
    revoked: Type.Boolean(),
  }),
);

/** What the members of a group have in common. */
const LIKENESS: {
  readonly relation: TString;
  readonly type: TString;
  readonly outgoing: TBoolean;
} = {
  relation: Text("Relationship type, or the property that refers."),
  type: Text("Type of the neighbours."),
  outgoing: Type.Boolean({ description: "The relation points away from the object." }),
};

/** A neighbourhood. */
export const GRAPH: TSchema = Type.Object({
  nodes: GRAPH_NODES,
  edges: GRAPH_EDGES,
  groups: Type.Array(
    Type.Object({
      of: Type.String(),
      ...LIKENESS,
      count: Type.Integer({ description: "At least." }),
    }),
  ),
  truncated: Type.Boolean(),
});

/** Which group of neighbours. */
export const GROUP_QUERY: TObject<typeof LIKENESS & { cursor: TOptional<TString> }> = Type.Object({
  ...LIKENESS,
  cursor: Type.Optional(Type.String({ maxLength: 8_192 })),
});

/** A page of a group. */
export const GROUP_PAGE: TSchema = Type.Object({
  nodes: GRAPH_NODES,
  edges: GRAPH_EDGES,
  cursor: nullable(Type.String()),
});

/** A way between two objects; empty when none was found. */
export const PATH: TSchema = Type.Object({
  nodes: GRAPH_NODES,
  edges: GRAPH_EDGES,
  bounded: Type.Boolean({
    description: "The search ended at a bound: there may be a shorter way.",
  }),
});

/** Relationships to make. */
export const NEW_RELATIONSHIPS: TObject = Type.Object(
  {
    relationships: Type.Array(
      Type.Object(
        {
          relationshipType: Text("Such as `indicates`."),
          targetRef: Text("STIX id of the other object."),
          inverse: Type.Optional(Type.Boolean({ description: "The other object is the source." })),
          description: Type.Optional(Text("Why.")),
        },
        closed,
      ),
      { minItems: 1, maxItems: 20 },
    ),
  },
  closed,
);

/** What a task or a rule does to an object. */
export const ACTIONS: TSchema = Type.Array(
  Type.Union([
    Type.Object(
      {
        kind: Type.Union([Type.Literal("addLabels"), Type.Literal("removeLabels")]),
        labels: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 100 }),
      },
      closed,
    ),
    Type.Object({ kind: Type.Literal("setConfidence"), value: Type.Integer() }, closed),
    Type.Object({ kind: Type.Literal("extendValidUntil"), days: Type.Integer() }, closed),
    Type.Object({ kind: Type.Literal("setValidUntil"), at: nullable(Instant) }, closed),
    Type.Object({ kind: Type.Literal("setRevoked"), value: Type.Boolean() }, closed),
  ]),
  { maxItems: 20 },
);
