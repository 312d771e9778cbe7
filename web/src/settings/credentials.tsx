/** What an application proves itself with: secrets, of which two are valid at a time, and certificates. */
import { Badge, Button, Field, Input } from "@fluentui/react-components";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useRef, useState } from "react";
import type { Application, ApplicationSecret } from "../api/admin-types.ts";
import { call } from "../api/client.ts";
import { ConfirmButton } from "../parts/confirm-button.tsx";
import { Refusal } from "../parts/panel.tsx";
import { Time } from "../parts/time.tsx";

const SECRETS_MAX = 2;
const DAYS_DEFAULT = "180";
const DAY_MS = 86_400_000;
/** Ending sooner than this, a credential wants to be renewed. */
const SOON_DAYS = 30;

/** A secret that was just made. */
export interface ShownSecret {
  readonly name: string;
  readonly secret: string;
}

interface Props {
  readonly application: Application;
  readonly onSecret: (shown: ShownSecret) => void;
}

/** The secrets of an application. */
export function Secrets({ application, onSecret }: Props): ReactNode {
  const { appId, displayName: name, secrets } = application;
  const queries = useQueryClient();
  const onSettled = (): unknown => queries.invalidateQueries({ queryKey: ["applications"] });
  const remove = useMutation({
    mutationFn: (keyId: string) =>
      call(`/api/v1/applications/${appId}/secrets/${keyId}`, { method: "DELETE" }),
    onSettled,
  });
  return (
    <>
      {secrets.length === 0 ? (
        "none"
      ) : (
        <ul className="lines">
          {secrets.map((secret) => (
            <li key={secret.keyId}>
              <SecretFacts secret={secret} />
              <ConfirmButton
                label={`Remove the secret ${secret.hint}… of ${name}`}
                question="No token will be given for it."
                onConfirm={() => remove.mutate(secret.keyId)}
              />
            </li>
          ))}
        </ul>
      )}
      <NewSecret application={application} onSecret={onSecret} />
      <Refusal error={remove.error} />
    </>
  );
}

function SecretFacts({
  secret: { displayName, hint, end },
}: {
  readonly secret: ApplicationSecret;
}): ReactNode {
  return (
    <>
      <span className="mono">{hint}…</span>
      {displayName === "" ? null : <span className="breaks">{displayName}</span>}
      <End end={end} />
    </>
  );
}

function End({ end }: { readonly end: string }): ReactNode {
  const leftMs = Date.parse(end) - Date.now();
  return (
    <span>
      {leftMs <= 0 ? "ended " : "ends "}
      <Time instant={end} />{" "}
      {leftMs > SOON_DAYS * DAY_MS ? null : (
        <Badge appearance="tint" color={leftMs <= 0 ? "danger" : "warning"}>
          {leftMs <= 0 ? "expired" : "soon"}
        </Badge>
      )}
    </span>
  );
}

function NewSecret({ application, onSecret }: Props): ReactNode {
  const { appId, displayName: name, secrets } = application;
  const queries = useQueryClient();
  const [draft, setDraft] = useState<{ readonly days: string; readonly label: string } | null>(
    null,
  );
  const isFull = secrets.length >= SECRETS_MAX;
  const add = useMutation({
    mutationFn: ({ days, label }: { readonly days: string; readonly label: string }) =>
      call<{ readonly secret: string }>(`/api/v1/applications/${appId}/secrets`, {
        method: "POST",
        body: {
          days: Number(days),
          keepAll: !isFull,
          ...(label.trim() === "" ? {} : { displayName: label.trim() }),
        },
      }),
    onSuccess: ({ secret }) => {
      setDraft(null);
      onSecret({ name, secret });
      return queries.invalidateQueries({ queryKey: ["applications"] });
    },
  });
  if (draft === null) {
    return (
      <Button
        size="small"
        aria-label={`New secret for ${name}`}
        onClick={() => setDraft({ days: DAYS_DEFAULT, label: "" })}
      >
        New secret
      </Button>
    );
  }
  return (
    <form
      className="controls"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(draft);
      }}
    >
      <Field label="What it is for">
        <Input
          autoFocus
          value={draft.label}
          onChange={(_event, data) => setDraft({ ...draft, label: data.value })}
        />
      </Field>
      <Field
        label="Days until it ends"
        {...(isFull ? { hint: "There are two: the older one is removed." } : {})}
      >
        <Input
          type="number"
          min={1}
          max={3650}
          value={draft.days}
          onChange={(_event, data) => setDraft({ ...draft, days: data.value })}
        />
      </Field>
      <Button type="submit" appearance="primary" disabled={add.isPending}>
        Make the secret
      </Button>
      <Button onClick={() => setDraft(null)}>Keep as it is</Button>
      <Refusal error={add.error} />
    </form>
  );
}

/** The certificates of an application. */
export function Certificates({ application }: Pick<Props, "application">): ReactNode {
  const { appId, displayName: name, certificates } = application;
  const queries = useQueryClient();
  const input = useRef<HTMLInputElement>(null);
  const onSettled = (): unknown => queries.invalidateQueries({ queryKey: ["applications"] });
  const path = `/api/v1/applications/${appId}/certificates`;
  const add = useMutation({
    mutationFn: async (file: File) =>
      call(path, { method: "POST", body: { certificate: await pemOf(file) } }),
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (keyId: string) => call(`${path}/${keyId}`, { method: "DELETE" }),
    onSettled,
  });
  return (
    <>
      {certificates.length === 0 ? (
        "none "
      ) : (
        <ul className="lines">
          {certificates.map(({ keyId, displayName, sha1, end }) => (
            <li key={keyId}>
              <span className="breaks">{displayName}</span>
              <span className="mono" title={sha1}>
                {sha1.slice(0, 8)}…
              </span>
              <End end={end} />
              <ConfirmButton
                label={`Remove the certificate ${displayName} of ${name}`}
                question="No token will be given for it."
                onConfirm={() => remove.mutate(keyId)}
              />
            </li>
          ))}
        </ul>
      )}
      <input
        ref={input}
        type="file"
        hidden
        aria-label={`Certificate file for ${name}`}
        accept=".pem,.crt,.cer,.der"
        onChange={({ target }) => {
          const [file] = target.files ?? [];
          target.value = "";
          if (file !== undefined) {
            add.mutate(file);
          }
        }}
      />
      <Button
        size="small"
        disabled={add.isPending}
        aria-label={`Upload a certificate for ${name}`}
        onClick={() => input.current?.click()}
      >
        Upload a certificate
      </Button>
      <Refusal error={add.error ?? remove.error} />
    </>
  );
}

const PEM_LINE_LENGTH = 64;

/** A certificate file as PEM, whichever of the two common forms it has. A private key in it is left out. */
async function pemOf(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  const [pem] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
  if (pem !== undefined || text.includes("-----BEGIN ")) {
    return pem ?? "-----BEGIN nothing that is a certificate";
  }
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const lines = base64.match(new RegExp(`.{1,${PEM_LINE_LENGTH}}`, "g")) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
