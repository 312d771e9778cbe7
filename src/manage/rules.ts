/** The ingestion rules of workspaces: kept as documents, asked for with every upload, tried out before they count. */
import { checkActions, type IngestionRule } from "../ingest/index.ts";
import { conditionTest, type JsonValue, type StoredDocument } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { type Acting, type ManageParts, noteOf } from "./context.ts";
import { type RuleEffects, ruleEffects } from "./rule-effects.ts";
import { type RuleTrial, trialOf } from "./rule-trial.ts";

/** A rule with its revision. */
export interface KeptRule extends IngestionRule {
  readonly etag: number;
  readonly updatedAt: string;
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
  /** Puts all rules in an order. @throws AppError `invalid_request` unless each rule is named once */
  reorder(acting: Acting, names: readonly string[]): Promise<readonly KeptRule[]>;
  /** What a rule would have done to the newest objects. @throws AppError `invalid_request` */
  test(
    workspaceId: string,
    rule: Omit<IngestionRule, "enabled">,
    items?: number,
  ): Promise<RuleTrial>;
  /** What the rules did to the newest requests. */
  effects(workspaceId: string): Promise<RuleEffects>;
}

/** Every rule is tried on every record: a hundred cost more than the validation. */
const RULES_MAX = 100;

const NAME_LENGTH_MAX = 256;

/** Another server's change is seen within this time. */
const FRESH_MS = 1_000;

const TEST_ITEMS_DEFAULT = 1_000;

/** Room between two rules, so that another can be put there. */
const ORDER_STEP = 10;

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
      const saved = await commitRule(parts, acting, { rule, before, ifEtag });
      cache.delete(acting.workspaceId);
      return saved;
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
    async reorder(acting, names) {
      await commitOrder(parts, acting, { rules: await list(acting.workspaceId), names });
      cache.delete(acting.workspaceId);
      return list(acting.workspaceId);
    },
    effects: async (workspaceId) =>
      ruleEffects(
        parts,
        workspaceId,
        (await list(workspaceId)).map(({ name }) => name),
      ),
    async test(workspaceId, rule, limit = TEST_ITEMS_DEFAULT) {
      const tried = { ...rule, enabled: true };
      checkRule(tried);
      const { items } = await parts.store.searchObjects({
        workspaceId,
        sort: { by: "updated", direction: "descending" },
        limit,
      });
      return trialOf(parts, tried, items);
    },
  };
}

interface SavedRule {
  readonly rule: IngestionRule;
  readonly before: StoredDocument | undefined;
  readonly ifEtag: number | undefined;
}

async function commitRule(
  { documents }: ManageParts,
  acting: Acting,
  { rule, before, ifEtag }: SavedRule,
): Promise<KeptRule> {
  const key = { workspaceId: acting.workspaceId, kind: KIND, name: rule.name };
  const content = rule as unknown as JsonValue;
  const [stored] = await documents.commit(
    [{ kind: "put", key, content, ...(ifEtag === undefined ? {} : { ifRevision: ifEtag }) }],
    [
      noteOf(acting, {
        action: "rule.save",
        target: rule.name,
        before: before?.content,
        after: content,
      }),
    ],
  );
  if (stored === undefined) {
    throw new AppError("internal", "The rule was not stored.");
  }
  return toRule(stored);
}

async function commitOrder(
  { documents }: ManageParts,
  acting: Acting,
  { rules, names }: { readonly rules: readonly KeptRule[]; readonly names: readonly string[] },
): Promise<void> {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const ordered = names.flatMap((name) => byName.get(name) ?? []);
  if (new Set(ordered).size !== rules.length || names.length !== rules.length) {
    throw new AppError(
      "invalid_request",
      `Name each of the ${rules.length} rules once: there may be one more or less by now.`,
      { field: "names" },
    );
  }
  await documents.commit(
    ordered.map(({ etag, updatedAt: _updatedAt, ...rule }, at) => ({
      kind: "put",
      key: { workspaceId: acting.workspaceId, kind: KIND, name: rule.name },
      content: { ...rule, order: (at + 1) * ORDER_STEP } as unknown as JsonValue,
      ifRevision: etag,
    })),
    [
      noteOf(acting, {
        action: "rule.order",
        target: "rules",
        before: rules.map(({ name }) => name),
        after: [...names],
      }),
    ],
  );
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
