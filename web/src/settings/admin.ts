/** What administrators look after, fetched once for all parts that show it. */
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import type { Application, Person, Roles, Workspace } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import type { PageState } from "../parts/page-state.ts";

/** The address of the page, as a part of the settings reads and changes it. */
export interface SectionProps {
  readonly state: PageState;
  readonly set: (change: PageState, replace?: boolean) => void;
}

/** Said to those who may not look after people, applications and roles. */
export const ADMINISTRATORS_ONLY =
  "It is for people whose role allows assigning access on the whole tenant, such as Owner. One of them can give you such a role: npm run stixgate -- role --help";

/** People of the tenant. */
export function usePeople(): UseQueryResult<readonly Person[]> {
  return useQuery({
    queryKey: ["people"],
    queryFn: ({ signal }) => call<readonly Person[]>("/api/v1/people", { signal }),
  });
}

/** Applications of the tenant. */
export function useApplications(): UseQueryResult<readonly Application[]> {
  return useQuery({
    queryKey: ["applications"],
    queryFn: ({ signal }) => call<readonly Application[]>("/api/v1/applications", { signal }),
  });
}

/** Roles, and who has them. */
export function useRoles(): UseQueryResult<Roles> {
  return useQuery({
    queryKey: ["roles"],
    queryFn: ({ signal }) => call<Roles>("/api/v1/roles", { signal }),
  });
}

/** Workspaces of the tenant. */
export function useWorkspaces(): UseQueryResult<readonly Workspace[]> {
  return useQuery({
    queryKey: ["workspaces"],
    queryFn: ({ signal }) => call<readonly Workspace[]>("/api/v1/workspaces", { signal }),
  });
}
