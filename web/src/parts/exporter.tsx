/** Saves all that match, or what is chosen, as a STIX bundle or a table; says how much has come, and can be stopped. */
import {
  Button,
  Menu,
  MenuGroup,
  MenuGroupHeader,
  MenuItem,
  MenuList,
  MenuPopover,
  MenuTrigger,
} from "@fluentui/react-components";
import { ArrowDownloadRegular } from "@fluentui/react-icons";
import { type ReactNode, useRef, useState } from "react";
import { stream } from "../api/client.ts";
import type { Condition } from "../api/types.ts";
import { useNotices } from "../shell/notices.tsx";
import { useApiBase } from "../shell/session.tsx";

const FORMATS = [
  ["stix", "STIX bundle", "intelligence.json"],
  ["csv", "CSV table", "intelligence.csv"],
] as const;

const MB = 1_000_000;
/** The number on the button changes so often at most. */
const SAID_EVERY_MS = 300;

/** The menu. */
export function Exporter({
  condition,
  what,
}: {
  readonly condition: Condition | undefined;
  /** What is exported, in words. */
  readonly what: string;
}): ReactNode {
  const base = useApiBase();
  const notices = useNotices();
  const [bytes, setBytes] = useState<number | null>(null);
  const stop = useRef<AbortController | null>(null);
  const save = async ([format, label, name]: (typeof FORMATS)[number]): Promise<void> => {
    const control = new AbortController();
    stop.current = control;
    setBytes(0);
    try {
      const body = { format, ...(condition === undefined ? {} : { condition }) };
      const answer = await stream(`${base}/objects/export`, {
        method: "POST",
        body,
        signal: control.signal,
      });
      const file = await collected(answer, setBytes);
      saveFile(file, name);
      notices.done(`Exported ${what}: ${label}, ${sizeText(file.size)}`);
    } catch (error) {
      if (!control.signal.aborted) {
        notices.failed("The export did not end", error);
      }
    } finally {
      setBytes(null);
    }
  };
  if (bytes !== null) {
    return (
      <Button icon={<ArrowDownloadRegular />} onClick={() => stop.current?.abort()}>
        Stop the export: {sizeText(bytes)}
      </Button>
    );
  }
  return (
    <Menu inline>
      <MenuTrigger disableButtonEnhancement>
        <Button icon={<ArrowDownloadRegular />} aria-label="Export…">
          <span className="wide">Export…</span>
        </Button>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          <MenuGroup>
            <MenuGroupHeader>Export {what}</MenuGroupHeader>
            {FORMATS.map((format) => (
              <MenuItem key={format[0]} onClick={() => void save(format)}>
                {format[1]}
              </MenuItem>
            ))}
          </MenuGroup>
        </MenuList>
      </MenuPopover>
    </Menu>
  );
}

function sizeText(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}

/** Reads a body to its end, and says now and then how much has come. */
async function collected(answer: Response, onBytes: (bytes: number) => void): Promise<Blob> {
  let bytes = 0;
  let saidAt = 0;
  const counted = answer.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, control) {
        bytes += chunk.byteLength;
        if (Date.now() - saidAt > SAID_EVERY_MS) {
          saidAt = Date.now();
          onBytes(bytes);
        }
        control.enqueue(chunk);
      },
    }),
  );
  const headers = { "content-type": answer.headers.get("content-type") ?? "" };
  return new Response(counted ?? null, { headers }).blob();
}

function saveFile(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
