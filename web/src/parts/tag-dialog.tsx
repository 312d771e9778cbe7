/** Adds and removes tags of what is chosen, with the tags that are in use as suggestions. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
} from "@fluentui/react-components";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useDeferredValue, useId, useState } from "react";
import { call } from "../api/client.ts";
import type { FacetValue } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";
import { type BulkTarget, useTargetChanges } from "./bulk.tsx";
import { objectsText } from "./object-changes.ts";

const SUGGESTIONS_MAX = 20;
const TAG_LENGTH_MAX = 256;
const TAGS_SHOWN_MAX = 30;

/** The dialog. */
export function TagDialog({
  target,
  onClose,
}: {
  readonly target: BulkTarget;
  readonly onClose: () => void;
}): ReactNode {
  const { chosen, isAll } = target;
  const { tag } = useTargetChanges(target);
  const [typed, setTyped] = useState("");
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const listId = useId();
  const suggestions = useTagSuggestions(typed);
  const present = isAll ? [] : tagsOf(chosen.map(({ labels }) => labels));
  const name = typed.trim();
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    if (name !== "" || gone.size > 0) {
      tag({ add: name === "" ? [] : [name], remove: [...gone] });
      onClose();
    }
  };
  const what = isAll ? "all that match" : objectsText(chosen.length);
  return (
    <Dialog open onOpenChange={(_event, data) => !data.open && onClose()}>
      <DialogSurface>
        <form onSubmit={onSubmit}>
          <DialogBody>
            <DialogTitle>Tags of {what}</DialogTitle>
            <DialogContent className="tagDialog">
              <Field label="Tag to add">
                <Input
                  value={typed}
                  maxLength={TAG_LENGTH_MAX}
                  list={listId}
                  autoComplete="off"
                  onChange={(_event, data) => setTyped(data.value)}
                />
              </Field>
              <datalist id={listId}>
                {suggestions.map((each) => (
                  <option key={each} value={each} />
                ))}
              </datalist>
              {present.length === 0 ? null : (
                <fieldset className="tagsGone">
                  <legend>Tags to remove</legend>
                  {present.map((each) => (
                    <label key={each}>
                      <input
                        type="checkbox"
                        checked={gone.has(each)}
                        onChange={() => setGone((before) => toggled(before, each))}
                      />
                      {each}
                    </label>
                  ))}
                </fieldset>
              )}
              {isAll ? (
                <Button
                  disabled={name === ""}
                  onClick={() => {
                    tag({ remove: [name] });
                    onClose();
                  }}
                >
                  Remove this tag instead
                </Button>
              ) : null}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>Cancel</Button>
              <Button type="submit" appearance="primary" disabled={name === "" && gone.size === 0}>
                {gone.size === 0 ? "Add tag" : "Change tags"}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  );
}

function toggled(tags: ReadonlySet<string>, tag: string): ReadonlySet<string> {
  const next = new Set(tags);
  if (!next.delete(tag)) {
    next.add(tag);
  }
  return next;
}

function useTagSuggestions(typed: string): readonly string[] {
  const base = useApiBase();
  const prefix = useDeferredValue(typed.trim());
  const { data = [] } = useQuery({
    queryKey: ["facet", base, "label", prefix, SUGGESTIONS_MAX],
    queryFn: ({ signal }) =>
      call<readonly FacetValue[]>(
        `${base}/facets/label?limit=${SUGGESTIONS_MAX}${prefix === "" ? "" : `&prefix=${encodeURIComponent(prefix)}`}`,
        { signal },
      ),
    placeholderData: keepPreviousData,
  });
  return data.flatMap(({ value }) => (value === null ? [] : [value]));
}

/** Each tag once, the most frequent first. */
function tagsOf(lists: readonly (readonly string[])[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const tag of lists.flat()) {
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, TAGS_SHOWN_MAX)
    .map(([tag]) => tag);
}
