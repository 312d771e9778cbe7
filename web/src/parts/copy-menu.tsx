/** Copies an upload of some records as lines for a terminal or a script. */
import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import { type ReactNode, useState } from "react";
import { useSession, useWorkspace } from "../shell/session.tsx";
import { SNIPPETS } from "./snippets.ts";

const SAID_MS = 1_500;

/** The menu. */
export function CopyMenu({
  objects,
  source,
  clientId,
  what,
}: {
  readonly objects: readonly unknown[];
  readonly source: string | null;
  readonly clientId: string;
  /** Such as `record 3`. */
  readonly what: string;
}): ReactNode {
  const { tenantId, httpsOrigin } = useSession();
  const { workspaceId } = useWorkspace();
  const [done, setDone] = useState(false);
  const copy = async (text: string): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    setTimeout(() => setDone(false), SAID_MS);
  };
  const ids = { origin: httpsOrigin, tenantId, workspaceId, clientId };
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button size="small" aria-label={`${done ? "Copied" : "Copy as…"} ${what}`}>
          {done ? "Copied" : "Copy as…"}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuItem
            onClick={() =>
              void copy(JSON.stringify(objects.length === 1 ? objects[0] : objects, null, 2))
            }
          >
            JSON, as received
          </MenuItem>
          {SNIPPETS.map(({ id, label, write }) => (
            <MenuItem
              key={id}
              onClick={() => void copy(write(ids, { source: source ?? "My feed", objects }))}
            >
              {label}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
