/** The rules in their order, which is changed by dragging or by keys, each with what it did lately. */
import { Badge, Button, Switch } from "@fluentui/react-components";
import {
  ArrowDownRegular,
  ArrowUpRegular,
  ReOrderDotsVerticalRegular,
} from "@fluentui/react-icons";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useRef, useState } from "react";
import { call } from "../api/client.ts";
import type { Rule, RuleEffect, RuleEffects } from "../api/ingestion-types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { conditionText } from "./condition-text.ts";
import { ConfirmButton } from "./confirm-button.tsx";
import { Refusal } from "./panel.tsx";
import { actionText } from "./rule-actions.tsx";
import { Time } from "./time.tsx";
import "./rules.css";

interface Move {
  readonly name: string;
  readonly to: number;
}

/** The list. */
export function RuleList({
  rules,
  canWrite,
}: {
  readonly rules: readonly Rule[];
  readonly canWrite: boolean;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const effects = useEffects();
  const [dragged, setDragged] = useState<string | null>(null);
  const [told, setTold] = useState("");
  const list = useRef<HTMLOListElement>(null);
  const reorder = useMutation({
    mutationFn: ({ name, to }: Move) => {
      const rest = rules.map((rule) => rule.name).filter((each) => each !== name);
      const names = rest.toSpliced(to, 0, name);
      return call<readonly Rule[]>(`${base}/rules/order`, { method: "POST", body: { names } });
    },
    onSuccess: (ordered, { name, to }) => {
      queries.setQueryData(["rules", base], ordered);
      setTold(`${name} is now rule ${to + 1} of ${ordered.length}.`);
      // The handle goes along with its rule.
      requestAnimationFrame(() =>
        list.current?.querySelector<HTMLElement>(`[data-handle="${CSS.escape(name)}"]`)?.focus(),
      );
    },
  });
  const move = (name: string, to: number): void => {
    if (to >= 0 && to < rules.length && rules[to]?.name !== name) {
      reorder.mutate({ name, to });
    }
  };
  return (
    <>
      <p className="unseen" role="status">
        {told}
      </p>
      <Refusal error={reorder.error} />
      <ol className="plainList" aria-label="Rules in their order" ref={list}>
        {rules.map((rule, at) => (
          <li
            key={rule.name}
            className={dragged === rule.name ? "ruleRow dragged" : "ruleRow"}
            draggable={canWrite}
            onDragStart={() => setDragged(rule.name)}
            onDragEnd={() => setDragged(null)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={() => dragged !== null && move(dragged, at)}
          >
            <RuleRow
              rule={rule}
              effect={effects?.rules.find(({ name }) => name === rule.name)}
              canWrite={canWrite}
              handle={
                canWrite ? (
                  <Handle name={rule.name} at={at} count={rules.length} onMove={move} />
                ) : null
              }
            />
          </li>
        ))}
      </ol>
      {effects === undefined || effects.since === null ? null : (
        <p className="hint">
          What rules did is told from the receipts of the newest {effects.requests} requests, since{" "}
          <Time instant={effects.since} />.
        </p>
      )}
    </>
  );
}

function useEffects(): RuleEffects | undefined {
  const base = useApiBase();
  return useQuery({
    queryKey: ["rules", base, "effects"],
    queryFn: ({ signal }) => call<RuleEffects>(`${base}/rules/effects`, { signal }),
  }).data;
}

function Handle({
  name,
  at,
  count,
  onMove,
}: {
  readonly name: string;
  readonly at: number;
  readonly count: number;
  readonly onMove: (name: string, to: number) => void;
}): ReactNode {
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      onMove(name, at + step);
    }
  };
  return (
    <span className="handle">
      <Button
        size="small"
        appearance="subtle"
        icon={<ReOrderDotsVerticalRegular />}
        data-handle={name}
        aria-label={`Move ${name}: rule ${at + 1} of ${count}; arrow keys move it`}
        onKeyDown={onKeyDown}
      />
      <Button
        size="small"
        appearance="subtle"
        icon={<ArrowUpRegular />}
        disabled={at === 0}
        aria-label={`Move ${name} up`}
        onClick={() => onMove(name, at - 1)}
      />
      <Button
        size="small"
        appearance="subtle"
        icon={<ArrowDownRegular />}
        disabled={at === count - 1}
        aria-label={`Move ${name} down`}
        onClick={() => onMove(name, at + 1)}
      />
    </span>
  );
}

function RuleRow({
  rule,
  effect,
  canWrite,
  handle,
}: {
  readonly rule: Rule;
  readonly effect: RuleEffect | undefined;
  readonly canWrite: boolean;
  readonly handle: ReactNode;
}): ReactNode {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const queries = useQueryClient();
  const path = `${base}/rules/${encodeURIComponent(rule.name)}`;
  const headers = { "if-match": `"${rule.etag}"` };
  const onSettled = (): unknown => queries.invalidateQueries({ queryKey: ["rules", base] });
  const toggle = useMutation({
    mutationFn: (enabled: boolean) => {
      const { name: _name, etag: _etag, updatedAt: _at, ...content } = rule;
      return call(path, { method: "PUT", headers, body: { ...content, enabled } });
    },
    onSettled,
  });
  const remove = useMutation({
    mutationFn: () => call(path, { method: "DELETE", headers }),
    onSettled,
  });
  return (
    <>
      {handle}
      <Switch
        aria-label={`${rule.name} is on`}
        checked={rule.enabled}
        disabled={!canWrite || toggle.isPending}
        onChange={(_event, data) => toggle.mutate(data.checked)}
      />
      <div className="breaks ruleText">
        <strong>
          {canWrite ? (
            <Link
              className="link"
              to="/w/$workspaceId/rules"
              params={{ workspaceId }}
              search={{ rule: rule.name }}
            >
              {rule.name}
            </Link>
          ) : (
            rule.name
          )}
        </strong>{" "}
        {rule.enabled ? null : <Badge appearance="outline">off</Badge>}
        <p>
          {rule.condition === undefined ? "Every record" : `Where ${conditionText(rule.condition)}`}
          :{" "}
          {rule.drop === true
            ? "do not store them"
            : (rule.actions ?? []).map(actionText).join("; ")}
        </p>
        {effect === undefined ? null : <Effect effect={effect} />}
        <Refusal error={toggle.error ?? remove.error} />
      </div>
      {canWrite ? (
        <ConfirmButton
          label={`Remove ${rule.name}`}
          question="Remove it?"
          onConfirm={() => remove.mutate()}
        />
      ) : null}
    </>
  );
}

function Effect({
  effect: { changed, dropped, leftOut, lastAt, examples },
}: {
  readonly effect: RuleEffect;
}): ReactNode {
  const { workspaceId } = useWorkspace();
  if (lastAt === null) {
    return <p className="hint">It did nothing lately.</p>;
  }
  const parts = [
    changed > 0 ? `changed ${changed.toLocaleString("en")}` : "",
    dropped > 0 ? `dropped ${dropped.toLocaleString("en")}` : "",
    leftOut > 0 ? `left ${leftOut.toLocaleString("en")} alone, which it would have broken` : "",
  ].filter((part) => part !== "");
  return (
    <details>
      <summary>
        Lately {parts.join(", ")}; last <Time instant={lastAt} />
      </summary>
      <ul className="lines">
        {examples.map(({ requestId, stixId, what }) => (
          <li key={`${requestId} ${stixId} ${what}`}>
            <span className="mono breaks">{stixId ?? "a record"}</span>
            <span>{what}</span>
            <Link
              className="link"
              to="/w/$workspaceId/ingestion"
              params={{ workspaceId }}
              search={{ request: requestId }}
            >
              Receipt
            </Link>
          </li>
        ))}
      </ul>
    </details>
  );
}
