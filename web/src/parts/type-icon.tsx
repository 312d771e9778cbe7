/** A disc with a glyph for each type of object; the type is always written beside it as well. */
import {
  BugRegular,
  BuildingRegular,
  DocumentRegular,
  EyeRegular,
  FlagRegular,
  type FluentIcon,
  GlobeRegular,
  LinkRegular,
  LocationRegular,
  LockClosedRegular,
  MailRegular,
  NoteRegular,
  PeopleRegular,
  PersonRegular,
  QuestionRegular,
  SearchRegular,
  ServerRegular,
  ShieldCheckmarkRegular,
  TargetArrowRegular,
  WarningRegular,
  WrenchRegular,
} from "@fluentui/react-icons";
import type { ReactNode } from "react";
import { typeColour } from "./type-colours.ts";

const ICONS: Readonly<Record<string, FluentIcon>> = {
  indicator: SearchRegular,
  "threat-actor": PersonRegular,
  "attack-pattern": TargetArrowRegular,
  identity: BuildingRegular,
  relationship: LinkRegular,
  malware: BugRegular,
  "malware-analysis": DocumentRegular,
  tool: WrenchRegular,
  campaign: FlagRegular,
  "intrusion-set": PeopleRegular,
  vulnerability: WarningRegular,
  report: DocumentRegular,
  grouping: DocumentRegular,
  location: LocationRegular,
  infrastructure: ServerRegular,
  "course-of-action": ShieldCheckmarkRegular,
  note: NoteRegular,
  opinion: NoteRegular,
  sighting: EyeRegular,
  "observed-data": EyeRegular,
  "marking-definition": LockClosedRegular,
  url: GlobeRegular,
  "domain-name": GlobeRegular,
  "ipv4-addr": ServerRegular,
  "ipv6-addr": ServerRegular,
  "email-addr": MailRegular,
  "email-message": MailRegular,
  file: DocumentRegular,
  "user-account": PersonRegular,
};

/** The disc. */
export function TypeIcon({ type }: { readonly type: string }): ReactNode {
  const Icon = ICONS[type] ?? QuestionRegular;
  return (
    <span className="disc" style={{ background: typeColour(type) }} aria-hidden>
      <Icon fontSize={14} />
    </span>
  );
}
