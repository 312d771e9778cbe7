/**
 * Changes of a few objects that can be undone: tags and revocation. Each is made by a call of its own; undoing takes
 * back exactly what the call has changed, and nothing where somebody else has changed the object since.
 */
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Answer, ApiError, call } from "../api/client.ts";
import type { ObjectView, SearchPage } from "../api/types.ts";
import { type Notices, useNotices } from "../shell/notices.tsx";
import { useApiBase } from "../shell/session.tsx";

/** More objects are changed by a background task. */
export const FEW_MAX = 20;

/** What can be done. */
export interface ObjectChanges {
  readonly tag: (
    views: readonly ObjectView[],
    change: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
  ) => Promise<void>;
  readonly revoke: (views: readonly ObjectView[], isRevoked: boolean) => Promise<void>;
}

/** A change that was made. */
interface Made {
  readonly before: ObjectView;
  readonly after: ObjectView;
}

type ChangeOne = (view: ObjectView) => Promise<ObjectView>;

/** The changes, with their notices. */
export function useObjectChanges(): ObjectChanges {
  const base = useApiBase();
  const queries = useQueryClient();
  const notices = useNotices();
  return useMemo<ObjectChanges>(() => {
    const pathOf = ({ id }: ObjectView): string => `${base}/objects/${encodeURIComponent(id)}`;
    const show = (view: ObjectView): void => showEverywhere(queries, view);
    const change = (
      views: readonly ObjectView[],
      changeOne: ChangeOne,
      words: ChangeWords & { readonly undoOne: (made: Made) => Promise<ObjectView> },
    ): Promise<void> => changeAll(views, changeOne, { ...words, show, notices });
    const patch = (view: ObjectView, revoked: boolean | null, change?: number) =>
      call<ObjectView>(pathOf(view), {
        method: "PATCH",
        body: { revoked },
        ...(change === undefined ? {} : { headers: ifMatch(change) }),
      });
    return {
      tag: (views, { add = [], remove = [] }) =>
        change(
          views,
          (view) =>
            call<ObjectView>(`${pathOf(view)}/tags`, { method: "POST", body: { add, remove } }),
          {
            done:
              add.length > 0 ? `Tagged with ${add.join(", ")}` : `Took ${remove.join(", ")} off`,
            undone:
              add.length > 0 ? `${add.join(", ")} is off again` : `${remove.join(", ")} is back`,
            failed: "The tags could not be changed",
            undoOne: ({ before, after }) =>
              call<ObjectView>(`${pathOf(after)}/tags`, {
                method: "POST",
                headers: ifMatch(after.change),
                body: {
                  add: before.labels.filter((label) => !after.labels.includes(label)),
                  remove: after.labels.filter((label) => !before.labels.includes(label)),
                },
              }),
          },
        ),
      revoke: (views, isRevoked) =>
        change(views, (view) => patch(view, isRevoked), {
          done: isRevoked ? "Revoked" : "Took the revocation back",
          undone: isRevoked ? "Not revoked any more" : "Revoked again",
          failed: "That could not be done",
          // An object that did not say whether it was revoked does not say it again.
          undoOne: ({ before, after }) =>
            patch(after, (before.object?.["revoked"] as boolean | undefined) ?? null, after.change),
        }),
    };
  }, [base, queries, notices]);
}

interface ChangeWords {
  readonly done: string;
  readonly undone: string;
  readonly failed: string;
}

async function changeAll(
  views: readonly ObjectView[],
  changeOne: ChangeOne,
  {
    show,
    notices,
    undoOne,
    ...words
  }: ChangeWords & {
    readonly show: (view: ObjectView) => void;
    readonly notices: Notices;
    readonly undoOne: (made: Made) => Promise<ObjectView>;
  },
): Promise<void> {
  const made: Made[] = [];
  let kept = 0;
  let fault: unknown = null;
  for (const before of views) {
    try {
      const after = await changeOne(before);
      show(after);
      if (after.change === before.change) {
        kept += 1;
      } else {
        made.push({ before, after });
      }
    } catch (error) {
      fault = error;
    }
  }
  if (fault !== null) {
    const failed = views.length - made.length - kept;
    notices.failed(
      views.length === 1 ? words.failed : `${words.failed}: ${objectsText(failed)}`,
      fault,
    );
  }
  if (made.length > 0) {
    notices.done(`${words.done}: ${objectsText(made.length)}`, {
      undo: async () => {
        const overtaken = await undoAll(made, undoOne, show);
        return overtaken === 0
          ? `${words.undone}: ${objectsText(made.length)}`
          : `${words.undone}: ${objectsText(made.length - overtaken)}. ${objectsText(overtaken)} changed since and stayed as they are.`;
      },
    });
  } else if (kept > 0) {
    notices.done(`Nothing to change: ${objectsText(kept)} had it already`);
  }
}

/** Takes back each change; gives how many had been changed by somebody else since. */
async function undoAll(
  made: readonly Made[],
  undoOne: (made: Made) => Promise<ObjectView>,
  show: (view: ObjectView) => void,
): Promise<number> {
  let overtaken = 0;
  for (const each of made) {
    try {
      show(await undoOne(each));
    } catch (error) {
      if (!(error instanceof ApiError && error.problem.status === 412)) {
        throw error;
      }
      overtaken += 1;
    }
  }
  return overtaken;
}

function ifMatch(change: number): Readonly<Record<string, string>> {
  return { "if-match": `"${change}"` };
}

/** Such as “3 objects”. */
export function objectsText(count: number): string {
  return `${count.toLocaleString("en")} ${count === 1 ? "object" : "objects"}`;
}

/** Puts the new version where the old one is shown; rows stay where they are, and no list is fetched again. */
function showEverywhere(queries: ReturnType<typeof useQueryClient>, view: ObjectView): void {
  queries.setQueriesData<InfiniteData<SearchPage>>({ queryKey: ["objects"] }, (data) =>
    data === undefined
      ? data
      : {
          ...data,
          pages: data.pages.map((page) => ({
            ...page,
            value: page.value.map((each) =>
              each.id === view.id ? { ...view, firstIngestedAt: each.firstIngestedAt } : each,
            ),
          })),
        },
  );
  queries.setQueriesData<Answer<ObjectView>>({ queryKey: ["object"] }, (data) =>
    data?.body.id === view.id ? { body: view, etag: `"${view.change}"` } : data,
  );
  for (const name of ["facet", "count", "versions"]) {
    void queries.invalidateQueries({ queryKey: [name] });
  }
}
