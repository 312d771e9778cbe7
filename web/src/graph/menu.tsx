/** What can be done with a node, a relation or the ground: by right click, Shift+F10 or the menu key. */
import { Menu, MenuDivider, MenuItem, MenuList, MenuPopover } from "@fluentui/react-components";
import { Fragment, type ReactNode } from "react";
import { type Acts, canCollapse, canOpen } from "./acts.ts";
import type { ScreenPoint } from "./canvas.tsx";
import type { Picture } from "./model.ts";

/** Where a menu was asked for, and of what; null is the ground. */
export interface MenuPlace {
  readonly id: string | null;
  readonly at: ScreenPoint;
}

export interface GraphMenuProps {
  readonly place: MenuPlace;
  readonly picture: Picture;
  readonly picked: ReadonlySet<string>;
  readonly isPathBegun: boolean;
  readonly acts: Acts;
  /** A graph that begins with another object. */
  readonly onBegin: (id: string) => void;
  readonly onFit: () => void;
  readonly onArrange: () => void;
  readonly onClose: () => void;
}

type Item = readonly [label: string, key: string, run: () => void];

/** The menu. */
export function GraphMenu(props: GraphMenuProps): ReactNode {
  const { place, onClose } = props;
  const { x, y } = place.at;
  const target = { getBoundingClientRect: () => new DOMRect(x, y, 0, 0) };
  return (
    <Menu
      open
      onOpenChange={(_event, data) => !data.open && onClose()}
      positioning={{ target, position: "below", align: "start" }}
    >
      <MenuPopover>
        <MenuList>
          {itemsOf(props).map((group, at) => (
            <Fragment key={group[0]?.[0]}>
              {at > 0 ? <MenuDivider /> : null}
              {group.map(([label, key, run]) => (
                <MenuItem
                  key={label}
                  {...(key === "" ? {} : { secondaryContent: key })}
                  onClick={run}
                >
                  {label}
                </MenuItem>
              ))}
            </Fragment>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function itemsOf(props: GraphMenuProps): readonly (readonly Item[])[] {
  const { place, picture } = props;
  const node = picture.nodes.find(({ id }) => id === place.id);
  const edge = picture.edges.find(({ id }) => id === place.id);
  const groups =
    node !== undefined
      ? nodeItems(props, node)
      : edge !== undefined
        ? [edgeItems(props, edge)]
        : [groundItems(props)];
  return groups.filter((group) => group.length > 0);
}

function nodeItems(
  { picture, picked, isPathBegun, acts, onBegin }: GraphMenuProps,
  node: Picture["nodes"][number],
): readonly (readonly Item[])[] {
  const { id, view, members, folded, isStart } = node;
  const when = (condition: boolean, item: Item): readonly Item[] => (condition ? [item] : []);
  const isSelection = picked.size > 1 && picked.has(id);
  return [
    [
      ...when(view !== null, ["Open", "Enter", () => acts.open(id)]),
      ...when(members === "known", ["Draw its members", "e", () => acts.expand(id)]),
      ...when(members === "more", ["Fetch more of them", "e", () => acts.expand(id)]),
      ...when(view !== null || folded > 0, ["Expand", "e", () => acts.expand(id)]),
      ...when(canCollapse(picture, node), ["Collapse", "c", () => acts.collapse(id)]),
    ],
    [
      ["Select its neighbours", "n", () => acts.pickBeside(id)],
      ...when(members === null, [
        isPathBegun ? "Path to here" : "Path from here",
        "p",
        () => acts.path(id),
      ]),
    ],
    [
      ...when(!isStart && members === null && !isSelection, ["Hide", "h", () => acts.hide(id)]),
      ...when(isSelection, ["Hide what is selected", "h", () => acts.hide(null)]),
      ...when(isSelection, ["Hide all others", "", acts.hideOthers]),
    ],
    when(view !== null && !isStart, [
      "Begin a graph here",
      "",
      () => view !== null && onBegin(view.id),
    ]),
  ];
}

function edgeItems({ acts }: GraphMenuProps, edge: Picture["edges"][number]): readonly Item[] {
  const { id, relation } = edge;
  return [
    ...(canOpen(edge) ? [["Open the relationship", "Enter", () => acts.open(id)] as const] : []),
    [`Hide “${relation}” everywhere`, "", () => acts.toggleRelation(relation)],
  ];
}

function groundItems({ picture, acts, onFit, onArrange }: GraphMenuProps): readonly Item[] {
  return [
    ["Fit", "f", onFit],
    ["Arrange again", "l", onArrange],
    [
      "Select all",
      "",
      () =>
        acts.pick(
          picture.nodes.map(({ id }) => id),
          false,
        ),
    ],
  ];
}
