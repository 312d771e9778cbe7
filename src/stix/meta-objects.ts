/** The three meta objects (STIX 2.1 §7), the bundle (§8), and the nested types that every object shares. */

import { META_PROPERTIES, metaObject, nestedType, objectType } from "./common-properties.ts";
import {
  language,
  listOf,
  markingRef,
  oneOf,
  openly,
  refToAny,
  text,
  textAdvised,
  textAs,
  timestamp,
} from "./kinds.ts";
import { type ObjectType, optional, type Property, required, since21 } from "./object-type.ts";

function common(...names: readonly string[]): readonly Property[] {
  return names.map((name) => META_PROPERTIES[name]).filter((each) => each !== undefined);
}

export const META_OBJECTS: readonly ObjectType[] = [
  metaObject(
    "language-content",
    "7.1",
    [
      optional("created_by_ref", common("created_by_ref")[0]?.kind21 ?? text),
      ...common("created", "modified", "revoked", "labels", "confidence", "external_references"),
      ...common("object_marking_refs", "granular_markings", "extensions"),
      required("object_ref", refToAny("language-content")),
      optional("object_modified", timestamp),
      required("contents", { is: "translations" }),
    ],
    { in20: false },
  ),
  metaObject(
    "marking-definition",
    "7.2.1",
    [
      optional("created_by_ref", common("created_by_ref")[0]?.kind21 ?? text),
      ...common("created", "external_references", "object_marking_refs", "granular_markings"),
      ...common("extensions"),
      since21("name", text),
      optional("definition_type", openly("marking-definition-type-ov"), { in20: "required" }),
      optional("definition", { is: "marking" }, { in20: "required" }),
    ],
    {
      rules: [
        {
          rule: "at-least-one",
          groups: [["extensions"], ["definition_type", "definition"]],
          in: "2.1",
        },
      ],
    },
  ),
  metaObject(
    "extension-definition",
    "7.3",
    [
      ...common("created_by_ref", "created", "modified", "revoked", "labels"),
      ...common("external_references", "object_marking_refs", "granular_markings"),
      required("name", text),
      optional("description", text),
      required("schema", text),
      required("version", textAdvised("semantic-version")),
      required("extension_types", listOf(oneOf("extension-type-enum"))),
      optional("extension_properties", listOf(text)),
    ],
    { in20: false },
  ),
];

export const BUNDLE: ObjectType = {
  ...objectType("bundle", "bundle", "8", [
    required("type", text),
    required("id", text),
    required("spec_version", text, { in21: "absent" }),
    optional("objects", { is: "objects" }),
  ]),
};

export const SHARED_TYPES: readonly ObjectType[] = [
  nestedType(
    "external-reference",
    "2.5",
    [
      required("source_name", text),
      optional("description", text),
      optional("url", textAs("reference-url")),
      optional("hashes", { is: "hashes", nameRule: "extref.hashName" }),
      optional("external_id", text),
    ],
    { requiredRule: "extref.fields" },
  ),
  nestedType(
    "kill-chain-phase",
    "2.11",
    [required("kill_chain_name", textAdvised("term")), required("phase_name", textAdvised("term"))],
    { requiredRule: "kcp.fields", stringRule: "kind.kcpString" },
  ),
  nestedType(
    "granular-marking",
    "7.2.3",
    [
      since21("lang", language),
      // That one of lang and marking_ref must stand there is a rule of its own: granular.neither.
      optional("marking_ref", markingRef),
      required("selectors", listOf(text)),
    ],
    { requiredRule: "granular.selectors" },
  ),
];
