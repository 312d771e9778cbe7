/** Saves what is shown as a STIX bundle or a table. */
import {
  Button,
  Menu,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { download } from "../api/client.ts";
import type { Condition } from "../api/types.ts";
import { useApiBase } from "../shell/session.tsx";

const FORMATS = [
  ["stix", "STIX bundle", "intelligence.json"],
  ["csv", "CSV table", "intelligence.csv"],
] as const;

/** The menu. */
export function Exporter({ condition }: { readonly condition: Condition | undefined }): ReactNode {
  const base = useApiBase();
  const save = useMutation({
    mutationFn: async ([format, , name]: (typeof FORMATS)[number]) => {
      const file = await download(`${base}/objects/export`, {
        method: "POST",
        body: { format, ...(condition === undefined ? {} : { condition }) },
      });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
    },
  });
  return (
    <Menu>
      <MenuTrigger disableButtonEnhancement>
        <Button size="small" disabled={save.isPending}>
          {save.isPending ? "Exporting…" : "Export…"}
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {FORMATS.map((format) => (
            <MenuItem key={format[0]} onClick={() => save.mutate(format)}>
              {format[1]}
            </MenuItem>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}
