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

const TYPES: Readonly<Record<string, readonly [FluentIcon, string]>> = {
  indicator: [SearchRegular, "#6b4fbb"],
  "threat-actor": [PersonRegular, "#c4314b"],
  "attack-pattern": [TargetArrowRegular, "#ca5010"],
  identity: [BuildingRegular, "#0f6cbd"],
  relationship: [LinkRegular, "#616161"],
  malware: [BugRegular, "#a4262c"],
  tool: [WrenchRegular, "#5c2e91"],
  campaign: [FlagRegular, "#8e562e"],
  "intrusion-set": [PeopleRegular, "#9b0062"],
  vulnerability: [WarningRegular, "#986f0b"],
  report: [DocumentRegular, "#004e8c"],
  location: [LocationRegular, "#0b6a0b"],
  infrastructure: [ServerRegular, "#005b70"],
  "course-of-action": [ShieldCheckmarkRegular, "#0b6a0b"],
  note: [NoteRegular, "#616161"],
  sighting: [EyeRegular, "#005b70"],
  "marking-definition": [LockClosedRegular, "#424242"],
  url: [GlobeRegular, "#005b70"],
  "domain-name": [GlobeRegular, "#005b70"],
};

/** Colour of a type's disc. */
export function typeColour(type: string): string {
  return TYPES[type]?.[1] ?? "#616161";
}

/** The disc. */
export function TypeIcon({ type }: { readonly type: string }): ReactNode {
  const [Icon, colour] = TYPES[type] ?? [QuestionRegular, "#616161"];
  return (
    <span className="disc" style={{ background: colour }} aria-hidden>
      <Icon fontSize={14} />
    </span>
  );
}
