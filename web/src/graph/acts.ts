/** What can be done in the graph; each is a change of the address. */
import {
  type Change,
  EXPANDED_MAX,
  type GraphState,
  hasMorePages,
  joined,
  listOf,
  shortId,
  toggled,
  withPage,
} from "./address.ts";
import type { DrawnEdge, DrawnNode, Picture } from "./model.ts";
import { besideNode } from "./walks.ts";

/** The ways to change what is shown. */
export interface Acts {
  readonly move: (id: string | null) => void;
  /** A group shows its members, an object what it is related to. */
  readonly expand: (id: string) => void;
  readonly collapse: (id: string) => void;
  /** The details of an object or of a relationship; a group is expanded. */
  readonly open: (id: string) => void;
  /** What is selected, or the one. */
  readonly hide: (id: string | null) => void;
  readonly hideOthers: () => void;
  readonly path: (id: string | null) => void;
  readonly pick: (ids: readonly string[], isAdded: boolean) => void;
  /** Selects what is beside a node, and the node. */
  readonly pickBeside: (id: string | null) => void;
  readonly toggleType: (type: string) => void;
  readonly toggleRelation: (relation: string) => void;
}

interface ActParts {
  readonly picture: Picture;
  readonly state: GraphState;
  readonly set: (change: Change) => void;
  readonly picked: ReadonlySet<string>;
}

/** The acts for a picture. */
export function actsOf(parts: ActParts): Acts {
  const { picture, state, set } = parts;
  const node = (id: string | null): DrawnNode | undefined =>
    picture.nodes.find((each) => each.id === id);
  const expand = (id: string): void => set(expansionOf(node(id), state));
  return {
    ...selectionActs(parts),
    expand,
    move: (id) => set({ at: id ?? undefined }),
    collapse(id) {
      const found = node(id);
      const own = found?.view?.id ?? "";
      const wasExpanded = listOf(state.expanded).includes(own);
      set(
        wasExpanded
          ? { expanded: toggled(state.expanded, own), at: id }
          : { collapsed: toggled(state.collapsed, shortId(id)), at: id },
      );
    },
    open(id) {
      const view = node(id)?.view;
      const edge = picture.edges.find((each) => each.id === id);
      const own = view?.id ?? edge?.objectId ?? null;
      if (own !== null) {
        set({ open: own, at: id });
      } else if (edge === undefined) {
        expand(id);
      }
    },
    path(id) {
      if (id === null || node(id)?.group !== null) {
        return;
      }
      const isNew = state.from === undefined || state.to !== undefined;
      set(isNew ? { from: id, to: undefined } : { to: id });
    },
    toggleType: (type) => set({ hide: toggled(state.hide, type) }),
    toggleRelation: (relation) => set({ without: toggled(state.without, relation) }),
  };
}

function expansionOf(node: DrawnNode | undefined, state: GraphState): Change {
  if (node === undefined) {
    return {};
  }
  const { id, group, members, view } = node;
  if (group !== null && members === "known") {
    return { groups: joined([...listOf(state.groups), group]), at: undefined };
  }
  if (group !== null) {
    return hasMorePages(state, group)
      ? { pages: withPage(state, group), groups: joined([...listOf(state.groups), group]) }
      : {};
  }
  const collapsed = listOf(state.collapsed).filter((each) => each !== shortId(id));
  const expanded = view === null ? [] : [...listOf(state.expanded), view.id];
  return {
    ...(view === null ? {} : { expanded: joined([...new Set(expanded)].slice(-EXPANDED_MAX)) }),
    collapsed: joined(collapsed),
    at: id,
  };
}

function selectionActs({
  picture,
  state,
  set,
  picked,
}: ActParts): Pick<Acts, "hide" | "hideOthers" | "pick" | "pickBeside"> {
  const single = ({ isStart, group }: DrawnNode): boolean => !isStart && group === null;
  const putAway = (nodes: readonly DrawnNode[], at: string | undefined): void =>
    set({
      away: joined([...listOf(state.away), ...nodes.map(({ id }) => shortId(id))]),
      pick: undefined,
      at,
    });
  const pick = (ids: readonly string[], isAdded: boolean): void => {
    const short = ids.map(shortId);
    set({
      pick: !isAdded
        ? joined(short)
        : short.length === 1
          ? toggled(state.pick, short[0] ?? "")
          : joined([...listOf(state.pick), ...short]),
    });
  };
  return {
    pick,
    pickBeside(id) {
      if (id !== null) {
        pick([id, ...besideNode(picture.edges, id)], false);
      }
    },
    hide(id) {
      const chosen = picture.nodes.filter((node) => picked.has(node.id));
      const nodes =
        id !== null && !picked.has(id) ? picture.nodes.filter((each) => each.id === id) : chosen;
      const gone = nodes.filter(single);
      if (gone.length > 0) {
        const before = picture.nodes.findIndex((each) => each.id === gone[0]?.id) - 1;
        putAway(gone, picture.nodes[before]?.id);
      }
    },
    hideOthers: () =>
      putAway(
        picture.nodes.filter((node) => single(node) && !picked.has(node.id)),
        undefined,
      ),
  };
}

/** Whether an object can be taken together again. */
export function canCollapse({ edges }: Picture, { id, group, folded }: DrawnNode): boolean {
  return (
    group === null &&
    folded === 0 &&
    edges.some(({ source, target }) => source === id || target === id)
  );
}

/** Whether a relation has an object of its own. */
export function canOpen({ objectId }: DrawnEdge): boolean {
  return objectId !== null;
}
