/** Adds a person, gives them a role on the workspace, and makes the link by which they sign in: all at once. */
import { Button, Field, Input } from "@fluentui/react-components";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Person } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import { Refusal } from "../parts/panel.tsx";
import { useWorkspace } from "../shell/session.tsx";
import { useRoles } from "./admin.ts";
import type { Link } from "./people.tsx";

const LENGTH_MAX = 256;
const ROLE_DEFAULT = "Microsoft Sentinel Reader";
const EMPTY = { name: "", email: "", role: ROLE_DEFAULT };

/** The form. */
export function Invite({
  onInvited,
}: {
  readonly onInvited: (link: Link) => Promise<void>;
}): ReactNode {
  const { name: workspaceName, resourceId } = useWorkspace();
  const roles = useRoles();
  const [draft, setDraft] = useState(EMPTY);
  const invite = useMutation({
    mutationFn: async ({ name, email, role }: typeof EMPTY): Promise<Link> => {
      const displayName = name.trim();
      const body = { displayName, ...(email.trim() === "" ? {} : { email: email.trim() }) };
      const { personId } = await call<Person>("/api/v1/people", { method: "POST", body });
      if (role !== "") {
        await call("/api/v1/roles", {
          method: "POST",
          body: { principalId: personId, role, scope: resourceId },
        });
      }
      const { signInUrl } = await call<{ readonly signInUrl: string }>(
        `/api/v1/people/${personId}/sign-in-links`,
        { method: "POST", body: {} },
      );
      return { name: displayName, signInUrl };
    },
    onSuccess: async (link) => {
      setDraft(EMPTY);
      await onInvited(link);
    },
  });
  return (
    <form
      className="controls"
      onSubmit={(event) => {
        event.preventDefault();
        invite.mutate(draft);
      }}
    >
      <Field label="Name of the person" required>
        <Input
          value={draft.name}
          maxLength={LENGTH_MAX}
          onChange={(_event, data) => setDraft({ ...draft, name: data.value })}
        />
      </Field>
      <Field label="Mail address">
        <Input
          type="email"
          value={draft.email}
          maxLength={LENGTH_MAX}
          onChange={(_event, data) => setDraft({ ...draft, email: data.value })}
        />
      </Field>
      <label className="label">
        Role on {workspaceName}
        <select
          className="picker roomy"
          value={draft.role}
          onChange={({ target }) => setDraft({ ...draft, role: target.value })}
        >
          <option value="">none yet</option>
          {(roles.data?.definitions ?? []).map(({ id, name }) => (
            <option key={id} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Button
        type="submit"
        appearance="primary"
        disabled={draft.name.trim() === "" || invite.isPending}
      >
        Invite
      </Button>
      <Refusal error={invite.error} />
    </form>
  );
}
