/** Roles: who may do what where. */
import { Button } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Roles as RolesReply } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { Answer, Panel, Refusal, TableScroll } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import {
  ADMINISTRATORS_ONLY,
  type SectionProps,
  useApplications,
  usePeople,
  useRoles,
  useWorkspaces,
} from "./admin.ts";

interface Named {
  readonly id: string;
  readonly label: string;
}

/** The part. */
export function Roles({ state, set }: SectionProps): ReactNode {
  const roles = useRoles();
  const principals = usePrincipals();
  const workspaces = useWorkspaces();
  const scopes: readonly Named[] = [
    ...(workspaces.data ?? []).map(({ resourceId, name }) => ({
      id: resourceId,
      label: `workspace ${name}`,
    })),
    { id: "/", label: "everything" },
  ];
  const shown = state["scope"];
  return (
    <Panel
      title="Roles"
      hint="Who may do what where: people and applications. A change counts from the next request on."
    >
      <Answer of={roles} missing={ADMINISTRATORS_ONLY}>
        {(found) => (
          <>
            <AssignForm roles={found} principals={principals} scopes={scopes} />
            <label className="label">
              Show the roles on
              <select
                className="picker roomy"
                value={shown ?? ""}
                onChange={({ target }) => set({ scope: target.value || undefined }, true)}
              >
                <option value="">any scope</option>
                {scopes.map(({ id, label }) => (
                  <option key={id} value={id}>
                    {label}
                  </option>
                ))}
              </select>
            </label>
            <Assignments
              roles={{ ...found, assignments: found.assignments.filter(isShown(shown)) }}
              principals={principals}
              scopes={scopes}
            />
            <details>
              <summary>What each role allows</summary>
              <dl className="facts">
                {found.definitions.map(({ id, name, description }) => (
                  <div key={id} style={{ display: "contents" }}>
                    <dt>{name}</dt>
                    <dd>{description}</dd>
                  </div>
                ))}
              </dl>
            </details>
          </>
        )}
      </Answer>
    </Panel>
  );
}

/** Roles at a scope and above it, which count there, too. */
function isShown(
  shown: string | undefined,
): (assignment: RolesReply["assignments"][number]) => boolean {
  const wanted = shown?.toLowerCase();
  return ({ scope }) => {
    const at = scope.toLowerCase();
    return wanted === undefined || at === "/" || wanted === at || wanted.startsWith(`${at}/`);
  };
}

function usePrincipals(): readonly Named[] {
  const people = usePeople();
  const applications = useApplications();
  return [
    ...(people.data ?? []).map(({ personId, displayName }) => ({
      id: personId,
      label: displayName,
    })),
    ...(applications.data ?? []).map(({ objectId, displayName }) => ({
      id: objectId,
      label: `${displayName} (application)`,
    })),
  ];
}

interface Parts {
  readonly roles: RolesReply;
  readonly principals: readonly Named[];
  readonly scopes: readonly Named[];
}

function AssignForm({ roles, principals, scopes }: Parts): ReactNode {
  const queries = useQueryClient();
  const [chosen, setChosen] = useState({ principalId: "", role: "", scope: scopes[0]?.id ?? "/" });
  const assign = useMutation({
    mutationFn: () => call("/api/v1/roles", { method: "POST", body: chosen }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["roles"] }),
  });
  const rows: readonly (readonly [keyof typeof chosen, string, readonly Named[]])[] = [
    ["principalId", "Who", [{ id: "", label: "Choose" }, ...principals]],
    [
      "role",
      "Role",
      [
        { id: "", label: "Choose" },
        ...roles.definitions.map(({ name }) => ({ id: name, label: name })),
      ],
    ],
    ["scope", "On", scopes],
  ];
  return (
    <form
      className="controls"
      onSubmit={(event) => {
        event.preventDefault();
        assign.mutate();
      }}
    >
      {rows.map(([field, label, options]) => (
        <label key={field} className="label">
          {label}
          <select
            className="picker roomy"
            value={chosen[field]}
            onChange={({ target }) => setChosen({ ...chosen, [field]: target.value })}
          >
            {options.map((option) => (
              <option key={option.id} value={option.id}>
                {option.label}
              </option>
            ))}
          </select>
        </label>
      ))}
      <Button
        type="submit"
        appearance="primary"
        disabled={chosen.principalId === "" || chosen.role === "" || assign.isPending}
      >
        Assign the role
      </Button>
      <Refusal error={assign.error} />
    </form>
  );
}

function Assignments({ roles, principals, scopes }: Parts): ReactNode {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: (name: string) => call(`/api/v1/roles/${name}`, { method: "DELETE" }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["roles"] }),
  });
  const nameOf = (rows: readonly Named[], id: string): string =>
    rows.find((row) => row.id.toLowerCase() === id.toLowerCase())?.label ?? id;
  return (
    <>
      <Refusal error={remove.error} />
      <TableScroll label="Who has which role">
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">Role</th>
            <th scope="col">On</th>
            <th scope="col">Since</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {roles.assignments.map(({ name, principalId, role, scope, createdAt }) => (
            <tr key={name}>
              <td className="breaks">{nameOf(principals, principalId)}</td>
              <td>{role}</td>
              <td className="breaks">{nameOf(scopes, scope)}</td>
              <td className="nowrap">
                <Time instant={createdAt} />
              </td>
              <td>
                <ConfirmButton
                  label={`Remove ${role} from ${nameOf(principals, principalId)}`}
                  question="Take it away?"
                  onConfirm={() => remove.mutate(name)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </TableScroll>
    </>
  );
}
