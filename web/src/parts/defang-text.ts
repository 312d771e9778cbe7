/** Disarms addresses for reading and passing on: nothing makes a link of `hxxps://evil[.]example`. */
/** The beginning of an address that programs open. */
const SCHEME = /\b(?:https?|ftps?):\/\//gi;
/** An account and the at sign behind it. */
const AT = /(?<=[\w.+-])@(?=[a-z0-9-]+(?:\.[a-z0-9-]+)*)/gi;
/** Names of hosts, and IPv4 addresses. A file's name may look like a host's and is disarmed as well. */
const HOST = /(?<![\w-])(?:[a-z0-9-]+\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]+)(?![\w-])/gi;
const ADDRESS = /(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-])/g;

/** The text with every address in it disarmed. */
export function defang(text: string): string {
  const dotted = (name: string): string => name.replaceAll(".", "[.]");
  return text
    .replace(SCHEME, (scheme) => scheme.replace(/tt/i, "xx").replace(/^ft/i, "fx"))
    .replace(ADDRESS, dotted)
    .replace(HOST, dotted)
    .replace(AT, "[@]");
}
