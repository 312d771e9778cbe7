/** Changes an object: what may be changed by whose it is. What two people change at once is brought together. */
import { Button, MessageBar, MessageBarBody } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { ApiError, call } from "../api/client.ts";
import type { ObjectView } from "../api/types.ts";
import { Conflict } from "../forms/conflict.tsx";
import { clashesOf, patchBetween } from "../forms/merge.ts";
import { editableValues, type Values } from "../forms/model.ts";
import { focusFirstFault, ObjectForm, Preview, useJudgement } from "../forms/object-form.tsx";
import { useNotices } from "../shell/notices.tsx";
import { useApiBase } from "../shell/session.tsx";
import { ConfirmButton } from "./confirm-button.tsx";
import { Refusal } from "./panel.tsx";

/** What may be changed of an object that a source has sent. @see Sentinel, "Edit threat intelligence" */
const SOURCED_EDITABLE: readonly string[] = ["labels", "confidence", "valid_until", "revoked"];

/** The version that is being changed, and what it is to become. */
interface Draft {
  readonly base: ObjectView;
  readonly values: Values;
}

function draftOf(view: ObjectView): Draft {
  return { base: view, values: valuesOf(view) };
}

function valuesOf(view: ObjectView): Values {
  return editableValues(
    view.object ?? {},
    view.provenance === "sourced" ? SOURCED_EDITABLE : undefined,
  );
}

/** The form. @param view the newest version that is known; the form keeps the one it began with */
export function EditForm({
  view,
  onDone,
}: {
  readonly view: ObjectView;
  readonly onDone: () => void;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const notices = useNotices();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(() => draftOf(view));
  const [newest, setNewest] = useState<ObjectView | null>(null);
  const [isTried, setTried] = useState(false);
  const path = `${base}/objects/${encodeURIComponent(view.id)}`;
  const before = useMemo(() => valuesOf(draft.base), [draft.base]);
  const patch = useMemo(() => patchBetween(before, draft.values), [before, draft.values]);
  const object = useMemo(() => patchedObject(draft.base, patch), [draft.base, patch]);
  const { findings, hasErrors } = useJudgement(object, false);
  const save = useMutation({
    mutationFn: () =>
      call(path, {
        method: "PATCH",
        headers: { "if-match": `"${draft.base.change}"` },
        body: patch,
      }),
    onSuccess: async () => {
      notices.done("Saved as a new version");
      onDone();
      await queries.invalidateQueries();
    },
    onError: async (error) => {
      if (error instanceof ApiError && error.problem.status === 412) {
        setNewest(await call<ObjectView>(path));
      }
    },
  });
  const theirs = newerOf(draft.base, newest, view);
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (hasErrors) {
      requestAnimationFrame(() => focusFirstFault(form.current, findings));
    } else if (Object.keys(patch).length === 0) {
      onDone();
    } else if (!save.isPending) {
      save.mutate();
    }
  };
  if (theirs !== undefined) {
    const stored = valuesOf(theirs);
    return (
      <Conflict
        key={theirs.change}
        clashes={clashesOf(before, stored, draft.values)}
        theirs={stored}
        onMerged={(values) => {
          save.reset();
          setDraft({ base: theirs, values });
        }}
      />
    );
  }
  return (
    <form ref={form} className="form" onSubmit={onSubmit} noValidate>
      <Ownership view={view} />
      <ObjectForm
        key={draft.base.change}
        type={view.type}
        values={draft.values}
        onValues={(change) => setDraft((old) => ({ ...old, values: change(old.values) }))}
        findings={findings}
        isTried={isTried}
        {...(view.provenance === "sourced" ? { allowed: SOURCED_EDITABLE } : {})}
      />
      <Refusal error={save.error} />
      <div className="inline formActionsBelow">
        <Button type="submit" appearance="primary" disabledFocusable={save.isPending}>
          Save
        </Button>
        <Button onClick={onDone}>Cancel</Button>
        <span className="grow" />
        <Remove view={view} path={path} />
      </div>
      {Object.keys(patch).length === 0 ? null : (
        <Preview object={object} note="Saving makes a new version; the earlier ones stay." />
      )}
    </form>
  );
}

function Ownership({ view }: { readonly view: ObjectView }): ReactNode {
  return view.provenance === "own" ? null : (
    <MessageBar layout="multiline">
      <MessageBarBody>
        It belongs to {view.source}, so tags, confidence, the end of its validity and revocation can
        be changed here. What {view.source} sends next comes on top. To say more about it, relate it
        to a note of your own.
      </MessageBarBody>
    </MessageBar>
  );
}

function Remove({ view, path }: { readonly view: ObjectView; readonly path: string }): ReactNode {
  const queries = useQueryClient();
  const notices = useNotices();
  const remove = useMutation({
    mutationFn: () => call(path, { method: "DELETE", headers: { "if-match": `"${view.change}"` } }),
    onSuccess: async () => {
      notices.done(`Deleted ${view.title}`);
      await queries.invalidateQueries();
    },
  });
  return (
    <>
      <Refusal error={remove.error} />
      <ConfirmButton
        label={`Delete ${view.title}`}
        question="Its history stays for a while. Delete it?"
        disabled={remove.isPending}
        onConfirm={() => remove.mutate()}
      />
    </>
  );
}

/** A version that is newer than the one the form began with. */
function newerOf(
  base: ObjectView,
  ...others: readonly (ObjectView | null)[]
): ObjectView | undefined {
  return others
    .filter((each): each is ObjectView => each !== null && each.change > base.change)
    .toSorted((one, other) => other.change - one.change)[0];
}

function patchedObject({ object }: ObjectView, patch: Values): Values {
  const entries = Object.entries({ ...object, ...patch }).filter(([, value]) => value !== null);
  return Object.fromEntries(entries);
}
