/** A rule as it is written: when it holds, what it does, and what it would have done to the newest thousand objects. */
import { Button, Field, Input, Radio, RadioGroup, Switch } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { call } from "../api/client.ts";
import type { Rule, RuleContent, RuleTrial } from "../api/ingestion-types.ts";
import type { Condition } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";
import { ConditionBuilder } from "./condition-builder.tsx";
import { conditionText } from "./condition-text.ts";
import { Panel, Refusal } from "./panel.tsx";
import { type ActionRow, actionsOf, EMPTY_ACTION, RuleActions, rowsOf } from "./rule-actions.tsx";
import { RuleTrialView } from "./rule-trial.tsx";

const NAME_LENGTH_MAX = 256;
/** How many of the newest objects a test looks at. */
const ITEMS_CHOICES = [100, 300, 1_000] as const;
const ITEMS_DEFAULT = 1_000;
const ORDER_MAX = 1_000_000;

/** A rule as it is typed. */
interface Draft {
  readonly name: string;
  readonly enabled: boolean;
  readonly order: string;
  /** JSON; empty: every record. */
  readonly where: string;
  readonly drop: boolean;
  readonly rows: readonly ActionRow[];
}

/** The form. */
export function RuleForm({
  rule,
  names,
  nextOrder,
  onDone,
}: {
  /** Null for a new one. */
  readonly rule: Rule | null;
  readonly names: readonly string[];
  readonly nextOrder: number;
  readonly onDone: () => void;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>(() => draftOf(rule, nextOrder));
  const [items, setItems] = useState(ITEMS_DEFAULT);
  const trial = useMutation({
    mutationFn: (content: RuleContent) =>
      call<RuleTrial>(`${base}/rules/test?items=${items}`, { method: "POST", body: content }),
  });
  const save = useMutation({
    mutationFn: (content: RuleContent) =>
      call<Rule>(`${base}/rules/${encodeURIComponent(draft.name.trim())}`, {
        method: "PUT",
        body: { enabled: draft.enabled, ...content },
        ...(rule === null ? {} : { headers: { "if-match": `"${rule.etag}"` } }),
      }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["rules", base] });
      onDone();
    },
  });
  const change = (part: Partial<Draft>): void => {
    setDraft({ ...draft, ...part });
    trial.reset();
  };
  const isTaken = rule === null && names.includes(draft.name.trim());
  const content = contentOf(draft);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (content !== null) {
          save.mutate(content);
        }
      }}
    >
      <Panel title={rule === null ? "New rule" : rule.name}>
        <div className="controls">
          <Field
            label="Name"
            required
            {...(isTaken ? { validationMessage: "There is a rule of this name." } : {})}
          >
            <Input
              value={draft.name}
              readOnly={rule !== null}
              maxLength={NAME_LENGTH_MAX}
              onChange={(_event, data) => change({ name: data.value })}
            />
          </Field>
          <Field label="Order" hint="Lower numbers first.">
            <Input
              type="number"
              min={0}
              max={ORDER_MAX}
              value={draft.order}
              onChange={(_event, data) => change({ order: data.value })}
            />
          </Field>
          <Switch
            label="On"
            checked={draft.enabled}
            onChange={(_event, data) => change({ enabled: data.checked })}
          />
        </div>
        <Where draft={draft} change={change} isBroken={content === null} />
        <Field label="What becomes of such a record">
          <RadioGroup
            value={draft.drop ? "drop" : "change"}
            onChange={(_event, data) => change({ drop: data.value === "drop" })}
          >
            <Radio value="change" label="It is changed and stored" />
            <Radio value="drop" label="It is not stored; the receipt says so" />
          </RadioGroup>
        </Field>
        {draft.drop ? null : <RuleActions rows={draft.rows} onRows={(rows) => change({ rows })} />}
        <div className="inline">
          <Button
            disabled={content === null || trial.isPending}
            onClick={() => content !== null && trial.mutate(content)}
          >
            {trial.isPending
              ? "Trying it…"
              : `Test on the last ${items.toLocaleString("en")} objects`}
          </Button>
          <select
            className="picker"
            aria-label="Objects to test on"
            value={items}
            onChange={({ target }) => {
              setItems(Number(target.value));
              trial.reset();
            }}
          >
            {ITEMS_CHOICES.map((choice) => (
              <option key={choice} value={choice}>
                {choice.toLocaleString("en")}
              </option>
            ))}
          </select>
          <Button
            type="submit"
            appearance="primary"
            disabled={content === null || isTaken || draft.name.trim() === "" || save.isPending}
          >
            Save
          </Button>
          <Button onClick={onDone}>Back (Esc)</Button>
        </div>
        <Refusal error={trial.error ?? save.error} />
      </Panel>
      {trial.data === undefined ? null : <RuleTrialView trial={trial.data} />}
    </form>
  );
}

function Where({
  draft,
  change,
  isBroken,
}: {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly isBroken: boolean;
}): ReactNode {
  const id = useId();
  return (
    <div className="stack tight">
      <div className="inline">
        <ConditionBuilder
          where={draft.where === "" ? undefined : draft.where}
          onWhere={(where) => change({ where: where ?? "" })}
        />
        <span className="breaks">{whereText(draft.where)}</span>
      </div>
      <details>
        <summary>The condition as JSON</summary>
        <label className="label" htmlFor={id}>
          Condition
          <textarea
            id={id}
            className="editor"
            rows={5}
            spellCheck={false}
            value={draft.where}
            onChange={({ target }) => change({ where: target.value })}
          />
        </label>
      </details>
      {isBroken ? <p role="alert">The condition is no JSON object yet.</p> : null}
    </div>
  );
}

function whereText(where: string): string {
  const condition = conditionOf(where);
  return condition === undefined || condition === null
    ? "It holds for every record."
    : `It holds where ${conditionText(condition)}.`;
}

function draftOf(rule: Rule | null, nextOrder: number): Draft {
  return {
    name: rule?.name ?? "",
    enabled: rule?.enabled ?? true,
    order: String(rule?.order ?? nextOrder),
    where: rule?.condition === undefined ? "" : JSON.stringify(rule.condition),
    drop: rule?.drop === true,
    rows: rule?.actions === undefined ? [EMPTY_ACTION] : rowsOf(rule.actions),
  };
}

/** What the draft means; null while its condition is no JSON. */
function contentOf({ order, where, drop, rows }: Draft): RuleContent | null {
  const condition = conditionOf(where);
  if (condition === null) {
    return null;
  }
  return {
    order: Number(order) || 0,
    ...(condition === undefined ? {} : { condition }),
    ...(drop ? { drop: true, actions: [] } : { actions: actionsOf(rows) }),
  };
}

function conditionOf(where: string): Condition | null | undefined {
  if (where.trim() === "") {
    return undefined;
  }
  try {
    const parsed: unknown = JSON.parse(where);
    return typeof parsed === "object" && parsed !== null ? (parsed as Condition) : null;
  } catch {
    return null;
  }
}
