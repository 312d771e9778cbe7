/**
 * Makes an object of one's own: a form for each type that the standard defines, made from its tables, checked while
 * typing by the very code that checks uploads.
 */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
} from "@fluentui/react-components";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { OBJECT_TYPES, typeHelp } from "../../../src/stix/index.ts";
import { call } from "../api/client.ts";
import type { ObjectView } from "../api/types.ts";
import {
  copiedValues,
  keptValues,
  objectOf,
  startValues,
  typeGroups,
  type Values,
  valuesFor,
} from "../forms/model.ts";
import { focusFirstFault, ObjectForm, Preview, useJudgement } from "../forms/object-form.tsx";
import { useApiBase } from "../shell/session.tsx";
import { Refusal } from "./panel.tsx";
import { newUuid } from "./uuid.ts";

/** The types that are there before the server has answered. */
const TYPE_FIRST = "indicator";

/** The dialog. */
export function NewObject({
  from,
  onClose,
  onMade,
}: {
  /** An object to begin with a copy of. */
  readonly from?: ObjectView;
  readonly onClose: () => void;
  readonly onMade: (id: string) => void;
}): ReactNode {
  const [leaving, setLeaving] = useState(false);
  const isChanged = useRef(false);
  const leave = (): void => (isChanged.current ? setLeaving(true) : onClose());
  return (
    <Dialog open onOpenChange={(_event, data) => !data.open && leave()}>
      <DialogSurface className="wideDialog">
        {leaving ? (
          <MessageBar intent="warning" className="leaving">
            <MessageBarBody>What you have filled in is not stored yet.</MessageBarBody>
            <MessageBarActions>
              <Button size="small" onClick={onClose}>
                Throw it away
              </Button>
              <Button size="small" appearance="primary" onClick={() => setLeaving(false)} autoFocus>
                Go on
              </Button>
            </MessageBarActions>
          </MessageBar>
        ) : null}
        <NewObjectForm
          start={
            from === undefined
              ? draftOf(TYPE_FIRST, {})
              : draftOf(from.type, copiedValues(from.object ?? {}))
          }
          onClose={leave}
          onMade={onMade}
          onChanged={(changed) => {
            isChanged.current = changed;
          }}
        />
      </DialogSurface>
    </Dialog>
  );
}

interface Draft {
  readonly type: string;
  readonly values: Values;
  /** Of the object that is being made; the next one has another. */
  readonly uuid: string;
}

function draftOf(type: string, values: Values): Draft {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  return { type, values: { ...startValues(type, now), ...values }, uuid: newUuid() };
}

function NewObjectForm({
  start,
  onClose,
  onMade,
  onChanged,
}: {
  readonly start: Draft;
  readonly onClose: () => void;
  readonly onMade: (id: string) => void;
  readonly onChanged: (changed: boolean) => void;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(start);
  const [isTried, setTried] = useState(false);
  const { type, values, uuid } = draft;
  const object = useMemo(() => objectOf(type, values, uuid), [type, values, uuid]);
  const { findings, hasErrors } = useJudgement(object, true);
  const make = useMutation({
    mutationFn: (_again: boolean) =>
      call<ObjectView>(`${base}/objects`, { method: "POST", body: object }),
    onSuccess: async (view, again) => {
      onChanged(false);
      setTried(false);
      if (!again) {
        onMade(view.id);
      } else {
        setDraft(draftOf(type, keptValues(values)));
        form.current?.querySelector<HTMLElement>("[data-path] :is(input, textarea)")?.focus();
      }
      await queries.invalidateQueries();
    },
  });
  const save = (again: boolean): void => {
    setTried(true);
    if (hasErrors) {
      requestAnimationFrame(() => focusFirstFault(form.current, findings));
    } else if (!make.isPending) {
      make.mutate(again);
    }
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    save(false);
  };
  return (
    <form ref={form} onSubmit={onSubmit} noValidate>
      <DialogBody>
        <DialogTitle>New object</DialogTitle>
        <DialogContent className="makeForm">
          <div className="stack">
            <TypeField
              type={type}
              onType={(next) => {
                setTried(false);
                setDraft(draftOf(next, valuesFor(next, values)));
              }}
            />
            <ObjectForm
              key={`${type} ${uuid}`}
              type={type}
              values={values}
              onValues={(change) => {
                onChanged(true);
                setDraft((old) => ({ ...old, values: change(old.values) }));
              }}
              findings={findings}
              isTried={isTried}
            />
          </div>
          <Preview object={object} note={noteFor(type)} />
        </DialogContent>
        <DialogActions fluid className="formActions">
          <div className="formStatus">
            <Refusal error={make.error} />
            {make.data !== undefined && make.variables === true ? (
              <span role="status">Added {make.data.title}. Now the next one.</span>
            ) : null}
          </div>
          <Button onClick={onClose}>Close</Button>
          <Button onClick={() => save(true)} disabledFocusable={make.isPending}>
            Add and duplicate
          </Button>
          <Button type="submit" appearance="primary" disabledFocusable={make.isPending}>
            Add
          </Button>
        </DialogActions>
      </DialogBody>
    </form>
  );
}

function noteFor(type: string): string {
  return OBJECT_TYPES.get(type)?.category === "sco"
    ? "The id is made from its values: the same observable is stored once."
    : "The server adds the times at which it was made.";
}

function TypeField({
  type,
  onType,
}: {
  readonly type: string;
  readonly onType: (type: string) => void;
}): ReactNode {
  const base = useApiBase();
  const { data: makeable = [TYPE_FIRST] } = useQuery({
    queryKey: ["object-types", base],
    queryFn: ({ signal }) => call<readonly string[]>(`${base}/object-types`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Field label="Type" hint={typeHelp(type)}>
      {(inner) => (
        <select
          {...inner}
          className="picker wideInput"
          value={type}
          onChange={(event) => onType(event.target.value)}
        >
          {typeGroups(makeable).map(([label, types]) => (
            <optgroup key={label} label={label}>
              {types.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </optgroup>
          ))}
        </select>
      )}
    </Field>
  );
}
