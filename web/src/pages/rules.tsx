/** Rules: what is done to records while they arrive, in order. */
import { Button, Title2 } from "@fluentui/react-components";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { Rule } from "../api/ingestion-types.ts";
import { usePageState } from "../parts/page-state.ts";
import { Answer, Nothing, Panel } from "../parts/panel.tsx";
import { RuleForm } from "../parts/rule-form.tsx";
import { RuleList } from "../parts/rule-list.tsx";
import { useShortcuts } from "../shell/keys.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";

const ORDER_STEP = 10;

/** The page. */
export function Page(): ReactNode {
  const base = useApiBase();
  const { canWrite } = useWorkspace();
  const [state, set] = usePageState();
  const isOpen = state["rule"] !== undefined || state["new"] !== undefined;
  const close = (): void => set({ rule: undefined, new: undefined });
  const add = (): void => set({ new: "yes" });
  useShortcuts([
    ...(isOpen ? [{ keys: "Escape", label: "Back to the rules", run: close }] : []),
    ...(canWrite && !isOpen ? [{ keys: "n", label: "New rule", run: add }] : []),
  ]);
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
          return <List rules={found} canWrite={canWrite} onNew={add} />;
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
      hint="Every record of an upload or an import meets these rules in this order before it is stored. Several may change the same record. Drag a rule, or move it with the arrow keys on its handle."
      actions={
        <Button
          appearance="primary"
          disabledFocusable={!canWrite}
          title={canWrite ? "New rule (n)" : "It needs a role that may write here."}
          onClick={canWrite ? onNew : undefined}
        >
          New rule
        </Button>
      }
    >
      {canWrite ? null : (
        <p>
          You can look at rules. To change them you need a role that may write here, such as
          Microsoft Sentinel Contributor.
        </p>
      )}
      {rules.length === 0 ? (
        <Nothing command="npm run stixgate -- rules --help">
          There is no rule: everything is stored as it comes.
        </Nothing>
      ) : (
        <RuleList rules={rules} canWrite={canWrite} />
      )}
    </Panel>
  );
}
