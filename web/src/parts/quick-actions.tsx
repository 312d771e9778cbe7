/** What is done with an object most often, in one step: say that it was seen, revoke it, let it expire. */
import { Button } from "@fluentui/react-components";
import {
  ArrowUndoRegular,
  ClockDismissRegular,
  CopyAddRegular,
  EyeRegular,
  LinkAddRegular,
  ProhibitedRegular,
} from "@fluentui/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { OBJECT_TYPES } from "../../../src/stix/index.ts";
import { call } from "../api/client.ts";
import type { ObjectView } from "../api/types.ts";
import { useNotices } from "../shell/notices.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import type { PartProps } from "./details-part.ts";
import { useObjectChanges } from "./object-changes.ts";
import { SightingForm } from "./sighting-form.tsx";

const NewObject = lazy(() =>
  import("./new-object.tsx").then(({ NewObject: component }) => ({ default: component })),
);

/** The actions; none for those who may only read. */
export function QuickActions({ view, onPart, onOpen }: PartProps): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const { canWrite } = useWorkspace();
  const [isSeeing, setSeeing] = useState(false);
  const [isCopying, setCopying] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const changes = useObjectChanges();
  const notices = useNotices();
  const during = async (work: Promise<void>): Promise<void> => {
    setBusy(true);
    await work;
    setBusy(false);
  };
  const setEnd = (end: unknown, change: number): Promise<ObjectView> =>
    call<ObjectView>(`${base}/objects/${encodeURIComponent(view.id)}`, {
      method: "PATCH",
      headers: { "if-match": `"${change}"` },
      body: { valid_until: end },
    });
  const expire = async (): Promise<void> => {
    try {
      const after = await setEnd(new Date().toISOString(), view.change);
      notices.done("Expired: 1 object", {
        undo: async () => {
          await setEnd(view.object?.["valid_until"] ?? null, after.change);
          await queries.invalidateQueries();
          return "It ends as it did before";
        },
      });
      await queries.invalidateQueries();
    } catch (error) {
      notices.failed("It could not be expired", error);
    }
  };
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
        <Button size="small" icon={<CopyAddRegular />} onClick={() => setCopying(true)}>
          Duplicate
        </Button>
        {has("revoked") ? (
          <Button
            size="small"
            icon={view.revoked ? <ArrowUndoRegular /> : <ProhibitedRegular />}
            disabledFocusable={isBusy}
            onClick={() => void during(changes.revoke([view], !view.revoked))}
          >
            {view.revoked ? "Take the revocation back" : "Revoke"}
          </Button>
        ) : null}
        {has("valid_until") && !isExpired ? (
          <Button
            size="small"
            icon={<ClockDismissRegular />}
            disabledFocusable={isBusy}
            onClick={() => void during(expire())}
          >
            Expire now
          </Button>
        ) : null}
      </div>
      {isCopying ? (
        <Suspense fallback={null}>
          <NewObject
            from={view}
            onClose={() => setCopying(false)}
            onMade={(id) => {
              setCopying(false);
              onOpen(id);
            }}
          />
        </Suspense>
      ) : null}
      {isSeeing ? (
        <SightingForm
          view={view}
          onClose={() => setSeeing(false)}
          onMade={() => {
            setSeeing(false);
            notices.done("The sighting is stored");
          }}
        />
      ) : null}
    </div>
  );
}
