/** Copies what is chosen: values as they are or disarmed, ids, or the objects as a STIX bundle. */
import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import { CopyRegular } from "@fluentui/react-icons";
import type { ReactNode } from "react";
import type { ObjectView } from "../api/types.ts";
import { useNotices } from "../shell/notices.tsx";
import { useShown } from "./defang.ts";
import { defang } from "./defang-text.ts";
import { newUuid } from "./uuid.ts";

const valuesOf = (views: readonly ObjectView[]): string =>
  [...new Set(views.flatMap(({ observables }) => observables.map(({ value }) => value)))].join(
    "\n",
  );

/** The menu. */
export function CopyObjects({ views }: { readonly views: readonly ObjectView[] }): ReactNode {
  const notices = useNotices();
  const shown = useShown();
  const copy = (what: string, text: string): void => {
    navigator.clipboard.writeText(text).then(
      () => notices.done(`Copied ${what}`),
      (error: unknown) => notices.failed("The browser did not let the page copy", error),
    );
  };
  const bundle = (): string =>
    JSON.stringify(
      {
        type: "bundle",
        id: `bundle--${newUuid()}`,
        objects: views.flatMap(({ object }) => (object === null ? [] : [object])),
      },
      null,
      2,
    );
  const entries: readonly (readonly [label: string, what: string, write: () => string])[] = [
    ["Values", "the values", () => valuesOf(views)],
    ["Values, disarmed", "the values, disarmed", () => defang(valuesOf(views))],
    ["Names", "the names", () => shown(views.map(({ title }) => title).join("\n"))],
    ["STIX ids", "the ids", () => views.map(({ stixId }) => stixId).join("\n")],
    ["STIX bundle", "the bundle", bundle],
  ];
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button size="small" icon={<CopyRegular />}>
          Copy…
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {entries.map(([label, what, write]) => (
            <MenuItem key={label} onClick={() => copy(what, write())}>
              {label}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
