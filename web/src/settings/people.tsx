/** People: who may sign in, and the links by which they do. */
import { Badge, Button } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Person } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { Answer, Panel, Refusal, Secret, TableScroll } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useSession } from "../shell/session.tsx";
import { ADMINISTRATORS_ONLY, usePeople, useRoles } from "./admin.ts";
import { Invite } from "./invite.tsx";

/** A link that was just made. */
export interface Link {
  readonly name: string;
  readonly signInUrl: string;
}

function PersonRoles({ personId }: { readonly personId: string }): ReactNode {
  const roles = useRoles();
  const own = (roles.data?.assignments ?? []).filter((each) => each.principalId === personId);
  return own.length === 0
    ? "none"
    : own
        .map(({ role, scope }) => `${role} on ${scope.split("/").at(-1) || "everything"}`)
        .join(", ");
}

/** The part. */
export function People(): ReactNode {
  const people = usePeople();
  const queries = useQueryClient();
  const [link, setLink] = useState<Link | null>(null);
  const invited = async (made: Link): Promise<void> => {
    setLink(made);
    await queries.invalidateQueries({ queryKey: ["people"] });
    await queries.invalidateQueries({ queryKey: ["roles"] });
  };
  return (
    <Panel
      title="People"
      hint="Whoever is added needs a role (see Roles), and a link to sign in by, unless your organisation's identity provider is set up."
    >
      <Answer of={people} missing={ADMINISTRATORS_ONLY}>
        {(found) => (
          <>
            <Invite onInvited={invited} />
            {link === null ? null : (
              <Secret
                title={`Sign-in link of ${link.name}`}
                text={link.signInUrl}
                hint="It works once, within an hour, and is shown only now."
                onClose={() => setLink(null)}
              />
            )}
            <TableScroll label="People of the tenant">
              <thead>
                <tr>
                  <th scope="col">Name</th>
                  <th scope="col">Mail</th>
                  <th scope="col">Roles</th>
                  <th scope="col">State</th>
                  <th scope="col">Signed in</th>
                  <th scope="col">Added</th>
                  <th scope="col">Change</th>
                </tr>
              </thead>
              <tbody>
                {found.map((person) => (
                  <Row key={person.personId} person={person} onLink={setLink} />
                ))}
              </tbody>
            </TableScroll>
          </>
        )}
      </Answer>
    </Panel>
  );
}

function Row({
  person,
  onLink,
}: {
  readonly person: Person;
  readonly onLink: (link: Link) => void;
}): ReactNode {
  const queries = useQueryClient();
  const session = useSession();
  const { personId, displayName: name, enabled } = person;
  const toggle = useMutation({
    mutationFn: () =>
      call(`/api/v1/people/${personId}`, { method: "PATCH", body: { enabled: !enabled } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["people"] }),
  });
  const signOut = useMutation({
    mutationFn: () => call(`/api/v1/people/${personId}/sessions`, { method: "DELETE" }),
    onSuccess: () => queries.invalidateQueries(),
  });
  const makeLink = useMutation({
    mutationFn: () =>
      call<{ readonly signInUrl: string }>(`/api/v1/people/${personId}/sign-in-links`, {
        method: "POST",
        body: {},
      }),
    onSuccess: ({ signInUrl }) => onLink({ name, signInUrl }),
  });
  return (
    <tr>
      <td className="breaks">
        {name} <span className="mono">{personId}</span>
      </td>
      <td className="breaks">{person.email ?? "–"}</td>
      <td className="breaks">
        <PersonRoles personId={personId} />
      </td>
      <td>
        <Badge appearance="tint" color={enabled ? "success" : "danger"}>
          {enabled ? "may sign in" : "kept out"}
        </Badge>
      </td>
      <td className="nowrap">
        {person.sessions === 0
          ? "nowhere"
          : person.sessions === 1
            ? "in one browser"
            : `in ${person.sessions} browsers`}
      </td>
      <td className="nowrap">
        <Time instant={person.createdAt} />
      </td>
      <td>
        <div className="inline">
          <Button
            size="small"
            disabled={!enabled || makeLink.isPending}
            aria-label={`Sign-in link for ${name}`}
            onClick={() => makeLink.mutate()}
          >
            Sign-in link
          </Button>
          {person.sessions === 0 ? null : (
            <ConfirmButton
              label={`Sign out everywhere: ${name}`}
              word="Sign out everywhere"
              question={
                personId === session.person?.personId
                  ? "End every session, this one too?"
                  : "End every session?"
              }
              onConfirm={() => signOut.mutate()}
            />
          )}
          {enabled ? (
            <ConfirmButton
              label={`Disable ${name}`}
              question="Keep out and sign out?"
              disabled={personId === session.person?.personId}
              onConfirm={() => toggle.mutate()}
            />
          ) : (
            <Button size="small" aria-label={`Enable ${name}`} onClick={() => toggle.mutate()}>
              Enable
            </Button>
          )}
        </div>
        <Refusal error={toggle.error ?? makeLink.error ?? signOut.error} />
      </td>
    </tr>
  );
}
