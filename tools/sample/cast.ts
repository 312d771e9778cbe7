/**
 * The invented cast of the sample feed: who publishes, who is attacked, who attacks, with what and how.
 * Names, places and events are made up; technique numbers are those of MITRE ATT&CK. The generator beside
 * this file turns the tables into STIX objects.
 */

/** One invented organisation. */
export interface Organisation {
  readonly name: string;
  readonly description: string;
  readonly identityClass: "organization" | "class" | "group";
  readonly sectors: readonly string[];
}

/** One group with its malware, its habits and the words it builds names from. */
export interface Cluster {
  readonly key: string;
  readonly actor: {
    readonly name: string;
    readonly aliases: readonly string[];
    readonly description: string;
    readonly types: readonly string[];
    readonly roles: readonly string[];
    readonly goals: readonly string[];
    readonly sophistication: string;
    readonly resourceLevel: string;
    readonly motivation: string;
    readonly firstSeen: string;
  };
  readonly malware: {
    readonly name: string;
    readonly description: string;
    readonly types: readonly string[];
    readonly capabilities: readonly string[];
    /** File names under which it is dropped. */
    readonly files: readonly string[];
    readonly registryKey: string;
    readonly commandLine: string;
    readonly port: number;
  };
  readonly techniques: readonly string[];
  readonly targets: readonly string[];
  /** Words of host names, addresses and subjects. */
  readonly words: readonly string[];
  readonly subject: string;
  readonly report: string;
}

export const PRODUCER: Organisation = {
  name: "Harbour Street CERT",
  description: "Invented incident response team that publishes this sample feed.",
  identityClass: "organization",
  sectors: ["technology", "non-profit"],
};

export const ORGANISATIONS: readonly Organisation[] = [
  {
    name: "Example Parcel Service",
    description: "Invented courier whose delivery notices are imitated.",
    identityClass: "organization",
    sectors: ["transportation"],
  },
  {
    name: "Northwater Utilities",
    description: "Invented operator of water works in three counties.",
    identityClass: "organization",
    sectors: ["water", "utilities"],
  },
  {
    name: "Fernhill Hospital Group",
    description: "Invented group of five hospitals.",
    identityClass: "organization",
    sectors: ["healthcare"],
  },
  {
    name: "Corner Shop Cooperative",
    description: "Invented chain of small retail shops with web ordering.",
    identityClass: "organization",
    sectors: ["retail", "commercial"],
  },
  {
    name: "Regional savings banks",
    description: "Savings banks with fewer than 200 employees, as a class.",
    identityClass: "class",
    sectors: ["financial-services"],
  },
  {
    name: "Town administrations",
    description: "Municipal offices that publish tenders, as a class.",
    identityClass: "class",
    sectors: ["government-local"],
  },
  {
    name: "Lakeside Technical University",
    description: "Invented university with a large computing centre.",
    identityClass: "organization",
    sectors: ["education"],
  },
  {
    name: "Ropewalk Trading Company",
    description: "Invented front company that rents servers for Grey Ferryman.",
    identityClass: "organization",
    sectors: ["commercial"],
  },
];

export const CLUSTERS: readonly Cluster[] = [
  {
    key: "tin-lantern",
    actor: {
      name: "Tin Lantern",
      aliases: ["HSC-G01", "Blikken Lantaarn"],
      description: "Sells first access to company networks, gained with false parcel notices.",
      types: ["crime-syndicate"],
      roles: ["infrastructure-operator", "agent"],
      goals: ["Sell access to company networks"],
      sophistication: "intermediate",
      resourceLevel: "team",
      motivation: "personal-gain",
      firstSeen: "2024-03-11T00:00:00.000Z",
    },
    malware: {
      name: "LanternLoader",
      description: "Small loader that fetches its next stage from a list of web addresses.",
      types: ["downloader", "dropper"],
      capabilities: ["installs-other-components", "communicates-with-c2", "anti-sandbox"],
      files: ["parcel_notice.js", "DeliveryNote.iso", "label-print.exe"],
      registryKey: "HKEY_CURRENT_USER\\\\Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run",
      commandLine: "%wscript.exe%parcel_notice%",
      port: 8443,
    },
    techniques: ["phishing-link", "powershell", "scheduled-task", "web-c2"],
    targets: ["Example Parcel Service", "Corner Shop Cooperative"],
    words: ["parcel", "track", "delivery", "label", "courier", "customs"],
    subject: "Your parcel could not be delivered",
    report: "Tin Lantern moves from attachments to links",
  },
  {
    key: "grey-ferryman",
    actor: {
      name: "Grey Ferryman",
      aliases: ["HSC-G02"],
      description: "Patient group that reads the mail of town administrations for months.",
      types: ["nation-state", "spy"],
      roles: ["agent", "malware-author"],
      goals: ["Read procurement plans", "Keep access for years"],
      sophistication: "advanced",
      resourceLevel: "government",
      motivation: "organizational-gain",
      firstSeen: "2021-09-02T00:00:00.000Z",
    },
    malware: {
      name: "FerryRAT",
      description: "Remote access tool that hides its traffic in name queries.",
      types: ["remote-access-trojan", "backdoor"],
      capabilities: ["accesses-remote-machines", "exfiltrates-data", "communicates-with-c2"],
      files: ["tender_annex.docm", "wlanfsvc.dll", "minutes_draft.xlsm"],
      registryKey: "HKEY_LOCAL_MACHINE\\\\System\\\\CurrentControlSet\\\\Services\\\\wlanfsvc",
      commandLine: "%rundll32.exe%wlanfsvc.dll%",
      port: 53,
    },
    techniques: ["phishing-attachment", "masquerading", "dns-c2", "exfil-c2"],
    targets: ["Town administrations", "Lakeside Technical University"],
    words: ["tender", "council", "archive", "minutes", "register", "bulletin"],
    subject: "Revised annex to the tender",
    report: "Three years of Grey Ferryman",
  },
  {
    key: "salt-mirror",
    actor: {
      name: "Salt Mirror",
      aliases: ["HSC-G03", "Zoutspiegel"],
      description: "Destroys data of utilities and claims it in public.",
      types: ["activist", "sensationalist"],
      roles: ["independent"],
      goals: ["Interrupt public services", "Gain attention"],
      sophistication: "intermediate",
      resourceLevel: "club",
      motivation: "ideology",
      firstSeen: "2025-06-21T00:00:00.000Z",
    },
    malware: {
      name: "MirrorWipe",
      description: "Overwrites files and boot sectors at a fixed hour.",
      types: ["wiper"],
      capabilities: ["compromises-data-availability", "compromises-system-availability"],
      files: ["pumpcheck.exe", "reflect.sys", "schedule.bat"],
      registryKey: "HKEY_LOCAL_MACHINE\\\\System\\\\CurrentControlSet\\\\Services\\\\reflect",
      commandLine: "%pumpcheck.exe%/quiet%/at%",
      port: 4444,
    },
    techniques: ["public-facing", "web-shell", "network-scan", "rdp"],
    targets: ["Northwater Utilities", "Town administrations"],
    words: ["water", "meter", "pump", "valve", "status", "outage"],
    subject: "Planned outage in your district",
    report: "Salt Mirror against water works",
  },
  {
    key: "paper-kestrel",
    actor: {
      name: "Paper Kestrel",
      aliases: ["HSC-G04"],
      description: "Steals web shop and banking credentials and resells them by the thousand.",
      types: ["criminal", "hacker"],
      roles: ["malware-author", "infrastructure-operator"],
      goals: ["Sell stolen credentials"],
      sophistication: "minimal",
      resourceLevel: "individual",
      motivation: "personal-gain",
      firstSeen: "2025-01-08T00:00:00.000Z",
    },
    malware: {
      name: "KestrelStealer",
      description: "Copies saved passwords and cookies and deletes itself.",
      types: ["spyware", "keylogger"],
      capabilities: ["steals-authentication-credentials", "cleans-traces-of-infection"],
      files: ["coupon-helper.exe", "pricecheck.msi", "setup_free.exe"],
      registryKey:
        "HKEY_CURRENT_USER\\\\Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\RunOnce",
      commandLine: "%coupon-helper.exe%--collect%",
      port: 8080,
    },
    techniques: ["phishing-link", "keylogging", "packing", "exfil-c2"],
    targets: ["Corner Shop Cooperative", "Regional savings banks"],
    words: ["coupon", "price", "shop", "bonus", "wallet", "voucher"],
    subject: "Your bonus points expire today",
    report: "Coupon programs that steal passwords",
  },
  {
    key: "night-orchard",
    actor: {
      name: "Night Orchard",
      aliases: ["HSC-G05", "Nachtgaard"],
      description: "Runs a rented network of infected computers for overload attacks.",
      types: ["crime-syndicate", "criminal"],
      roles: ["infrastructure-architect", "infrastructure-operator"],
      goals: ["Rent out overload attacks"],
      sophistication: "intermediate",
      resourceLevel: "organization",
      motivation: "personal-gain",
      firstSeen: "2023-11-15T00:00:00.000Z",
    },
    malware: {
      name: "OrchardBot",
      description: "Spreads over weak passwords and waits for targets to overload.",
      types: ["bot", "ddos"],
      capabilities: [
        "infects-remote-machines",
        "communicates-with-c2",
        "probes-network-environment",
      ],
      files: ["orch.arm", "orch.x86", "busyupdate"],
      registryKey: "HKEY_LOCAL_MACHINE\\\\Software\\\\Orchard\\\\Agent",
      commandLine: "%busyupdate%-d%",
      port: 6667,
    },
    techniques: ["valid-accounts", "network-scan", "web-c2", "packing"],
    targets: ["Lakeside Technical University", "Regional savings banks"],
    words: ["orchard", "node", "relay", "stream", "cache", "mirror"],
    subject: "Your camera needs an update",
    report: "Inside the Night Orchard rental network",
  },
  {
    key: "broken-abacus",
    actor: {
      name: "Broken Abacus",
      aliases: ["HSC-G06"],
      description: "Encrypts hospital servers and threatens to publish patient files.",
      types: ["crime-syndicate"],
      roles: ["director", "agent"],
      goals: ["Extort ransom"],
      sophistication: "expert",
      resourceLevel: "organization",
      motivation: "personal-gain",
      firstSeen: "2024-10-30T00:00:00.000Z",
    },
    malware: {
      name: "AbacusLocker",
      description: "Encrypts shares in order of size and leaves a note in every folder.",
      types: ["ransomware"],
      capabilities: ["compromises-data-availability", "prevents-artifact-access", "evades-av"],
      files: ["abacus.exe", "invoice_ward7.lnk", "ledger.dll"],
      registryKey: "HKEY_LOCAL_MACHINE\\\\Software\\\\Abacus\\\\Ledger",
      commandLine: "%abacus.exe%--count%",
      port: 443,
    },
    techniques: ["valid-accounts", "lsass", "rdp", "encrypt"],
    targets: ["Fernhill Hospital Group", "Regional savings banks"],
    words: ["invoice", "ledger", "ward", "billing", "remit", "account"],
    subject: "Overdue invoice for ward supplies",
    report: "Broken Abacus in five hospitals",
  },
];
