/** What is done to several objects at once: to those that are chosen, or to all that match. */
import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import { DismissRegular, TagRegular } from "@fluentui/react-icons";
import { lazy, type ReactNode, Suspense, useState } from "react";
import type { Condition, ObjectView } from "../api/types.ts";
import { useNotices } from "../shell/notices.tsx";
import { useWorkspace } from "../shell/session.tsx";
import { CopyObjects } from "./copy-objects.tsx";
import { FEW_MAX, objectsText, useObjectChanges } from "./object-changes.ts";
import { targetText } from "./task-text.ts";
import { CHOSEN_MAX, conditionOfChosen, useBulk } from "./use-bulk.ts";

const ConfirmDialog = lazy(() =>
  import("./confirm-dialog.tsx").then(({ ConfirmDialog: component }) => ({ default: component })),
);

/** What something is done to. */
export interface BulkTarget {
  readonly chosen: readonly ObjectView[];
  /** All that match, rather than those that are chosen. */
  readonly isAll: boolean;
  /** What all that match have to match. */
  readonly condition: Condition | undefined;
}

const EXTENSIONS_DAYS = [7, 30, 90] as const;

/** The bar above the list; it is there while something is chosen. */
export function BulkBar({
  target,
  onAll,
  onNone,
  onTag,
}: {
  readonly target: BulkTarget;
  readonly onAll: (isAll: boolean) => void;
  readonly onNone: () => void;
  readonly onTag: () => void;
}): ReactNode {
  const { canWrite, canTag } = useWorkspace();
  const { chosen, isAll } = target;
  const [isDeleting, setDeleting] = useState(false);
  const { order, revoke } = useTargetChanges(target);
  if (!isAll && chosen.length === 0) {
    return null;
  }
  return (
    <section className="bulk" aria-label="What is chosen">
      <span role="status">
        {isAll ? "All that match are chosen" : `${chosen.length.toLocaleString("en")} chosen`}
      </span>
      {canWrite ? (
        <Button size="small" onClick={() => onAll(!isAll)}>
          {isAll ? "Only those I chose" : "Choose all that match"}
        </Button>
      ) : null}
      {canTag && (canWrite || !isAll) ? (
        <Button size="small" icon={<TagRegular />} onClick={onTag}>
          Tag… (t)
        </Button>
      ) : null}
      {canWrite ? (
        <Menu>
          <MenuTrigger disableButtonEnhancement>
            <Button size="small">More…</Button>
          </MenuTrigger>
          <MenuPopover>
            <MenuList>
              <MenuItem onClick={() => revoke(true)}>Revoke</MenuItem>
              <MenuItem onClick={() => revoke(false)}>Take the revocation back</MenuItem>
              {EXTENSIONS_DAYS.map((days) => (
                <MenuItem
                  key={days}
                  onClick={() => order({ actions: [{ kind: "extendValidUntil", days }] })}
                >
                  Extend validity by {days} days
                </MenuItem>
              ))}
              <MenuItem onClick={() => setDeleting(true)}>Delete…</MenuItem>
            </MenuList>
          </MenuPopover>
        </Menu>
      ) : null}
      {isAll ? null : <CopyObjects views={chosen} />}
      <Button
        size="small"
        appearance="subtle"
        icon={<DismissRegular />}
        aria-label="Choose none (Esc)"
        onClick={onNone}
      />
      <Suspense fallback={null}>
        {isDeleting ? (
          <ConfirmDialog
            {...deletionWords(target)}
            action="Delete"
            onClose={() => setDeleting(false)}
            onConfirm={() => {
              setDeleting(false);
              order({ delete: true });
              onNone();
            }}
          />
        ) : null}
      </Suspense>
    </section>
  );
}

function deletionWords({ chosen, isAll, condition }: BulkTarget): { title: string; text: string } {
  const which = targetText(condition === undefined ? {} : { condition });
  return {
    title: isAll ? "Delete all that match?" : `Delete ${objectsText(chosen.length)}?`,
    text: `${isAll ? `It is about: ${which}. ` : ""}They are gone everywhere at once: from searches, queries and what clients ask for. This cannot be undone; their history stays for a while.`,
  };
}

/** Changes of a target: a few objects at once and with a way back, many by a task. */
export function useTargetChanges({ chosen, isAll, condition }: BulkTarget): {
  readonly order: (what: Parameters<ReturnType<typeof useBulk>>[0]) => void;
  readonly revoke: (isRevoked: boolean) => void;
  readonly tag: (change: {
    readonly add?: readonly string[];
    readonly remove?: readonly string[];
  }) => void;
} {
  const bulk = useBulk();
  const changes = useObjectChanges();
  const notices = useNotices();
  const isFew = !isAll && chosen.length <= FEW_MAX;
  const order: ReturnType<typeof useTargetChanges>["order"] = (what) => {
    if (!isAll && chosen.length > CHOSEN_MAX) {
      notices.failed(
        "So many can't be chosen one by one",
        `Choose at most ${CHOSEN_MAX.toLocaleString("en")}, or narrow the list and choose all that match.`,
      );
      return;
    }
    const part = isAll ? condition : conditionOfChosen(chosen);
    void bulk({ ...what, ...(part === undefined ? {} : { condition: part }) });
  };
  return {
    order,
    revoke: (value) =>
      isFew
        ? void changes.revoke(chosen, value)
        : order({ actions: [{ kind: "setRevoked", value }] }),
    tag({ add = [], remove = [] }) {
      if (isFew) {
        void changes.tag(chosen, { add, remove });
        return;
      }
      order({
        actions: [
          ...(add.length > 0 ? [{ kind: "addLabels", labels: add } as const] : []),
          ...(remove.length > 0 ? [{ kind: "removeLabels", labels: remove } as const] : []),
        ],
      });
    },
  };
}
