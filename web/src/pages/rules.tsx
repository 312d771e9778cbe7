/** Rules: what is done to records while they arrive, in order. */
import { Badge, Button, Switch, Title2 } from "@fluentui/react-components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { Rule } from "../api/ingestion-types.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { usePageState } from "../parts/page-state.ts";
import { Answer, Nothing, Panel, Refusal } from "../parts/panel.tsx";
import { actionText } from "../parts/rule-actions.tsx";
import { RuleForm } from "../parts/rule-form.tsx";
import { useShortcuts } from "../shell/keys.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

const ORDER_STEP = 10;

/** The page. */
export function Page(): ReactNode {
  const base = useApiBase();
  const { canWrite } = useWorkspace();
  const [state, set] = usePageState();
  const isOpen = state["rule"] !== undefined || state["new"] !== undefined;
  const close = (): void => {
    if (isOpen) {
      set({ rule: undefined, new: undefined });
    }
  };
  useShortcuts([{ keys: "Escape", label: "Back to the rules", run: close }]);
  const rules = useQuery({
    queryKey: ["rules", base],
    queryFn: ({ signal }) => call<readonly Rule[]>(`${base}/rules`, { signal }),
  });
  return (
    <div className="stack">
      <Title2 as="h1">Rules</Title2>
      <Answer of={rules}>
        {(found) => {
          const open = found.find(({ name }) => name === state["rule"]) ?? null;
          if (canWrite && (open !== null || state["new"] === "yes")) {
            return (
              <RuleForm
                key={open?.name ?? ""}
                rule={open}
                names={found.map(({ name }) => name)}
                nextOrder={(found.at(-1)?.order ?? 0) + ORDER_STEP}
                onDone={close}
              />
            );
          }
          return <List rules={found} canWrite={canWrite} onNew={() => set({ new: "yes" })} />;
        }}
      </Answer>
    </div>
  );
}

function List({
  rules,
  canWrite,
  onNew,
}: {
  readonly rules: readonly Rule[];
  readonly canWrite: boolean;
  readonly onNew: () => void;
}): ReactNode {
  return (
    <Panel
      title="Ingestion rules"
      hint="Every record of an upload or an import meets these rules in this order before it is stored. Several may change the same record."
      actions={
        canWrite ? (
          <Button appearance="primary" onClick={onNew}>
            New rule
          </Button>
        ) : (
          <span>To change rules you need a role that may write here.</span>
        )
      }
    >
      {rules.length === 0 ? (
        <Nothing command="npm run stixgate -- rules --help">
          There is no rule: everything is stored as it comes.
        </Nothing>
      ) : (
        <ol className="plainList" aria-label="Rules in their order">
          {rules.map((rule) => (
            <RuleRow key={rule.name} rule={rule} canWrite={canWrite} />
          ))}
        </ol>
      )}
    </Panel>
  );
}

function RuleRow({
  rule,
  canWrite,
}: {
  readonly rule: Rule;
  readonly canWrite: boolean;
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
    <li>
      <div className="ruleRow">
        <Switch
          aria-label={`${rule.name} is on`}
          checked={rule.enabled}
          disabled={!canWrite || toggle.isPending}
          onChange={(_event, data) => toggle.mutate(data.checked)}
        />
        <div className="breaks">
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
          <Badge appearance="outline">order {rule.order}</Badge>{" "}
          {rule.condition === undefined ? "Every record: " : "Records that match: "}
          {rule.drop === true ? "not stored" : (rule.actions ?? []).map(actionText).join("; ")}
        </div>
        {canWrite ? (
          <ConfirmButton
            label={`Remove ${rule.name}`}
            question="Remove it?"
            onConfirm={() => remove.mutate()}
          />
        ) : null}
      </div>
      <Refusal error={toggle.error ?? remove.error} />
    </li>
  );
}
