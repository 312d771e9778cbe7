/** Menus above the rows: which columns are shown, and where the answer or the query goes. */
import {
  Button,
  Menu,
  MenuDivider,
  MenuItem,
  MenuItemCheckbox,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { useSession, useWorkspace } from "../shell/session.tsx";
import type { Answer, Column, Row } from "./answer.ts";
import { emptyColumns, hiddenText } from "./column-list.ts";
import { csvOf, jsonOf, saveFile } from "./save-file.ts";
import { type Asked, QUERY_SNIPPETS } from "./snippets.ts";

const SAID_MS = 1_500;

/** Which columns are shown. */
export function ColumnMenu({
  answer,
  hidden,
  onHide,
}: {
  readonly answer: Answer;
  readonly hidden: ReadonlySet<string>;
  readonly onHide: (text: string | undefined) => void;
}): ReactNode {
  const names = answer.columns.map(({ name }) => name);
  const shown = names.filter((name) => !hidden.has(name));
  return (
    <Menu
      persistOnItemClick
      checkedValues={{ columns: shown }}
      onCheckedValueChange={(_event, { checkedItems }) =>
        onHide(hiddenText(names.filter((name) => !checkedItems.includes(name))))
      }
    >
      <MenuTrigger disableButtonEnhancement>
        <Button size="small">
          {shown.length === names.length
            ? "Columns…"
            : `${shown.length} of ${names.length} columns…`}
        </Button>
      </MenuTrigger>
      <MenuPopover className="columnMenu">
        <MenuList>
          <MenuItem onClick={() => onHide(undefined)}>Show all</MenuItem>
          <MenuItem
            onClick={() => onHide(hiddenText(new Set([...hidden, ...emptyColumns(answer)])))}
          >
            Hide empty ones
          </MenuItem>
          <MenuDivider />
          {names.map((name) => (
            <MenuItemCheckbox key={name} name="columns" value={name}>
              {name}
            </MenuItemCheckbox>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

/** Where the answer goes. */
export function ExportMenu({
  columns,
  rows,
  asked,
}: {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly asked: Asked;
}): ReactNode {
  const { httpsOrigin: origin } = useSession();
  const { workspaceId } = useWorkspace();
  const [done, setDone] = useState(false);
  const copy = async (text: string): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), SAID_MS);
  };
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button size="small">{done ? "Copied" : "Export…"}</Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem
            disabled={rows.length === 0}
            onClick={() => saveFile("answer.csv", "text/csv", csvOf(columns, rows))}
          >
            CSV table
          </MenuItem>
          <MenuItem
            disabled={rows.length === 0}
            onClick={() => saveFile("answer.json", "application/json", jsonOf(columns, rows))}
          >
            JSON
          </MenuItem>
          <MenuDivider />
          {QUERY_SNIPPETS.map(({ id, label, write }) => (
            <MenuItem key={id} onClick={() => void copy(write({ origin, workspaceId }, asked))}>
              Copy the query as {label}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
