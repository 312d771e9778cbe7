/** Trust in an authority besides the platform's, for servers with a certificate of their own. */
import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { ClientError } from "../client/index.ts";

/** Trusts the authority for the rest of the process; nothing to do without one. @throws ClientError options_invalid */
export function trustAuthority(caFile: string | undefined): void {
  if (caFile === undefined) {
    return;
  }
  try {
    setDefaultCACertificates([...getCACertificates("default"), readFileSync(caFile, "utf8")]);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ClientError("options_invalid", `Cannot use the authority ${caFile}: ${reason}`, {
      cause,
    });
  }
}
