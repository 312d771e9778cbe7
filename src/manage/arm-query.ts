/** Questions of Sentinel's management plane as searches of the store. */
import type {
  ObjectVersion,
  SearchCondition,
  SearchQuery,
  SearchSort,
  SearchTime,
} from "../store/index.ts";
import { AppError } from "../wire/index.ts";

type Json = Readonly<Record<string, unknown>>;

/** A search, and what it can't say itself. */
export interface Asked extends Pick<SearchQuery, "condition" | "sort" | "limit" | "cursor"> {
  /** Whether an object that was found is really meant. */
  readonly keep?: (version: ObjectVersion) => boolean;
}

const PAGE_ITEMS_DEFAULT = 100;
const PAGE_ITEMS_MAX = 1_000;
const VALUES_MAX = 1_000;
const CLAUSES_MAX = 100;

const MS_PER: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000 };

/** Fields that can be sorted by, in the spellings that clients use, in lower case. */
const SORTS: Readonly<Record<string, SearchSort>> = {
  confidence: "confidence",
  created: "created",
  modified: "modified",
  validfrom: "valid_from",
  validuntil: "valid_until",
  lastupdatedtimeutc: "updated",
  lastupdateddatetimeutc: "updated",
  lastingestedtimeutc: "updated",
  firstingestedtimeutc: "ingested",
  displayname: "name",
  name: "name",
  source: "source",
  type: "type",
};

/** What `queryIndicators` asks. @throws AppError `invalid_request` naming the field */
export function indicatorQuery(criteria: Json, now: Date): Asked {
  const texts = (name: string): readonly string[] => textsOf(criteria, name);
  const anyOf = (kind: "source" | "id", values: readonly string[]): SearchCondition[] =>
    values.length === 0 ? [] : [{ kind, anyOf: values }];
  const conditions: readonly SearchCondition[] = [
    { kind: "type", anyOf: ["indicator"] },
    ...anyOf("source", texts("sources")),
    ...anyOf("id", texts("ids").map(stixIdOf)),
    ...texts("keywords").map((word) => ({ kind: "text", words: `"${unquoted(word)}"` }) as const),
    ...confidenceRange(criteria),
    ...validityRange(criteria),
    ...(criteria["includeDisabled"] === false
      ? [{ kind: "active", at: now.toISOString() } as const]
      : []),
  ];
  const token = cursorOf(criteria);
  return {
    condition: { kind: "and", conditions },
    ...sortOf(criteria["sortBy"]),
    limit: pageSizeOf(criteria["pageSize"]),
    ...(token === undefined ? {} : { cursor: token }),
    ...keeping(new Set(texts("patternTypes")), new Set(texts("threatTypes"))),
  };
}

function confidenceRange(criteria: Json): SearchCondition[] {
  const from = numberOf(criteria, "minConfidence");
  const to = numberOf(criteria, "maxConfidence");
  const range = {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  return from === undefined && to === undefined ? [] : [{ kind: "confidence", ...range }];
}

function validityRange(criteria: Json): SearchCondition[] {
  const least = instantOf(criteria, "minValidUntil");
  const most = instantOf(criteria, "maxValidUntil");
  const range = {
    ...(least === undefined ? {} : { from: least }),
    ...(most === undefined ? {} : { before: justAfter(most) }),
  };
  return least === undefined && most === undefined ? [] : [{ kind: "valid_until", ...range }];
}

/** Types of patterns are types of what they pin, or languages; both stand in the object only. */
function keeping(
  patternTypes: ReadonlySet<string>,
  threatTypes: ReadonlySet<string>,
): Pick<Asked, "keep"> {
  if (patternTypes.size === 0 && threatTypes.size === 0) {
    return {};
  }
  return {
    keep({ facts, json }) {
      const object = JSON.parse(json) as Json;
      const threats = object["indicator_types"];
      const pins = facts.observables.some(({ key }) =>
        patternTypes.has(key.split(":", 1)[0] ?? ""),
      );
      return (
        (patternTypes.size === 0 || pins || patternTypes.has(String(object["pattern_type"]))) &&
        (threatTypes.size === 0 ||
          (Array.isArray(threats) && threats.some((each) => threatTypes.has(String(each)))))
      );
    },
  };
}

/** What `query` and `count` ask. @throws AppError `invalid_request` naming the field */
export function objectQuery(body: Json, now: Date): Asked {
  const condition = body["condition"];
  const token = cursorOf(body);
  return {
    condition: conditionOf(isRecord(condition) ? condition : {}, now),
    ...sortOf(body["sortBy"]),
    limit: pageSizeOf(body["maxPageSize"]),
    ...(token === undefined ? {} : { cursor: token }),
  };
}

function cursorOf({ skipToken }: Json): string | undefined {
  return typeof skipToken === "string" && skipToken !== "" ? skipToken : undefined;
}

function conditionOf(condition: Json, now: Date): SearchCondition {
  const clauses = condition["clauses"] ?? [];
  if (!Array.isArray(clauses) || clauses.length > CLAUSES_MAX) {
    throw invalid("condition.clauses", `It must be a list of at most ${CLAUSES_MAX} clauses.`);
  }
  const parts = clauses.map((clause, at) =>
    clauseOf(isRecord(clause) ? clause : {}, `condition.clauses.${at}`, now),
  );
  const connective = String(condition["conditionConnective"] ?? "And").toLowerCase();
  if (connective !== "and" && connective !== "or") {
    throw invalid("condition.conditionConnective", "It must be And or Or.");
  }
  const type = condition["stixObjectType"];
  const joined: SearchCondition = { kind: connective, conditions: parts };
  const conditions = [
    ...(typeof type === "string" && type !== ""
      ? [{ kind: "type", anyOf: [stixType(type)] } as const]
      : []),
    ...(parts.length === 0 ? [] : [joined]),
  ];
  return { kind: "and", conditions };
}

interface Clause {
  readonly operator: string;
  readonly values: readonly string[];
  readonly field: string;
  readonly now: Date;
}

const TIMES: Readonly<Record<string, SearchTime>> = {
  created: "created",
  modified: "modified",
  validfrom: "valid_from",
  validuntil: "valid_until",
  lastupdatedtimeutc: "updated",
  lastupdateddatetimeutc: "updated",
  lastingestedtimeutc: "updated",
  firstingestedtimeutc: "ingested",
};

/** How each field is compared, by its name in lower case. */
const FIELDS: Readonly<Record<string, (clause: Clause) => SearchCondition>> = {
  id: ({ values }) => ({ kind: "id", anyOf: values.map(stixIdOf) }),
  source: ({ values }) => ({ kind: "source", anyOf: values }),
  type: ({ values }) => ({ kind: "type", anyOf: values.map(stixType) }),
  labels: ({ values }) => ({ kind: "label", anyOf: values }),
  name: ({ values }) => anyText(values),
  displayname: ({ values }) => anyText(values),
  description: ({ values }) => anyText(values),
  pattern: ({ values }) => anyText(values),
  revoked: ({ values }) => ({ kind: "revoked", is: values[0]?.toLowerCase() === "true" }),
  confidence: confidenceClause,
  ...Object.fromEntries(
    Object.entries(TIMES).map(([name, kind]) => [
      name,
      (clause: Clause) => timeClause(kind, clause),
    ]),
  ),
};

function clauseOf(clause: Json, place: string, now: Date): SearchCondition {
  const field = String(clause["field"] ?? "");
  const compare = ownOf(FIELDS, field.toLowerCase().replaceAll("_", ""));
  if (compare === undefined) {
    throw invalid(
      `${place}.field`,
      `There is no field '${field}': ${Object.keys(FIELDS).join(", ")}.`,
    );
  }
  const values = textsOf(clause, "values");
  if (values.length === 0) {
    throw invalid(`${place}.values`, "It needs at least one value.");
  }
  const operator = String(clause["operator"] ?? "Equals").toLowerCase();
  const isRange = compare === confidenceClause || ownOf(TIMES, field.toLowerCase()) !== undefined;
  if (!isRange && operator !== "equals" && operator !== "notequals") {
    throw invalid(`${place}.operator`, `'${field}' can be compared by Equals and NotEquals.`);
  }
  const condition = compare({ operator, values, field: `${place}.operator`, now });
  return operator === "notequals" ? { kind: "not", condition } : condition;
}

function confidenceClause({ operator, values, field }: Clause): SearchCondition {
  const value = Number(values[0]);
  const ranges: Readonly<Record<string, { readonly from?: number; readonly to?: number }>> = {
    equals: { from: value, to: value },
    notequals: { from: value, to: value },
    lessthan: { to: value - 1 },
    lessthanequal: { to: value },
    greaterthan: { from: value + 1 },
    greaterthanequal: { from: value },
  };
  const range = ownOf(ranges, operator);
  if (range === undefined || !Number.isInteger(value)) {
    throw invalid(field, `A confidence can be compared by ${Object.keys(ranges).join(", ")}.`);
  }
  return { kind: "confidence", ...range };
}

function timeClause(kind: SearchTime, { operator, values, field, now }: Clause): SearchCondition {
  const [first = ""] = values;
  const instant = operator.endsWith("relative")
    ? relative(first, now, field)
    : absolute(first, field);
  const ranges: Readonly<Record<string, { readonly from?: string; readonly before?: string }>> = {
    equals: { from: instant, before: justAfter(instant) },
    notequals: { from: instant, before: justAfter(instant) },
    onorafterabsolute: { from: instant },
    onorafterrelative: { from: instant },
    onorbeforeabsolute: { before: justAfter(instant) },
    onorbeforerelative: { before: justAfter(instant) },
    greaterthanequal: { from: instant },
    greaterthan: { from: justAfter(instant) },
    lessthan: { before: instant },
    lessthanequal: { before: justAfter(instant) },
  };
  const range = ownOf(ranges, operator);
  if (range === undefined) {
    throw invalid(field, `An instant can be compared by ${Object.keys(ranges).join(", ")}.`);
  }
  return { kind, ...range };
}

/** Such as `7d`, `-12h`: so long before now. */
function relative(text: string, now: Date, field: string): string {
  const [, digits, unit = ""] = /^-?(\d{1,6})([dhm])$/.exec(text) ?? [];
  if (digits === undefined) {
    throw invalid(field, "A relative instant is a number and d, h or m, such as 7d.");
  }
  return new Date(now.getTime() - Number(digits) * (MS_PER[unit] ?? 0)).toISOString();
}

function absolute(text: string, field: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) {
    throw invalid(field, "The value must be an instant of RFC 3339.");
  }
  return new Date(ms).toISOString();
}

function justAfter(instant: string): string {
  return new Date(Date.parse(instant) + 1).toISOString();
}

function anyText(values: readonly string[]): SearchCondition {
  return {
    kind: "or",
    conditions: values.map((value) => ({ kind: "text", words: `"${unquoted(value)}"` }) as const),
  };
}

/** `AttackPattern` and `attack-pattern` are the same type. */
function stixType(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}

/** Ids come as STIX ids and as names of resources. */
function stixIdOf(id: string): string {
  const at = id.indexOf("---");
  return at < 0 ? id : id.slice(at + 3);
}

function unquoted(text: string): string {
  return text.replaceAll('"', " ").trim();
}

function sortOf(sortBy: unknown): Pick<Asked, "sort"> {
  const [first] = Array.isArray(sortBy) ? sortBy : [sortBy];
  if (!isRecord(first)) {
    return {};
  }
  const name = String(first["itemKey"] ?? first["field"] ?? "");
  const order = String(first["sortOrder"] ?? first["direction"] ?? "ascending").toLowerCase();
  const by = ownOf(SORTS, name.toLowerCase().replaceAll("_", ""));
  if (order === "unsorted" || name === "") {
    return {};
  }
  if (by === undefined) {
    throw invalid("sortBy", `There is no sorting by '${name}': ${Object.keys(SORTS).join(", ")}.`);
  }
  return { sort: { by, direction: order.startsWith("desc") ? "descending" : "ascending" } };
}

function pageSizeOf(value: unknown): number {
  if (value === undefined || value === null) {
    return PAGE_ITEMS_DEFAULT;
  }
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1) {
    throw invalid("pageSize", "It must be a whole number from 1.");
  }
  return Math.min(value, PAGE_ITEMS_MAX);
}

/** A list of texts; one text stands for a list of one, as a widespread client sends it. */
function textsOf(body: Json, name: string): readonly string[] {
  const value = body[name];
  const list = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
  if (list.length > VALUES_MAX || list.some((each) => typeof each === "object")) {
    throw invalid(name, `It must be a list of at most ${VALUES_MAX} texts.`);
  }
  return list.map(String).filter((text) => unquoted(text) !== "");
}

function numberOf(body: Json, name: string): number | undefined {
  const value = body[name];
  if (value === undefined || value === null) {
    return undefined;
  }
  if (typeof value !== "number") {
    throw invalid(name, "It must be a number.");
  }
  return value;
}

function instantOf(body: Json, name: string): string | undefined {
  const value = body[name];
  return value === undefined || value === null || value === ""
    ? undefined
    : absolute(String(value), name);
}

/** An entry of a table by a name that came from outside: `constructor` is in every object, and in no table. */
function ownOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(field: string, reason: string): AppError {
  return new AppError("invalid_request", `${field}: ${reason}`, { field });
}
