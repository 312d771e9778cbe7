/** Somebody's own keys for scripts. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { PersonalKey } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { Answer, Nothing, Panel, Refusal, Secret, TableScroll } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";
import { useSession } from "../shell/session.tsx";
import { AddForm } from "./add-form.tsx";

const DAYS_DEFAULT = 90;
const PATH = "/api/v1/session/keys";

/** The part. */
export function Keys(): ReactNode {
  const queries = useQueryClient();
  const { httpsOrigin } = useSession();
  const [made, setMade] = useState<string | null>(null);
  const keys = useQuery({
    queryKey: ["keys"],
    queryFn: ({ signal }) => call<readonly PersonalKey[]>(PATH, { signal }),
  });
  const onSettled = (): unknown => queries.invalidateQueries({ queryKey: ["keys"] });
  const add = useMutation({
    mutationFn: ({ displayName, days }: { readonly displayName: string; readonly days: number }) =>
      call<{ readonly key: string }>(PATH, { method: "POST", body: { displayName, days } }),
    onSuccess: ({ key }) => setMade(key),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (keyId: string) => call(`${PATH}/${keyId}`, { method: "DELETE" }),
    onSettled,
  });
  return (
    <Panel
      title="My keys"
      hint="A key lets a script of yours do what you may do, until it ends. Connectors that upload use applications instead."
    >
      <AddForm
        label="What the key is for"
        second={`Days until it ends (${DAYS_DEFAULT})`}
        button="Make a key"
        isBusy={add.isPending}
        onAdd={(displayName, days) =>
          add.mutateAsync({ displayName, days: days === "" ? DAYS_DEFAULT : Number(days) })
        }
      />
      <Refusal error={add.error ?? remove.error} />
      {made === null ? null : (
        <Secret
          title="Your key"
          text={made}
          hint="It is shown only now."
          onClose={() => setMade(null)}
        />
      )}
      <Answer of={keys}>
        {(found) =>
          found.length === 0 ? (
            <Nothing
              command={`curl --cacert stixgate-ca.pem --header "Authorization: Bearer YOUR-KEY" ${httpsOrigin}/api/v1/session`}
            >
              You have none. With one, a script asks like this:
            </Nothing>
          ) : (
            <TableScroll label="Keys that there are">
              <thead>
                <tr>
                  <th scope="col">For</th>
                  <th scope="col">Begins with</th>
                  <th scope="col">Made</th>
                  <th scope="col">Ends</th>
                  <th scope="col">Change</th>
                </tr>
              </thead>
              <tbody>
                {found.map(({ keyId, displayName, hint, createdAt, expiresAt }) => (
                  <tr key={keyId}>
                    <td className="breaks">{displayName}</td>
                    <td className="mono">{hint}…</td>
                    <td className="nowrap">
                      <Time instant={createdAt} />
                    </td>
                    <td className="nowrap">
                      <Time instant={expiresAt} />
                    </td>
                    <td>
                      <ConfirmButton
                        label={`Remove the key ${displayName}`}
                        question="It stops working at once."
                        onConfirm={() => remove.mutate(keyId)}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </TableScroll>
          )
        }
      </Answer>
    </Panel>
  );
}
