/** Where tokens and secrets may travel: the check of base addresses. */
import { ClientError } from "./client-error.ts";

/**
 * Checks a base address and cuts the slash at its end. A token or a secret travels to it, so anything but
 * https is refused, except on the machine itself.
 *
 * @throws ClientError options_invalid
 */
export function checkAddress(field: string, address: string): string {
  if (!URL.canParse(address)) {
    throw invalid(field, `must be an absolute https address, not ${JSON.stringify(address)}`);
  }
  const url = new URL(address);
  const local = url.protocol === "http:" && isLoopback(url.hostname);
  if (url.protocol !== "https:" && !local) {
    throw invalid(field, `must be https (http only on a loopback address): ${address}`);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw invalid(field, "must be a base address without credentials, query and fragment");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

/** The error for an option that breaks a rule. */
export function invalid(field: string, rule: string): ClientError {
  return new ClientError("options_invalid", `${field} ${rule}.`, { field });
}
