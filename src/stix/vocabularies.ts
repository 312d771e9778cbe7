/**
 * The vocabularies of STIX as data: open ones, whose values a producer should use, and closed ones
 * (enumerations, named `…-enum`), whose values it must use. Nothing here judges an object.
 */

interface VocabularyLists {
  readonly in21?: readonly string[];
  readonly in20?: readonly string[];
}

/** One vocabulary with the values of both versions. */
export interface Vocabulary {
  readonly name: string;
  readonly closed: boolean;
  readonly values21: ReadonlySet<string>;
  readonly values20: ReadonlySet<string>;
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** Every vocabulary by its name in the standard; a version without its own list uses the other one. */
const LISTS: Readonly<Record<string, VocabularyLists>> = {
  "encryption-algorithm-enum": {
    in21: words("AES-256-GCM ChaCha20-Poly1305 mime-type-indicated"),
  },
  "extension-type-enum": {
    in21: words(`
      new-sdo new-sco new-sro property-extension toplevel-property-extension
    `),
  },
  "network-socket-address-family-enum": {
    in21: words(`
      AF_UNSPEC AF_INET AF_IPX AF_APPLETALK AF_NETBIOS AF_INET6 AF_IRDA AF_BTH
    `),
  },
  "network-socket-protocol-family-enum": {
    in21: words(`
      PF_INET PF_AX25 PF_IPX PF_INET6 PF_APPLETALK PF_NETROM PF_BRIDGE PF_ATMPVC PF_X25
      PF_ROSE PF_DECNET PF_NETBEUI PF_SECURITY PF_KEY PF_NETLINK PF_ROUTE PF_PACKET PF_ASH
      PF_ECONET PF_ATMSVC PF_SNA PF_IRDA PF_PPPOX PF_WANPIPE PF_BLUETOOTH
    `),
  },
  "network-socket-type-enum": {
    in21: words("SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_RDM SOCK_SEQPACKET"),
  },
  "opinion-enum": {
    in21: words("strongly-disagree disagree neutral agree strongly-agree"),
  },
  "windows-integrity-level-enum": {
    in21: words("low medium high system"),
  },
  "windows-registry-datatype-enum": {
    in21: words(`
      REG_NONE REG_SZ REG_EXPAND_SZ REG_BINARY REG_DWORD REG_DWORD_BIG_ENDIAN
      REG_DWORD_LITTLE_ENDIAN REG_LINK REG_MULTI_SZ REG_RESOURCE_LIST
      REG_FULL_RESOURCE_DESCRIPTION REG_RESOURCE_REQUIREMENTS_LIST REG_QWORD REG_INVALID_TYPE
    `),
    in20: words(`
      REG_NONE REG_SZ REG_EXPAND_SZ REG_BINARY REG_DWORD REG_DWORD_BIG_ENDIAN REG_LINK
      REG_MULTI_SZ REG_RESOURCE_LIST REG_FULL_RESOURCE_DESCRIPTION
      REG_RESOURCE_REQUIREMENTS_LIST REG_QWORD REG_INVALID_TYPE
    `),
  },
  "windows-service-start-type-enum": {
    in21: words(`
      SERVICE_AUTO_START SERVICE_BOOT_START SERVICE_DEMAND_START SERVICE_DISABLED
      SERVICE_SYSTEM_ALERT
    `),
  },
  "windows-service-status-enum": {
    in21: words(`
      SERVICE_CONTINUE_PENDING SERVICE_PAUSE_PENDING SERVICE_PAUSED SERVICE_RUNNING
      SERVICE_START_PENDING SERVICE_STOP_PENDING SERVICE_STOPPED
    `),
  },
  "windows-service-type-enum": {
    in21: words(`
      SERVICE_KERNEL_DRIVER SERVICE_FILE_SYSTEM_DRIVER SERVICE_WIN32_OWN_PROCESS
      SERVICE_WIN32_SHARE_PROCESS
    `),
  },
  "account-type-ov": {
    in21: words(`
      facebook ldap nis openid radius skype tacacs twitter unix windows-local windows-domain
    `),
  },
  "attack-motivation-ov": {
    in21: words(`
      accidental coercion dominance ideology notoriety organizational-gain personal-gain
      personal-satisfaction revenge unpredictable
    `),
  },
  "attack-resource-level-ov": {
    in21: words("individual club contest team organization government"),
  },
  "encryption-algo-ov": {
    in20: words(`
      AES128-ECB AES128-CBC AES128-CFB AES128-COFB AES128-CTR AES128-XTS AES128-GCM Salsa20
      Salsa12 Salsa8 ChaCha20-Poly1305 ChaCha20 DES-CBC 3DES-CBC DES-EBC 3DES-EBC CAST128-CBC
      CAST256-CBC RSA DSA
    `),
  },
  "grouping-context-ov": {
    in21: words("suspicious-activity malware-analysis unspecified"),
  },
  "hash-algorithm-ov": {
    in21: words("MD5 SHA-1 SHA-256 SHA-512 SHA3-256 SHA3-512 SSDEEP TLSH"),
    in20: words(`
      MD5 MD6 RIPEMD-160 SHA-1 SHA-224 SHA-256 SHA-384 SHA-512 SHA3-224 SHA3-256 SHA3-384
      SHA3-512 ssdeep WHIRLPOOL
    `),
  },
  "identity-class-ov": {
    in21: words("individual group system organization class unknown"),
    in20: words("individual group organization class unknown"),
  },
  "implementation-language-ov": {
    in21: words(`
      applescript bash c c++ c# go java javascript lua objective-c perl php powershell python
      ruby rust scala swift typescript visual-basic x86-32 x86-64
    `),
  },
  "indicator-label-ov": {
    in20: words(`
      anomalous-activity anonymization benign compromised malicious-activity attribution
    `),
  },
  "indicator-type-ov": {
    in21: words(`
      anomalous-activity anonymization benign compromised malicious-activity attribution
      unknown
    `),
  },
  "industry-sector-ov": {
    in21: words(`
      agriculture aerospace automotive chemical commercial communications construction defense
      education energy entertainment financial-services government emergency-services
      government-local government-national government-public-services government-regional
      healthcare hospitality-leisure infrastructure dams nuclear water insurance legal
      manufacturing mining non-profit pharmaceuticals retail technology telecommunications
      transportation utilities
    `),
    in20: words(`
      agriculture aerospace automotive communications construction defence education energy
      entertainment financial-services government-national government-regional
      government-local government-public-services healthcare hospitality-leisure
      infrastructure insurance manufacturing mining non-profit pharmaceuticals retail
      technology telecommunications transportation utilities
    `),
  },
  "infrastructure-type-ov": {
    in21: words(`
      amplification anonymization botnet command-and-control control-system exfiltration
      firewall hosting-malware hosting-target-lists phishing reconnaissance routers-switches
      staging workstation unknown
    `),
  },
  "malware-capabilities-ov": {
    in21: words(`
      accesses-remote-machines anti-debugging anti-disassembly anti-emulation
      anti-memory-forensics anti-sandbox anti-vm captures-input-peripherals
      captures-output-peripherals captures-system-state-data cleans-traces-of-infection
      commits-fraud communicates-with-c2 compromises-data-availability
      compromises-data-integrity compromises-system-availability controls-local-machine
      degrades-security-software degrades-system-updates determines-c2-server emails-spam
      escalates-privileges evades-av exfiltrates-data fingerprints-host hides-artifacts
      hides-executing-code infects-files infects-remote-machines installs-other-components
      persists-after-system-reboot prevents-artifact-access prevents-artifact-deletion
      probes-network-environment self-modifies steals-authentication-credentials
      violates-system-operational-integrity
    `),
  },
  "malware-label-ov": {
    in20: words(`
      adware backdoor bot ddos dropper exploit-kit keylogger ransomware remote-access-trojan
      resource-exploitation rogue-security-software rootkit screen-capture spyware trojan
      virus worm
    `),
  },
  "malware-result-ov": {
    in21: words("malicious suspicious benign unknown"),
  },
  "malware-type-ov": {
    in21: words(`
      adware backdoor bot bootkit ddos downloader dropper exploit-kit keylogger ransomware
      remote-access-trojan resource-exploitation rogue-security-software rootkit
      screen-capture spyware trojan unknown virus webshell wiper worm
    `),
  },
  "marking-definition-type-ov": {
    in21: words("statement tlp"),
  },
  "pattern-type-ov": {
    in21: words("stix pcre sigma snort suricata yara"),
  },
  "processor-architecture-ov": {
    in21: words("alpha arm ia-64 mips powerpc sparc x86 x86-64"),
  },
  "region-ov": {
    in21: words(`
      africa eastern-africa middle-africa northern-africa southern-africa western-africa
      americas caribbean central-america latin-america-caribbean northern-america
      south-america asia central-asia eastern-asia southern-asia south-eastern-asia
      western-asia europe eastern-europe northern-europe southern-europe western-europe
      oceania antarctica australia-new-zealand melanesia micronesia polynesia
    `),
  },
  "report-label-ov": {
    in20: words(`
      threat-report attack-pattern campaign identity indicator intrusion-set malware
      observed-data threat-actor tool vulnerability
    `),
  },
  "report-type-ov": {
    in21: words(`
      attack-pattern campaign identity incident indicator intrusion-set malware observed-data
      threat-actor threat-report tool vulnerability
    `),
  },
  "threat-actor-label-ov": {
    in20: words(`
      activist competitor crime-syndicate criminal hacker insider-accidental
      insider-disgruntled nation-state sensationalist spy terrorist
    `),
  },
  "threat-actor-role-ov": {
    in21: words(`
      agent director independent infrastructure-architect infrastructure-operator
      malware-author sponsor
    `),
  },
  "threat-actor-sophistication-ov": {
    in21: words("none minimal intermediate advanced expert innovator strategic"),
  },
  "threat-actor-type-ov": {
    in21: words(`
      activist competitor crime-syndicate criminal hacker insider-accidental
      insider-disgruntled nation-state private-sector sensationalist spy terrorist unknown
    `),
  },
  "tool-label-ov": {
    in20: words(`
      denial-of-service exploitation information-gathering network-capture
      credential-exploitation remote-access vulnerability-scanning
    `),
  },
  "tool-type-ov": {
    in21: words(`
      denial-of-service exploitation information-gathering network-capture
      credential-exploitation remote-access vulnerability-scanning unknown
    `),
  },
  "windows-pebinary-type-ov": {
    in21: words("dll exe sys"),
  },
};

/** Every vocabulary by name. @see STIX 2.1 §10 */
export const VOCABULARIES: ReadonlyMap<string, Vocabulary> = new Map(
  Object.entries(LISTS).map(([name, { in21, in20 }]) => [
    name,
    {
      name,
      closed: name.endsWith("-enum"),
      values21: new Set(in21 ?? in20),
      values20: new Set(in20 ?? in21),
    },
  ]),
);

/** The vocabulary of that name. @throws Error when the tables name one that does not exist */
export function vocabularyNamed(name: string): Vocabulary {
  const vocabulary = VOCABULARIES.get(name);
  if (vocabulary === undefined) {
    throw new Error(`no vocabulary is named ${name}`);
  }
  return vocabulary;
}
