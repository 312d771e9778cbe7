/** The ways of attacking that the invented cast uses; numbers and tactics are those of MITRE ATT&CK. */

/** One way of attacking, with its number in MITRE ATT&CK and its tactic there. */
export interface Technique {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly attackId: string;
  readonly tactic: string;
}

export const TECHNIQUES: readonly Technique[] = [
  {
    key: "phishing-attachment",
    name: "Phishing with an attached document",
    description: "A message brings a document that starts a loader when its content is enabled.",
    attackId: "T1566.001",
    tactic: "initial-access",
  },
  {
    key: "phishing-link",
    name: "Phishing with a link",
    description: "A message leads to a page that imitates a sign-in form or offers a download.",
    attackId: "T1566.002",
    tactic: "initial-access",
  },
  {
    key: "public-facing",
    name: "Attack on an exposed application",
    description:
      "A weakness of a server that is reachable from the internet gives the first foothold.",
    attackId: "T1190",
    tactic: "initial-access",
  },
  {
    key: "valid-accounts",
    name: "Use of stolen accounts",
    description: "Valid credentials, bought or stolen earlier, are used to sign in.",
    attackId: "T1078",
    tactic: "initial-access",
  },
  {
    key: "powershell",
    name: "Commands through PowerShell",
    description: "An encoded command line fetches and runs the next stage in memory.",
    attackId: "T1059.001",
    tactic: "execution",
  },
  {
    key: "scheduled-task",
    name: "Scheduled task",
    description: "A task with a harmless name starts the implant after every sign-in.",
    attackId: "T1053.005",
    tactic: "persistence",
  },
  {
    key: "run-key",
    name: "Autostart entry in the registry",
    description: "A value below a Run key starts the implant with the user's session.",
    attackId: "T1547.001",
    tactic: "persistence",
  },
  {
    key: "web-shell",
    name: "Web shell",
    description: "A script is left on a web server and takes commands by HTTP.",
    attackId: "T1505.003",
    tactic: "persistence",
  },
  {
    key: "masquerading",
    name: "Names that look like the system's own",
    description: "Files and services carry the name of a part of the operating system.",
    attackId: "T1036.005",
    tactic: "defense-evasion",
  },
  {
    key: "packing",
    name: "Packed program files",
    description: "Program files are compressed or encrypted and unpack themselves in memory.",
    attackId: "T1027.002",
    tactic: "defense-evasion",
  },
  {
    key: "lsass",
    name: "Credentials read from memory",
    description: "The memory of the sign-in service is read for passwords and tickets.",
    attackId: "T1003.001",
    tactic: "credential-access",
  },
  {
    key: "keylogging",
    name: "Recording of keystrokes",
    description: "Keystrokes are recorded and sent once an hour.",
    attackId: "T1056.001",
    tactic: "collection",
  },
  {
    key: "network-scan",
    name: "Scan of the inner network",
    description: "Neighbouring hosts and open ports are listed from the first infected computer.",
    attackId: "T1046",
    tactic: "discovery",
  },
  {
    key: "rdp",
    name: "Movement by remote desktop",
    description: "Stolen accounts are used to open remote desktops on servers.",
    attackId: "T1021.001",
    tactic: "lateral-movement",
  },
  {
    key: "web-c2",
    name: "Command and control by web traffic",
    description: "Requests that look like ordinary browsing carry commands and answers.",
    attackId: "T1071.001",
    tactic: "command-and-control",
  },
  {
    key: "dns-c2",
    name: "Command and control by DNS",
    description: "Commands travel in the answers to name queries.",
    attackId: "T1071.004",
    tactic: "command-and-control",
  },
  {
    key: "exfil-c2",
    name: "Data leaves by the command channel",
    description: "Collected files are cut up and sent over the channel that brings the commands.",
    attackId: "T1041",
    tactic: "exfiltration",
  },
  {
    key: "encrypt",
    name: "Files encrypted for ransom",
    description: "Files on shares and servers are encrypted and a note demands payment.",
    attackId: "T1486",
    tactic: "impact",
  },
];
