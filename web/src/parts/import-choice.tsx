/** The choice of what is stored of a file: by what it would do, the valid records or all or nothing. */
import { Button } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { call } from "../api/client.ts";
import type { ImportView, RecordStatus } from "../api/ingestion-types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { leftOutOf } from "./left-out.ts";
import { type PageState, usePageState } from "./page-state.ts";
import { Refusal } from "./panel.tsx";
import { STATUS_WORDS } from "./status-words.tsx";
import "./import.css";

/** What can be left out or stored as a whole, in the order of the tiles. */
const CHOICES = ["new", "changed", "revoked", "unchanged"] as const;

/** Left out unless somebody wants it: storing it would change nothing. */
const LEFT_OUT_FIRST: readonly string[] = ["unchanged"];

/** The choice. */
export function ImportChoice({ view }: { readonly view: ImportView }): ReactNode {
  const { canWrite } = useWorkspace();
  const [state, set] = usePageState();
  const without = leftOutOf(state);
  return (
    <>
      <Tiles view={view} />
      {without.size === 0 ? null : (
        <p className="hint">
          {without.size} left out by hand.{" "}
          <button type="button" className="link" onClick={() => set({ without: undefined }, true)}>
            Take them in again
          </button>
        </p>
      )}
      {canWrite ? (
        <Buttons view={view} />
      ) : (
        <p className="hint">To store it you need a role that may write here.</p>
      )}
    </>
  );
}

/** Statuses that are left out, as the address has them. */
function statusesLeftOut({ skip }: PageState): readonly string[] {
  return skip === undefined ? LEFT_OUT_FIRST : skip.split(".");
}

function Tiles({ view: { counts, invalid } }: { readonly view: ImportView }): ReactNode {
  const { canWrite } = useWorkspace();
  const [state, set] = usePageState();
  const skipped = statusesLeftOut(state);
  const toggle = (status: RecordStatus, isIn: boolean): void => {
    const next = isIn ? skipped.filter((each) => each !== status) : [...skipped, status];
    set({ skip: next.join(".") }, true);
  };
  return (
    <fieldset className="tileChoice" disabled={!canWrite}>
      <legend>What storing it would do; leave out what you don't want</legend>
      {CHOICES.map((status) => (
        <label key={status} className="choiceTile">
          <input
            type="checkbox"
            checked={counts[status] > 0 && !skipped.includes(status)}
            disabled={counts[status] === 0}
            onChange={({ target }) => toggle(status, target.checked)}
          />
          <strong>{counts[status].toLocaleString("en")}</strong>
          <span>{STATUS_WORDS[status].word}</span>
        </label>
      ))}
      {counts.dropped === 0 ? null : (
        <p className="choiceTile">
          <strong>{counts.dropped.toLocaleString("en")}</strong>
          <span>{STATUS_WORDS.dropped.word}</span>
        </p>
      )}
      <p className={invalid === 0 ? "choiceTile" : "choiceTile faulty"}>
        <strong>{invalid.toLocaleString("en")}</strong>
        <span>{STATUS_WORDS.invalid.word}</span>
      </p>
    </fieldset>
  );
}

function Buttons({ view }: { readonly view: ImportView }): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const [state] = usePageState();
  const { importId, valid, invalid, counts } = view;
  const skipped = statusesLeftOut(state);
  const without = [...leftOutOf(state)];
  const statuses = CHOICES.filter((status) => !skipped.includes(status));
  const inThem = statuses.reduce((sum, status) => sum + counts[status], 0);
  const chosen = Math.max(0, inThem - without.length);
  const store = useMutation({
    mutationFn: (mode: "all" | "valid") =>
      call<ImportView>(`${base}/imports/${importId}/store`, {
        method: "POST",
        body: { mode, statuses, without, wait: false },
      }),
    onSuccess: (begun) => queries.setQueryData(["imports", base, importId], begun),
    onError: () => queries.invalidateQueries({ queryKey: ["imports", base] }),
  });
  const discard = useMutation({
    mutationFn: () => call<ImportView>(`${base}/imports/${importId}`, { method: "DELETE" }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["imports", base] }),
  });
  const isIdle = chosen > 0 && !store.isPending;
  return (
    <>
      <div className="inline">
        {invalid === 0 ? (
          <Button appearance="primary" disabled={!isIdle} onClick={() => store.mutate("all")}>
            {chosen === valid
              ? `Store all ${countText(valid)}`
              : `Store ${countText(chosen)} of ${countText(valid)}`}
          </Button>
        ) : (
          <>
            <Button appearance="primary" disabled={!isIdle} onClick={() => store.mutate("valid")}>
              Store the {countText(chosen)} valid {chosen === 1 ? "one" : "ones"}
            </Button>
            <Button disabled>Store all or nothing</Button>
          </>
        )}
        <ConfirmButton
          label="Discard this import"
          question="Nothing of it is stored, and the file goes."
          onConfirm={() => discard.mutate()}
        />
      </div>
      {invalid === 0 ? null : (
        <p className="hint">
          All or nothing is not possible while {countText(invalid)} {invalid === 1 ? "is" : "are"}{" "}
          invalid. Put {invalid === 1 ? "it" : "them"} right below, or leave{" "}
          {invalid === 1 ? "it" : "them"} out: the receipt keeps what is left out, to be put right
          later.
        </p>
      )}
      <Refusal error={store.error ?? discard.error} />
    </>
  );
}

function countText(count: number): string {
  return count.toLocaleString("en");
}
