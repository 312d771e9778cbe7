/** Goes anywhere and does anything by typing: pages, saved views, workspaces, actions, or a search. */
import { Dialog, DialogBody, DialogSurface, DialogTitle, Input } from "@fluentui/react-components";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { PAGES } from "../pages.ts";
import { useOwnViews, useSharedViews } from "../parts/saved-views.ts";
import { changeDisplay, useDisplay } from "./display.ts";
import { THEME_CHOICES, TIME_CHOICES } from "./display-menu.tsx";
import { useAllShortcuts } from "./keys.tsx";
import { useSession, useWorkspace } from "./session.tsx";
import { showTasks } from "./task-store.ts";
import { useTheme } from "./theme.tsx";

interface Command {
  readonly group: string;
  readonly label: string;
  readonly keys?: string;
  readonly run: () => void;
}

/** What fits on a screen; typing narrows it. */
const COMMANDS_SHOWN = 60;

/** The palette. */
export function CommandPalette({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Dialog open onOpenChange={(_event, data) => !data.open && onClose()}>
      <DialogSurface aria-label="Go to or do anything">
        <DialogBody>
          <Palette onClose={onClose} />
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

function Palette({ onClose }: { readonly onClose: () => void }): ReactNode {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const commands = useCommands(text).slice(0, COMMANDS_SHOWN);
  const chosen = Math.max(0, Math.min(at, commands.length - 1));
  useEffect(() => {
    list.current?.querySelector(`#palette-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  const go = (command: Command | undefined): void => {
    if (command !== undefined) {
      onClose();
      // The dialog gives the focus back first; whatever the command opens may take it then.
      setTimeout(command.run);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setAt((chosen + step + commands.length) % Math.max(1, commands.length));
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
          placeholder="A page, a view, an action, or words to search for"
          role="combobox"
          aria-expanded
          aria-controls="palette-list"
          {...(commands.length === 0 ? {} : { "aria-activedescendant": `palette-${chosen}` })}
          aria-label="A page, a view, an action, or words to search for"
        />
        <div
          id="palette-list"
          role="listbox"
          aria-label="Suggestions"
          className="paletteList"
          ref={list}
        >
          {commands.map((command, place) => (
            // The list is driven by the keys of the field above it.
            // biome-ignore lint/a11y/useKeyWithClickEvents: arrows and Enter in the combobox choose an option.
            // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the combobox.
            <div
              key={`${command.group} ${command.label}`}
              id={`palette-${place}`}
              role="option"
              aria-selected={place === chosen}
              className={place === chosen ? "option on" : "option"}
              onClick={() => go(command)}
            >
              <span className="paletteGroup">{command.group}</span>
              <span className="paletteLabel">{command.label}</span>
              {command.keys === undefined ? null : (
                <span aria-hidden>
                  {command.keys.split(" ").map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </span>
              )}
            </div>
          ))}
        </div>
      </div>
    </>
  );
}

function useCommands(text: string): readonly Command[] {
  const { workspaceId } = useWorkspace();
  const navigate = useNavigate();
  const all = [
    ...usePageCommands(),
    ...useViewCommands(),
    ...useActionCommands(),
    ...useDisplayCommands(),
    ...useWorkspaceCommands(),
  ];
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter(({ group, label }) => {
    const line = `${group} ${label}`.toLowerCase();
    return words.every((word) => line.includes(word));
  });
  const search: Command = {
    group: "Search",
    label: `the intelligence for “${text.trim()}”`,
    run: () => {
      void navigate({ to: `/w/${workspaceId}/intelligence`, search: { text: text.trim() } });
    },
  };
  return words.length === 0 ? found : [...found, search];
}

function usePageCommands(): readonly Command[] {
  const { workspaceId } = useWorkspace();
  const navigate = useNavigate();
  return PAGES.map(({ label, path, keys }) => ({
    group: "Go to",
    label,
    keys,
    run: () => {
      void navigate({ to: `/w/${workspaceId}/${path}` });
    },
  }));
}

function useViewCommands(): readonly Command[] {
  const { workspaceId } = useWorkspace();
  const navigate = useNavigate();
  const { data: shared = [] } = useSharedViews();
  const own = useOwnViews();
  return [...shared, ...own].map(({ name, search, etag }) => ({
    group: etag === null ? "View (this browser)" : "View",
    label: name,
    run: () => {
      void navigate({ to: `/w/${workspaceId}/intelligence`, search: { ...search, view: name } });
    },
  }));
}

/** Whatever has a key is an action, except going to pages, which stands above, and opening this very list. */
function useActionCommands(): readonly Command[] {
  const groups = useAllShortcuts();
  return [
    ...groups.flatMap(({ shortcuts }) =>
      shortcuts.flatMap(({ keys, label, run }) =>
        run === null || keys.startsWith("g ") || keys === "Ctrl+K"
          ? []
          : [{ group: "Do", label, keys, run }],
      ),
    ),
    { group: "Do", label: "Show the background tasks", run: () => showTasks(true) },
  ];
}

function useDisplayCommands(): readonly Command[] {
  const { choose } = useTheme();
  const { defang } = useDisplay();
  return [
    ...THEME_CHOICES.map(([choice, label]) => ({
      group: "Colours",
      label,
      run: () => choose(choice),
    })),
    ...TIME_CHOICES.map(([times, label]) => ({
      group: "Times",
      label,
      run: () => changeDisplay({ times }),
    })),
    {
      group: "Values",
      label: defang ? "Show addresses as they are" : "Disarm addresses (defang)",
      run: () => changeDisplay({ defang: !defang }),
    },
  ];
}

function useWorkspaceCommands(): readonly Command[] {
  const { workspaces } = useSession();
  const current = useWorkspace();
  const navigate = useNavigate();
  return workspaces
    .filter(({ workspaceId }) => workspaceId !== current.workspaceId)
    .map(({ workspaceId, name }) => ({
      group: "Workspace",
      label: name,
      run: () => {
        void navigate({ to: `/w/${workspaceId}/overview` });
      },
    }));
}
