/** Names of network protocols, as `protocols` of network traffic should spell them. STIX 2.1 §6.12. */

import { PORTLESS_SERVICES } from "./portless-services.ts";
import { SERVICE_NAMES } from "./registered-names.ts";

/**
 * Names that the registry of services lacks: of the registry of protocol numbers and of link layers, and the
 * ones by which everybody knows a protocol, or the standard itself does.
 */
const USUAL_NAMES = `
ah cdp dccp dhcp dhcpv6 dns dns-over-tls dot doh dtls eigrp esp ethernet ftps gre grpc http2 http3
icmpv6 icmp6 ike ipcomp ipip ipsec ipv4 ipv6 ipv6-frag ipv6-icmp ipv6-nonxt ipv6-opts ipv6-route isis
kerberos lldp mld mpls mptcp ndp netbios pim pptp quic radius sctp sip smtps spdy ssl tls udplite
vrrp websocket wss
`;

let known: ReadonlySet<string> | undefined;

/** Made when first asked for. */
function names(): ReadonlySet<string> {
  known ??= new Set(`${SERVICE_NAMES} ${PORTLESS_SERVICES} ${USUAL_NAMES}`.trim().split(/\s+/));
  return known;
}

/** Whether a text is the name of a protocol in lower case, registered as a service or known without. */
export function isServiceName(text: string): boolean {
  return names().has(text);
}
