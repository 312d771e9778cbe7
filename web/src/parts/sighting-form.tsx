/** Says that something was seen: how often, when, and where. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
} from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useMemo, useRef, useState } from "react";
import { call } from "../api/client.ts";
import type { ObjectView } from "../api/types.ts";
import { objectOf, type Values } from "../forms/model.ts";
import { focusFirstFault, ObjectForm, useJudgement } from "../forms/object-form.tsx";
import { useApiBase } from "../shell/session.tsx";
import { Refusal } from "./panel.tsx";
import { newUuid } from "./uuid.ts";

/** What is asked; the rest can be said by editing the sighting. */
const ASKED: readonly string[] = [
  "count",
  "first_seen",
  "last_seen",
  "where_sighted_refs",
  "description",
  "confidence",
];

/** The dialog. */
export function SightingForm({
  view,
  onClose,
  onMade,
}: {
  readonly view: ObjectView;
  readonly onClose: () => void;
  readonly onMade: () => void;
}): ReactNode {
  const base = useApiBase();
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const [uuid] = useState(newUuid);
  const [values, setValues] = useState<Values>(() => startOf(view));
  const [isTried, setTried] = useState(false);
  const object = useMemo(() => objectOf("sighting", values, uuid), [values, uuid]);
  const { findings, hasErrors } = useJudgement(object, true);
  const make = useMutation({
    mutationFn: () => call<ObjectView>(`${base}/objects`, { method: "POST", body: object }),
    onSuccess: async () => {
      onMade();
      await queries.invalidateQueries();
    },
  });
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (hasErrors) {
      requestAnimationFrame(() => focusFirstFault(form.current, findings));
    } else if (!make.isPending) {
      make.mutate();
    }
  };
  return (
    <Dialog open onOpenChange={(_event, data) => !data.open && onClose()}>
      <DialogSurface>
        <form ref={form} onSubmit={onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>Seen: {view.title}</DialogTitle>
            <DialogContent>
              <ObjectForm
                type="sighting"
                values={values}
                onValues={setValues}
                findings={findings}
                isTried={isTried}
                allowed={ASKED}
              />
              <Refusal error={make.error} />
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>Close</Button>
              <Button type="submit" appearance="primary" disabledFocusable={make.isPending}>
                Store the sighting
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

function startOf(view: ObjectView): Values {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  return { sighting_of_ref: view.stixId, count: 1, first_seen: now, last_seen: now };
}
