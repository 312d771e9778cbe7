/** What is done with an object most often, in one step: say that it was seen, revoke it, let it expire. */
import { Button } from "@fluentui/react-components";
import {
  ArrowUndoRegular,
  ClockDismissRegular,
  EyeRegular,
  LinkAddRegular,
  ProhibitedRegular,
} from "@fluentui/react-icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { OBJECT_TYPES } from "../../../src/stix/index.ts";
import { call } from "../api/client.ts";
import type { ObjectView } from "../api/types.ts";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import type { PartProps } from "./details-part.ts";
import { Refusal } from "./panel.tsx";
import { SightingForm } from "./sighting-form.tsx";

/** A change, and what takes it back. */
interface Change {
  readonly said: string;
  readonly patch: Readonly<Record<string, unknown>>;
  readonly undo: Readonly<Record<string, unknown>>;
}

/** The actions; none for those who may only read. */
export function QuickActions({ view, onPart }: PartProps): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const { canWrite } = useWorkspace();
  const [isSeeing, setSeeing] = useState(false);
  const [said, setSaid] = useState("");
  const [done, setDone] = useState<Change | null>(null);
  const apply = useMutation({
    mutationFn: ({ patch }: Change) =>
      call<ObjectView>(`${base}/objects/${encodeURIComponent(view.id)}`, {
        method: "PATCH",
        headers: { "if-match": `"${view.change}"` },
        body: patch,
      }),
    onSuccess: async (_view, change) => {
      setSaid(change.said);
      setDone(Object.keys(change.undo).length === 0 ? null : change);
      await queries.invalidateQueries();
    },
  });
  if (!canWrite || view.deleted) {
    return null;
  }
  const table = OBJECT_TYPES.get(view.type);
  const has = (name: string): boolean =>
    table?.properties.some((each) => each.name === name) === true;
  const isExpired = view.validUntil !== null && Date.parse(view.validUntil) <= Date.now();
  return (
    <div className="stack tight">
      <div className="quick">
        {table?.category === "sdo" ? (
          <Button size="small" icon={<EyeRegular />} onClick={() => setSeeing(true)}>
            Seen
          </Button>
        ) : null}
        <Button size="small" icon={<LinkAddRegular />} onClick={() => onPart("relate")}>
          Relate
        </Button>
        {has("revoked") ? (
          <Button
            size="small"
            icon={view.revoked ? <ArrowUndoRegular /> : <ProhibitedRegular />}
            disabledFocusable={apply.isPending}
            onClick={() => apply.mutate(revocation(view))}
          >
            {view.revoked ? "Take the revocation back" : "Revoke"}
          </Button>
        ) : null}
        {has("valid_until") && !isExpired ? (
          <Button
            size="small"
            icon={<ClockDismissRegular />}
            disabledFocusable={apply.isPending}
            onClick={() => apply.mutate(expiry(view))}
          >
            Expire now
          </Button>
        ) : null}
      </div>
      {said === "" ? null : (
        <span className="inline" role="status">
          {said}
          {done === null ? null : (
            <Button
              size="small"
              disabledFocusable={apply.isPending}
              onClick={() => apply.mutate({ said: "Taken back.", patch: done.undo, undo: {} })}
            >
              Undo
            </Button>
          )}
        </span>
      )}
      <Refusal error={apply.error} />
      {isSeeing ? (
        <SightingForm
          view={view}
          onClose={() => setSeeing(false)}
          onMade={() => {
            setSeeing(false);
            setDone(null);
            setSaid("The sighting is stored.");
          }}
        />
      ) : null}
    </div>
  );
}

function revocation({ revoked, object }: ObjectView): Change {
  return {
    said: revoked ? "It counts again." : "Revoked.",
    patch: { revoked: !revoked },
    undo: { revoked: object?.["revoked"] ?? null },
  };
}

function expiry({ object }: ObjectView): Change {
  return {
    said: "Expired.",
    patch: { valid_until: new Date().toISOString() },
    undo: { valid_until: object?.["valid_until"] ?? null },
  };
}
