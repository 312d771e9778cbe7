/** The deliberate faults of the sample feed: one of each kind that a newcomer is likely to meet. */
import { common, digest, type StixObject } from "./derive.ts";
import { COMMAND, indicator, ipv4 } from "./indicators.ts";

function without(object: StixObject, property: string): StixObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== property));
}

/** A sound indicator that a fault is then made in. */
function faultless(number: number, fault: string): StixObject {
  return indicator({
    name: `fault ${number}`,
    title: `Deliberate fault ${number} of 6: ${fault}`,
    description: "Rejected on purpose, to show how a rejection is explained.",
    types: ["unknown"],
    pattern: `[ipv4-addr:value = '${ipv4(740 + number)}']`,
    phase: COMMAND,
    label: "deliberate-fault",
    validity: ["2026-03-14T09:30:00.000Z", "2035-12-31T23:59:59.000Z"],
  });
}

/** The deliberate faults with the place each takes in the feed; samples/README.md lists them. */
export const FAULTS: readonly (readonly [recordIndex: number, object: StixObject])[] = [
  [57, without(faultless(1, "no id"), "id")],
  [98, { ...faultless(2, "a time that is none"), modified: "14/03/2026 09:30" }],
  [143, { ...faultless(3, "ends before it begins"), valid_until: "2025-03-14T09:30:00.000Z" }],
  [181, { ...faultless(4, "confidence above 100"), confidence: 180 }],
  [
    226,
    {
      ...common("x-harbour-diary-entry", "fault 5"),
      name: "Deliberate fault 5 of 6: a type that STIX does not know",
      content: "Watch changed at noon; nothing to report.",
      labels: ["deliberate-fault"],
    },
  ],
  [
    262,
    {
      ...faultless(6, "a digest that is one character short"),
      pattern: `[file:hashes.'SHA-256' = '${digest("sha256", "fault 6").slice(1)}']`,
    },
  ],
];
