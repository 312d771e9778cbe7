/** Saved views: opened, saved under a name, changed, renamed, shared and removed. */
import {
  Button,
  Menu,
  MenuDivider,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import { BookmarkRegular } from "@fluentui/react-icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { ApiError } from "../api/client.ts";
import { useNotices } from "../shell/notices.tsx";
import { useApiBase, useWorkspace } from "../shell/session.tsx";
import {
  removeOwn,
  removeShared,
  type SavedView,
  storeOwn,
  storeShared,
  useOwnViews,
  useSharedViews,
} from "./saved-views.ts";
import { isSameSearch, type SearchState, type ViewSearch, viewSearchOf } from "./search-state.ts";
import type { ViewName } from "./view-dialog.tsx";

const ViewDialog = lazy(() =>
  import("./view-dialog.tsx").then(({ ViewDialog: component }) => ({ default: component })),
);

/** The menu. */
export function ViewsMenu({
  state,
  onOpen,
}: {
  readonly state: SearchState;
  readonly onOpen: (search: ViewSearch, name: string) => void;
}): ReactNode {
  const { canWrite } = useWorkspace();
  const { shared, own, all, search, current, isChanged } = useViews(state);
  const [asked, setAsked] = useState<"save" | "rename" | null>(null);
  const change = useViewChanges(onOpen);
  const onName = (name: ViewName): void => {
    setAsked(null);
    change.mutate(namedChange(asked, name, current, search));
  };
  return (
    <>
      <Menu inline>
        <MenuTrigger disableButtonEnhancement>
          <Button icon={<BookmarkRegular />} className="facetButton">
            <span className="text">{labelOf(current, isChanged)}</span>
          </Button>
        </MenuTrigger>
        <MenuPopover>
          <MenuList className="viewList">
            <ViewGroup title="Everybody in this workspace" views={shared} onOpen={onOpen} />
            <ViewGroup title="Only this browser" views={own} onOpen={onOpen} />
            {all.length > 0 ? <MenuDivider /> : null}
            <MenuItem onClick={() => setAsked("save")}>Save as a view…</MenuItem>
            {mayChange(current, canWrite) ? (
              <CurrentView
                current={current}
                search={isChanged ? search : null}
                onRename={() => setAsked("rename")}
                onChange={change.mutate}
              />
            ) : null}
          </MenuList>
        </MenuPopover>
      </Menu>
      {asked === null ? null : (
        <Suspense fallback={null}>
          <ViewDialog
            title={asked === "save" ? "Save as a view" : "Rename the view"}
            name={asked === "save" ? "" : (state.view ?? "")}
            mayShare={canWrite && asked === "save"}
            taken={all.map(({ name }) => name)}
            onClose={() => setAsked(null)}
            onName={onName}
          />
        </Suspense>
      )}
    </>
  );
}

/** Views of this browser are one's own. */
function mayChange(current: SavedView | undefined, canWrite: boolean): current is SavedView {
  return current !== undefined && (current.etag === null || canWrite);
}

function labelOf(current: SavedView | undefined, isChanged: boolean): string {
  return current === undefined ? "Views" : `View: ${current.name}${isChanged ? " *" : ""}`;
}

function useViews(state: SearchState): {
  readonly shared: readonly SavedView[];
  readonly own: readonly SavedView[];
  readonly all: readonly SavedView[];
  readonly search: ViewSearch;
  /** The view that is open; undefined when none is, or it was removed. */
  readonly current: SavedView | undefined;
  /** What is asked now differs from it. */
  readonly isChanged: boolean;
} {
  const { data: shared = [] } = useSharedViews();
  const own = useOwnViews();
  const all = [...shared, ...own];
  const search = viewSearchOf(state);
  const current = all.find(({ name }) => name === state.view);
  const isChanged = current !== undefined && !isSameSearch(current.search, search);
  return { shared, own, all, search, current, isChanged };
}

function ViewGroup({
  title,
  views,
  onOpen,
}: {
  readonly title: string;
  readonly views: readonly SavedView[];
  readonly onOpen: (search: ViewSearch, name: string) => void;
}): ReactNode {
  if (views.length === 0) {
    return null;
  }
  return (
    <MenuGroup>
      <MenuGroupHeader>{title}</MenuGroupHeader>
      {views.map(({ name, search }) => (
        <MenuItem key={name} onClick={() => onOpen(search, name)}>
          {name}
        </MenuItem>
      ))}
    </MenuGroup>
  );
}

/** What can be done to the view that is open. */
function CurrentView({
  current,
  search,
  onRename,
  onChange,
}: {
  readonly current: SavedView;
  /** What it is changed to; null while nothing has been changed. */
  readonly search: ViewSearch | null;
  readonly onRename: () => void;
  readonly onChange: (change: ViewChange) => void;
}): ReactNode {
  const { canWrite } = useWorkspace();
  const { name, etag } = current;
  const update = (): void => {
    if (search !== null) {
      const view = { name, search };
      onChange({ kind: "save", view, isShared: etag !== null, before: current });
    }
  };
  return (
    <>
      <MenuItem disabled={search === null} onClick={update}>
        Update “{name}”
      </MenuItem>
      <MenuItem onClick={onRename}>Rename “{name}”…</MenuItem>
      {etag === null && canWrite ? (
        <MenuItem onClick={() => onChange({ kind: "share", before: current })}>
          Share “{name}” with everybody here
        </MenuItem>
      ) : null}
      <MenuItem onClick={() => onChange({ kind: "remove", before: current })}>
        Delete “{name}”
      </MenuItem>
    </>
  );
}

type ViewChange =
  | {
      readonly kind: "save";
      readonly view: Pick<SavedView, "name" | "search">;
      readonly isShared: boolean;
      readonly before: SavedView | undefined;
    }
  | { readonly kind: "rename"; readonly before: SavedView; readonly name: string }
  | { readonly kind: "share"; readonly before: SavedView }
  | { readonly kind: "remove"; readonly before: SavedView };

/** What a name was asked for: a new view of what is asked now, or another name of the one that is open. */
function namedChange(
  asked: "save" | "rename" | null,
  { name, isShared }: ViewName,
  current: SavedView | undefined,
  search: ViewSearch,
): ViewChange {
  return asked === "rename" && current !== undefined
    ? { kind: "rename", before: current, name }
    : { kind: "save", view: { name, search }, isShared, before: undefined };
}

function useViewChanges(onOpen: (search: ViewSearch, name: string) => void): {
  readonly mutate: (change: ViewChange) => void;
} {
  const base = useApiBase();
  const { workspaceId } = useWorkspace();
  const queries = useQueryClient();
  const notices = useNotices();
  const parts = { base, workspaceId };
  return useMutation({
    mutationFn: (change: ViewChange) => CHANGES[change.kind](change as never, parts),
    onSuccess: async (said, change) => {
      await queries.invalidateQueries({ queryKey: ["views"] });
      if (change.kind === "save") {
        onOpen(change.view.search, change.view.name);
      } else if (change.kind === "rename") {
        onOpen(change.before.search, change.name);
      }
      const gone = change.kind === "remove" ? change.before : undefined;
      const undo = async (): Promise<string> => {
        if (gone !== undefined) {
          await put(parts, gone, gone.etag !== null, 0);
          await queries.invalidateQueries({ queryKey: ["views"] });
        }
        return `The view “${gone?.name}” is back`;
      };
      notices.done(said, gone === undefined ? {} : { undo });
    },
    onError: (error) => {
      const isOvertaken = error instanceof ApiError && error.problem.status === 412;
      notices.failed(
        isOvertaken
          ? "Somebody else has saved or changed a view of this name"
          : "The view could not be changed",
        error,
      );
      void queries.invalidateQueries({ queryKey: ["views"] });
    },
  });
}

interface ViewParts {
  readonly base: string;
  readonly workspaceId: string;
}

async function put(
  { base, workspaceId }: ViewParts,
  view: Pick<SavedView, "name" | "search">,
  isShared: boolean,
  ifEtag: number,
): Promise<void> {
  if (isShared) {
    await storeShared(base, view, ifEtag);
  } else {
    storeOwn(workspaceId, view);
  }
}

async function remove({ base, workspaceId }: ViewParts, view: SavedView): Promise<void> {
  if (view.etag === null) {
    removeOwn(workspaceId, view.name);
  } else {
    await removeShared(base, view);
  }
}

/** What each change does; they give what is said afterwards. */
const CHANGES: {
  readonly [Kind in ViewChange["kind"]]: (
    change: Extract<ViewChange, { readonly kind: Kind }>,
    parts: ViewParts,
  ) => Promise<string>;
} = {
  async save({ view, isShared, before }, parts) {
    await put(parts, view, isShared, before?.etag ?? 0);
    return before === undefined
      ? `Saved as “${view.name}”${isShared ? " for everybody here" : " in this browser"}`
      : `Updated “${view.name}”`;
  },
  async rename({ before, name }, parts) {
    // First the new one: should the second call fail, there are two rather than none.
    await put(parts, { name, search: before.search }, before.etag !== null, 0);
    await remove(parts, before);
    return `“${before.name}” is “${name}” now`;
  },
  async share({ before }, parts) {
    await put(parts, before, true, 0);
    removeOwn(parts.workspaceId, before.name);
    return `Everybody in this workspace sees “${before.name}” now`;
  },
  async remove({ before }, parts) {
    await remove(parts, before);
    return `Deleted the view “${before.name}”`;
  },
};
