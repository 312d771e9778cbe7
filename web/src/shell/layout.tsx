/** The frame of every page: navigation, workspace, display, keys, notices, background tasks. */
import { Button, Combobox, Option, Tooltip } from "@fluentui/react-components";
import {
  KeyboardRegular,
  PersonRegular,
  SearchRegular,
  SignOutRegular,
} from "@fluentui/react-icons";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from "react";
import { call } from "../api/client.ts";
import { PAGES } from "../pages.ts";
import { Loading } from "../parts/loading.tsx";
import { OfflineNote } from "./connection.tsx";
import { DisplayMenu } from "./display-menu.tsx";
import { useShortcuts } from "./keys.tsx";
import { NoticeCorner, undoLast } from "./notices.tsx";
import { useSession, useWorkspace } from "./session.tsx";
import { TasksButton } from "./tasks-button.tsx";
import "./shell.css";

const loadPalette = () => import("./command-palette.tsx");
const CommandPalette = lazy(() =>
  loadPalette().then(({ CommandPalette: component }) => ({ default: component })),
);
const ShortcutHelp = lazy(() =>
  import("./shortcut-help.tsx").then(({ ShortcutHelp: component }) => ({ default: component })),
);

/** First what was asked for, then what may be asked for. */
const PALETTE_AFTER_MS = 2_000;

/** The frame. */
export function Layout(): ReactNode {
  const { workspaceId } = useWorkspace();
  const navigate = useNavigate();
  const [shown, setShown] = useState<"help" | "palette" | null>(null);
  useShortcuts(
    [
      { keys: "?", label: "Show the keys", run: () => setShown("help") },
      { keys: "Ctrl+K", label: "Go to or do anything", run: () => setShown("palette") },
      { keys: "z", label: "Undo what was just done", run: undoLast },
      ...PAGES.map(({ keys, label, path }) => ({
        keys,
        label: `Go to ${label}`,
        run: () => {
          void navigate({ to: `/w/${workspaceId}/${path}` });
        },
      })),
    ],
    "Everywhere",
  );
  useArrival();
  useEffect(() => {
    // Whoever opens the palette types at once: it has to be there by then.
    const timer = setTimeout(() => void loadPalette(), PALETTE_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="frame">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="bar">
        <span className="brand">
          <img src="/icon.svg" alt="" width={22} height={22} /> Stixgate
        </span>
        <WorkspaceSwitcher />
        <span className="grow" />
        <Button
          appearance="subtle"
          icon={<SearchRegular />}
          onClick={() => setShown("palette")}
          aria-label="Search or go to… (Ctrl+K)"
        >
          <span className="wide">Search or go to… (Ctrl+K)</span>
        </Button>
        <TasksButton />
        <Tooltip content="Keys (?)" relationship="label">
          <Button
            className="wide"
            appearance="subtle"
            icon={<KeyboardRegular />}
            onClick={() => setShown("help")}
          />
        </Tooltip>
        <DisplayMenu />
        <AccountMenu />
      </header>
      <Rail />
      <main id="main" className="content" tabIndex={-1}>
        <OfflineNote />
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
      <NoticeCorner />
      <Suspense fallback={null}>
        {shown === "palette" ? <CommandPalette onClose={() => setShown(null)} /> : null}
        {shown === "help" ? <ShortcutHelp onClose={() => setShown(null)} /> : null}
      </Suspense>
    </div>
  );
}

/** Gives the browser's tab the name of the page, and the focus to a page that was gone to. */
function useArrival(): void {
  const { name, workspaceId } = useWorkspace();
  const { pathname } = useLocation();
  const page = PAGES.find(({ path }) => pathname.startsWith(`/w/${workspaceId}/${path}`));
  const before = useRef(pathname);
  useEffect(() => {
    document.title = [page?.label, name, "Stixgate"].filter(Boolean).join(" – ");
  }, [page, name]);
  useEffect(() => {
    if (before.current === pathname) {
      return;
    }
    before.current = pathname;
    const main = document.getElementById("main");
    // A page that has put the focus somewhere itself knows better.
    if (main !== null && !main.contains(document.activeElement)) {
      main.focus({ preventScroll: true });
    }
  }, [pathname]);
}

function Rail(): ReactNode {
  const { workspaceId } = useWorkspace();
  const { pathname } = useLocation();
  return (
    <nav className="rail" aria-label="Pages">
      {PAGES.map(({ path, label, icon: Icon }) => {
        const isHere = pathname.startsWith(`/w/${workspaceId}/${path}`);
        return (
          <Link
            key={path}
            to={`/w/${workspaceId}/${path}`}
            className={isHere ? "railItem on" : "railItem"}
            aria-current={isHere ? "page" : undefined}
          >
            <Icon fontSize={20} aria-hidden />
            <span>{label}</span>
          </Link>
        );
      })}
    </nav>
  );
}

/** Finds a workspace by typing; the page stays the same one. */
function WorkspaceSwitcher(): ReactNode {
  const { workspaces } = useSession();
  const current = useWorkspace();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState<string | null>(null);
  const wanted = (typed ?? "").trim().toLowerCase();
  const found = workspaces.filter(({ name }) => name.toLowerCase().includes(wanted));
  const page = pathname.split("/")[3] ?? "overview";
  return (
    <Combobox
      className="workspaces"
      aria-label="Workspace"
      value={typed ?? current.name}
      selectedOptions={[current.workspaceId]}
      onFocus={({ currentTarget }) => currentTarget.select()}
      onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      onOpenChange={(_event, { open }) => !open && setTyped(null)}
      onBlur={() => setTyped(null)}
      onOptionSelect={(_event, { optionValue }) => {
        setTyped(null);
        if (optionValue !== undefined && optionValue !== current.workspaceId) {
          void navigate({ to: `/w/${optionValue}/${page}` });
        }
      }}
    >
      {found.map(({ workspaceId, name }) => (
        <Option key={workspaceId} value={workspaceId} text={name}>
          {name}
        </Option>
      ))}
      {found.length === 0 ? (
        <Option disabled text="">
          No workspace is called so
        </Option>
      ) : null}
    </Combobox>
  );
}

function AccountMenu(): ReactNode {
  const { actor } = useSession();
  const signOut = async (): Promise<void> => {
    await call("/api/v1/session", { method: "DELETE" });
    location.assign("/");
  };
  return (
    <span className="account">
      <PersonRegular aria-hidden /> <span className="wide">{actor.name}</span>
      <Tooltip content="Sign out" relationship="label">
        <Button
          appearance="subtle"
          icon={<SignOutRegular />}
          onClick={() => {
            void signOut();
          }}
        />
      </Tooltip>
    </span>
  );
}
