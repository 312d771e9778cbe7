/** A rule as it is written: when it holds, what it does, and what it would have done to the newest thousand objects. */
import { Button, Field, Input, Radio, RadioGroup, Switch } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useId, useState } from "react";
import { call } from "../api/client.ts";
import type { Rule, RuleContent, RuleTrial } from "../api/ingestion-types.ts";
import type { Condition } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { ConditionBuilder } from "./condition-builder.tsx";
import { Panel, Refusal, TableScroll } from "./panel.tsx";
import { type ActionRow, actionsOf, EMPTY_ACTION, RuleActions, rowsOf } from "./rule-actions.tsx";

const NAME_LENGTH_MAX = 256;
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
  const trial = useMutation({
    mutationFn: (content: RuleContent) =>
      call<RuleTrial>(`${base}/rules/test`, { method: "POST", body: content }),
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
            {trial.isPending ? "Trying it…" : "Test on the last 1,000 objects"}
          </Button>
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
      {trial.data === undefined ? null : <Trial trial={trial.data} />}
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
        <span>
          {draft.where === "" ? "It holds for every record." : "It holds for some records."}
        </span>
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

function Trial({ trial }: { readonly trial: RuleTrial }): ReactNode {
  const { workspaceId } = useWorkspace();
  const { tested, changed, dropped, samples } = trial;
  return (
    <Panel
      title="Test"
      hint="What the rule would have done; nothing was changed, and it is not saved yet."
    >
      <p role="status">
        Of the newest {tested.toLocaleString("en")} objects it would have changed{" "}
        {changed.toLocaleString("en")} and dropped {dropped.toLocaleString("en")}.
      </p>
      {samples.length === 0 ? null : (
        <TableScroll label="Some of them">
          <thead>
            <tr>
              <th scope="col">Object</th>
              <th scope="col">What</th>
            </tr>
          </thead>
          <tbody>
            {samples.map(({ id, stixId, dropped: isDropped, remarks }) => (
              <tr key={id}>
                <td className="breaks mono">
                  <Link
                    className="link"
                    to="/w/$workspaceId/intelligence"
                    params={{ workspaceId }}
                    search={{ open: id }}
                  >
                    {stixId}
                  </Link>
                </td>
                <td className="breaks">
                  {isDropped ? "dropped" : "changed"}
                  {remarks.length === 0 ? "" : `: ${remarks.join(" ")}`}
                </td>
              </tr>
            ))}
          </tbody>
        </TableScroll>
      )}
    </Panel>
  );
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
