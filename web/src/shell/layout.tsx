/** The frame of every page: navigation, workspace, theme, keys. */
import {
  Button,
  Dropdown,
  Menu,
  MenuItemRadio,
  MenuList,
  MenuPopover,
  MenuTrigger,
  Option,
  Toaster,
  Tooltip,
} from "@fluentui/react-components";
import {
  DarkThemeRegular,
  KeyboardRegular,
  PersonRegular,
  SearchRegular,
  SignOutRegular,
} from "@fluentui/react-icons";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { type ReactNode, Suspense, useState } from "react";
import { call } from "../api/client.ts";
import { PAGES } from "../pages.ts";
import { Loading } from "../parts/loading.tsx";
import { CommandPalette } from "./command-palette.tsx";
import { ShortcutHelp, useShortcuts } from "./keys.tsx";
import { useSession, useWorkspace } from "./session.tsx";
import { type ThemeChoice, useTheme } from "./theme.tsx";

/** Id of the place where notices appear. */
const TOASTER = "notices";

/** The frame. */
export function Layout(): ReactNode {
  const workspace = useWorkspace();
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const [palette, setPalette] = useState(false);
  const [help, setHelp] = useState(false);
  const { workspaceId } = workspace;
  useShortcuts([
    { keys: "?", label: "Show the keys", run: () => setHelp(true) },
    { keys: "Ctrl+K", label: "Go to or do anything", run: () => setPalette(true) },
    ...PAGES.map(({ keys, label, path }) => ({
      keys,
      label: `Go to ${label}`,
      run: () => {
        void navigate({ to: `/w/${workspaceId}/${path}` });
      },
    })),
  ]);
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
          onClick={() => setPalette(true)}
          aria-label="Search or go to… (Ctrl+K)"
        >
          <span className="wide">Search or go to… (Ctrl+K)</span>
        </Button>
        <Tooltip content="Keys (?)" relationship="label">
          <Button appearance="subtle" icon={<KeyboardRegular />} onClick={() => setHelp(true)} />
        </Tooltip>
        <ThemeMenu />
        <AccountMenu />
      </header>
      <nav className="rail" aria-label="Pages">
        {PAGES.map(({ path, label, icon: Icon }) => (
          <Link
            key={path}
            to={`/w/${workspaceId}/${path}`}
            className={
              pathname.startsWith(`/w/${workspaceId}/${path}`) ? "railItem on" : "railItem"
            }
            aria-current={pathname.startsWith(`/w/${workspaceId}/${path}`) ? "page" : undefined}
          >
            <Icon fontSize={20} aria-hidden />
            <span>{label}</span>
          </Link>
        ))}
      </nav>
      <main id="main" className="content" tabIndex={-1}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
      <Toaster toasterId={TOASTER} position="bottom-end" />
      <CommandPalette open={palette} onClose={() => setPalette(false)} />
      <ShortcutHelp open={help} onClose={() => setHelp(false)} />
    </div>
  );
}

function WorkspaceSwitcher(): ReactNode {
  const { workspaces } = useSession();
  const current = useWorkspace();
  const navigate = useNavigate();
  return (
    <Dropdown
      className="workspaces"
      aria-label="Workspace"
      value={current.name}
      selectedOptions={[current.workspaceId]}
      onOptionSelect={(_event, { optionValue }) => {
        void navigate({ to: `/w/${optionValue}/overview` });
      }}
    >
      {workspaces.map(({ workspaceId, name }) => (
        <Option key={workspaceId} value={workspaceId} text={name}>
          {name}
        </Option>
      ))}
    </Dropdown>
  );
}

const CHOICES: readonly (readonly [ThemeChoice, string])[] = [
  ["system", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
  ["contrast", "High contrast"],
];

function ThemeMenu(): ReactNode {
  const { choice, choose } = useTheme();
  return (
    <Menu
      checkedValues={{ theme: [choice] }}
      onCheckedValueChange={(_event, { checkedItems }) => choose(checkedItems[0] as ThemeChoice)}
    >
      <MenuTrigger disableButtonEnhancement>
        <Tooltip content="Colours" relationship="label">
          <Button appearance="subtle" icon={<DarkThemeRegular />} />
        </Tooltip>
      </MenuTrigger>
      <MenuPopover>
        <MenuList>
          {CHOICES.map(([value, label]) => (
            <MenuItemRadio key={value} name="theme" value={value}>
              {label}
            </MenuItemRadio>
          ))}
        </MenuList>
      </MenuPopover>
    </Menu>
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
