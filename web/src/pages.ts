/** The pages of a workspace: one row each gives the address, the entry in the navigation and the code that is loaded. */
import {
  ArrowUploadRegular,
  BoxMultipleSearchRegular,
  DatabaseSearchRegular,
  FilterSyncRegular,
  type FluentIcon,
  HomeRegular,
  OrganizationRegular,
  PlugConnectedRegular,
  PulseRegular,
  SettingsRegular,
} from "@fluentui/react-icons";
import type { ComponentType } from "react";

/** A page. */
export interface PageRow {
  /** Below `/w/{workspaceId}/`. */
  readonly path: string;
  readonly label: string;
  readonly icon: FluentIcon;
  /** Keys that lead there, one after the other. */
  readonly keys: string;
  readonly load: () => Promise<{ readonly Page: ComponentType }>;
}

/** In the order of the navigation. */
export const PAGES: readonly PageRow[] = [
  {
    path: "overview",
    label: "Overview",
    icon: HomeRegular,
    keys: "g o",
    load: () => import("./pages/overview.tsx"),
  },
  {
    path: "intelligence",
    label: "Intelligence",
    icon: BoxMultipleSearchRegular,
    keys: "g i",
    load: () => import("./pages/intelligence.tsx"),
  },
  {
    path: "query",
    label: "Query",
    icon: DatabaseSearchRegular,
    keys: "g q",
    load: () => import("./pages/query.tsx"),
  },
  {
    path: "graph",
    label: "Graph",
    icon: OrganizationRegular,
    keys: "g g",
    load: () => import("./pages/graph.tsx"),
  },
  {
    path: "ingestion",
    label: "Ingestion",
    icon: PulseRegular,
    keys: "g r",
    load: () => import("./pages/ingestion.tsx"),
  },
  {
    path: "import",
    label: "Import",
    icon: ArrowUploadRegular,
    keys: "g m",
    load: () => import("./pages/import.tsx"),
  },
  {
    path: "rules",
    label: "Rules",
    icon: FilterSyncRegular,
    keys: "g u",
    load: () => import("./pages/rules.tsx"),
  },
  {
    path: "connect",
    label: "Connect",
    icon: PlugConnectedRegular,
    keys: "g c",
    load: () => import("./pages/connect.tsx"),
  },
  {
    path: "settings",
    label: "Settings",
    icon: SettingsRegular,
    keys: "g s",
    load: () => import("./pages/settings.tsx"),
  },
];
