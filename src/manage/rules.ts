/** The ingestion rules of workspaces: kept as documents, asked for with every upload, tried out before they count. */
import { checkActions, compileRules, type IngestionRule } from "../ingest/index.ts";
import { validateObject } from "../stix/index.ts";
import {
  conditionTest,
  type JsonValue,
  type SearchHit,
  type StoredDocument,
} from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { type Acting, type ManageParts, noteOf } from "./context.ts";
import { objectIdOf } from "./object-id.ts";

/** A rule with its revision. */
export interface KeptRule extends IngestionRule {
  readonly etag: number;
  readonly updatedAt: string;
}

/** What a rule would have done. */
export interface RuleTrial {
  /** Objects that were looked at: the newest thousand. */
  readonly tested: number;
  readonly changed: number;
  readonly dropped: number;
  /** The first twenty that it would have touched. */
  readonly samples: readonly {
    readonly id: string;
    readonly stixId: string;
    readonly dropped: boolean;
    readonly remarks: readonly string[];
  }[];
}

/** The rules of a server's workspaces. */
export interface Rules {
  /** For uploads: at most a second old. */
  of(workspaceId: string): Promise<readonly IngestionRule[]>;
  /** In the order in which they are applied. */
  list(workspaceId: string): Promise<readonly KeptRule[]>;
  /** @throws AppError `invalid_request`, `precondition_failed`, `conflict` when there are too many */
  save(acting: Acting, rule: IngestionRule, ifEtag: number | undefined): Promise<KeptRule>;
  /** @throws AppError `not_found`, `precondition_failed` */
  remove(acting: Acting, name: string, ifEtag: number | undefined): Promise<void>;
  /** What a rule would have done to the newest objects. @throws AppError `invalid_request` */
  test(workspaceId: string, rule: Omit<IngestionRule, "enabled">): Promise<RuleTrial>;
}

/** Every rule is tried on every record: a hundred cost more than the validation. */
const RULES_MAX = 100;

const NAME_LENGTH_MAX = 256;

/** Another server's change is seen within this time. */
const FRESH_MS = 1_000;

const TEST_ITEMS = 1_000;
const SAMPLES_MAX = 20;
const KIND = "rule";

/** Makes the rules of a store. */
export function createRules(parts: ManageParts): Rules {
  const cache = new Map<string, { readonly rules: readonly KeptRule[]; readonly readMs: number }>();
  const { documents } = parts;

  async function list(workspaceId: string): Promise<readonly KeptRule[]> {
    const page = await documents.list({ workspaceId, kind: KIND, limit: RULES_MAX });
    return page.items.map(toRule).toSorted((one, other) => one.order - other.order);
  }

  async function of(workspaceId: string): Promise<readonly KeptRule[]> {
    const nowMs = parts.now().getTime();
    const known = cache.get(workspaceId);
    if (known !== undefined && Math.abs(nowMs - known.readMs) < FRESH_MS) {
      return known.rules;
    }
    const rules = await list(workspaceId);
    cache.set(workspaceId, { rules, readMs: nowMs });
    return rules;
  }

  return {
    of,
    list,
    async save(acting, rule, ifEtag) {
      checkRule(rule);
      const key = { workspaceId: acting.workspaceId, kind: KIND, name: rule.name };
      const before = await documents.get(key);
      if (before === undefined && (await list(acting.workspaceId)).length >= RULES_MAX) {
        throw new AppError("conflict", `There are ${RULES_MAX} rules already.`);
      }
      const content = rule as unknown as JsonValue;
      const [stored] = await documents.commit(
        [
          {
            kind: "put",
            key,
            content,
            ...(ifEtag === undefined ? {} : { ifRevision: ifEtag }),
          },
        ],
        [
          noteOf(acting, {
            action: "rule.save",
            target: rule.name,
            before: before?.content,
            after: content,
          }),
        ],
      );
      cache.delete(acting.workspaceId);
      if (stored === undefined) {
        throw new AppError("internal", "The rule was not stored.");
      }
      return toRule(stored);
    },
    async remove(acting, name, ifEtag) {
      const key = { workspaceId: acting.workspaceId, kind: KIND, name };
      const before = await documents.get(key);
      if (before === undefined) {
        throw new AppError("not_found", `There is no rule '${name}'.`, { field: "name" });
      }
      await documents.commit(
        [{ kind: "remove", key, ...(ifEtag === undefined ? {} : { ifRevision: ifEtag }) }],
        [noteOf(acting, { action: "rule.remove", target: name, before: before.content })],
      );
      cache.delete(acting.workspaceId);
    },
    async test(workspaceId, rule) {
      const tried = { ...rule, enabled: true };
      checkRule(tried);
      const { items } = await parts.store.searchObjects({
        workspaceId,
        sort: { by: "updated", direction: "descending" },
        limit: TEST_ITEMS,
      });
      return trialOf(parts, tried, items);
    },
  };
}

function trialOf(
  { validation }: ManageParts,
  rule: IngestionRule,
  items: readonly SearchHit[],
): RuleTrial {
  const apply = compileRules([rule], validation);
  const touched = items.flatMap((item) => {
    const value = JSON.parse(item.json) as object;
    const outcome = apply?.({
      sourceSystem: item.sourceSystem,
      receivedAt: item.ingestedAt,
      value,
      json: item.json,
      validation: validateObject(value, validation),
    });
    if (outcome === undefined || outcome.kind === "unchanged") {
      return [];
    }
    const dropped = outcome.kind === "dropped";
    const remarks = dropped ? [] : outcome.remarks.map(({ message }) => message);
    return [{ id: objectIdOf(item), stixId: item.stixId, dropped, remarks }];
  });
  const dropped = touched.filter((each) => each.dropped).length;
  return {
    tested: items.length,
    changed: touched.length - dropped,
    dropped,
    samples: touched.slice(0, SAMPLES_MAX),
  };
}

function checkRule(rule: IngestionRule): void {
  if (rule.name.trim() === "" || rule.name.length > NAME_LENGTH_MAX) {
    throw new AppError("invalid_request", `A name has 1 to ${NAME_LENGTH_MAX} characters.`, {
      field: "name",
    });
  }
  if (rule.drop === true ? rule.actions.length > 0 : rule.actions.length === 0) {
    throw new AppError("invalid_request", "A rule either drops records or has actions.", {
      field: "actions",
    });
  }
  checkActions(rule.actions);
  conditionTest(rule.condition);
}

function toRule({ content, revision, updatedAt }: StoredDocument): KeptRule {
  return { ...(content as unknown as IngestionRule), etag: revision, updatedAt };
}
