/** Goes anywhere by typing: pages, or a search of the intelligence. */
import { Dialog, DialogBody, DialogSurface, DialogTitle, Input } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useState } from "react";
import { PAGES } from "../pages.ts";
import { useWorkspace } from "./session.tsx";

interface Command {
  readonly label: string;
  readonly to: string;
}

/** The palette. */
export function CommandPalette({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}): ReactNode {
  return (
    <Dialog open={open} onOpenChange={(_event, data) => !data.open && onClose()}>
      <DialogSurface aria-label="Go to or do anything">
        <DialogBody>{open ? <Palette onClose={onClose} /> : null}</DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Palette({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { workspaceId } = useWorkspace();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const commands = commandsFor(text, workspaceId);
  const chosen = Math.min(at, commands.length - 1);
  const go = (command: Command | undefined): void => {
    if (command !== undefined) {
      onClose();
      void navigate({ to: command.to });
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((chosen + step + commands.length) % commands.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(commands[chosen]);
    }
  };
  return (
    <>
      <DialogTitle>Go to or do anything</DialogTitle>
      <div className="palette">
        <Input
          value={text}
          onChange={(_event, data) => {
            setText(data.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          placeholder="A page, or words to search for"
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          aria-activedescendant={`palette-${chosen}`}
          aria-label="A page, or words to search for"
        />
        <div id="palette-list" role="listbox" aria-label="Suggestions">
          {commands.map((command, place) => (
            // The list is driven by the keys of the field above it.
            // biome-ignore lint/a11y/useKeyWithClickEvents: arrows and Enter in the combobox choose an option.
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the combobox.
            <div
              key={command.to + command.label}
              id={`palette-${place}`}
              role="option"
              aria-selected={place === chosen}
              className={place === chosen ? "option on" : "option"}
              onClick={() => go(command)}
            >
              {command.label}
            </div>
          ))}
        </div>
      </div>
    </>
  );
}

function commandsFor(text: string, workspaceId: string): readonly Command[] {
  const wanted = text.trim().toLowerCase();
  const pages = PAGES.filter(({ label }) => label.toLowerCase().includes(wanted)).map(
    ({ label, path }) => ({ label: `Go to ${label}`, to: `/w/${workspaceId}/${path}` }),
  );
  const search =
    wanted === ""
      ? []
      : [
          {
            label: `Search the intelligence for “${text.trim()}”`,
            to: `/w/${workspaceId}/intelligence?text=${encodeURIComponent(text.trim())}`,
          },
        ];
  return [...pages, ...search];
}
