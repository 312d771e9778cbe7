/** The predefined extensions of observables and the types nested in observables (STIX 2.1 §6). */

import { extensionType, nestedType } from "./common-properties.ts";
import {
  dictionary,
  dictionaryAdvised,
  flag,
  float,
  hashes,
  hex,
  integer,
  type Kind,
  listOf,
  nested,
  oneOf,
  openly,
  refTo,
  text,
  textAdvised,
  timestamp,
} from "./kinds.ts";
import {
  type ObjectRule,
  type ObjectType,
  only20,
  optional,
  type Property,
  required,
  since21,
} from "./object-type.ts";

const size: Kind = integer({ min: 0 });
const lowerCase: Kind = textAdvised("lower-case");

function optionals(kind: Kind, ...names: readonly string[]): readonly Property[] {
  return names.map((name) => optional(name, kind));
}

/** One type of file says nothing by itself: 2.1 wants something beside it. */
const PE_RULE: ObjectRule = {
  rule: "at-least-one-own",
  orExtension: false,
  besides: "pe_type",
  in: "2.1",
};

function withRule(type: ObjectType, rule: ObjectRule): ObjectType {
  return { ...type, rules: [...type.rules, rule] };
}

export const EXTENSION_TYPES: readonly ObjectType[] = [
  extensionType("archive-ext", "6.7.2", "file", [
    required("contains_refs", listOf(refTo("file", "directory"))),
    only20("version", text),
    optional("comment", text),
  ]),
  extensionType("ntfs-ext", "6.7.3", "file", [
    optional("sid", text),
    optional("alternate_data_streams", listOf(nested("alternate-data-stream"))),
  ]),
  extensionType("pdf-ext", "6.7.4", "file", [
    optional("version", text),
    optional("is_optimized", flag),
    optional("document_info_dict", dictionaryAdvised("pdf-info", "string")),
    optional("pdfid0", text),
    optional("pdfid1", text),
  ]),
  extensionType("raster-image-ext", "6.7.5", "file", [
    optional("image_height", integer()),
    optional("image_width", integer()),
    optional("bits_per_pixel", integer()),
    only20("image_compression_algorithm", text),
    optional("exif_tags", dictionary("integer-or-string", true)),
  ]),
  withRule(
    extensionType("windows-pebinary-ext", "6.7.6", "file", [
      required("pe_type", openly("windows-pebinary-type-ov")),
      optional("imphash", text),
      optional("machine_hex", hex),
      optional("number_of_sections", size),
      optional("time_date_stamp", { is: "timestamp", fraction: "none" }),
      optional("pointer_to_symbol_table_hex", hex),
      optional("number_of_symbols", size),
      optional("size_of_optional_header", size),
      optional("characteristics_hex", hex),
      optional("file_header_hashes", hashes),
      optional("optional_header", nested("windows-pe-optional-header")),
      optional("sections", listOf(nested("windows-pe-section"))),
    ]),
    PE_RULE,
  ),
  extensionType("http-request-ext", "6.12.2", "network-traffic", [
    required("request_method", lowerCase),
    required("request_value", text),
    optional("request_version", lowerCase),
    optional("request_header", dictionary("string-list", true), {
      kind20: dictionary("string", true),
    }),
    optional("message_body_length", integer()),
    optional("message_body_data_ref", refTo("artifact")),
  ]),
  extensionType("icmp-ext", "6.12.3", "network-traffic", [
    required("icmp_type_hex", hex),
    required("icmp_code_hex", hex),
  ]),
  extensionType("socket-ext", "6.12.4", "network-traffic", [
    required("address_family", oneOf("network-socket-address-family-enum")),
    optional("is_blocking", flag),
    optional("is_listening", flag),
    only20("protocol_family", oneOf("network-socket-protocol-family-enum")),
    optional("options", dictionaryAdvised("socket-option", "integer"), {
      kind20: dictionaryAdvised("socket-option", "any"),
    }),
    optional("socket_type", oneOf("network-socket-type-enum")),
    optional("socket_descriptor", size),
    optional("socket_handle", integer()),
  ]),
  extensionType("tcp-ext", "6.12.5", "network-traffic", [
    optional("src_flags_hex", hex),
    optional("dst_flags_hex", hex),
  ]),
  extensionType("windows-process-ext", "6.13.2", "process", [
    optional("aslr_enabled", flag),
    optional("dep_enabled", flag),
    optional("priority", textAdvised("window-class")),
    optional("owner_sid", text),
    optional("window_title", text),
    optional("startup_info", dictionaryAdvised("startup-info", "any")),
    since21("integrity_level", oneOf("windows-integrity-level-enum")),
  ]),
  extensionType("windows-service-ext", "6.13.3", "process", [
    optional("service_name", text, { in20: "required" }),
    optional("descriptions", listOf(text)),
    optional("display_name", text),
    optional("group_name", text),
    optional("start_type", oneOf("windows-service-start-type-enum")),
    optional("service_dll_refs", listOf(refTo("file"))),
    optional("service_type", oneOf("windows-service-type-enum")),
    optional("service_status", oneOf("windows-service-status-enum")),
  ]),
  extensionType("unix-account-ext", "6.16.2", "user-account", [
    optional("gid", integer()),
    optional("groups", listOf(text)),
    optional("home_dir", text),
    optional("shell", text),
  ]),
];

export const OBSERVABLE_PARTS: readonly ObjectType[] = [
  nestedType(
    "email-mime-part",
    "6.6.2",
    [
      optional("body", text),
      optional("body_raw_ref", refTo("artifact", "file")),
      optional("content_type", text),
      optional("content_disposition", text),
    ],
    { rules: [{ rule: "at-least-one", groups: [["body"], ["body_raw_ref"]] }] },
  ),
  nestedType("alternate-data-stream", "6.7.3", [
    required("name", text),
    optional("hashes", hashes),
    optional("size", size),
  ]),
  nestedType(
    "windows-pe-optional-header",
    "6.7.6",
    [
      optional("magic_hex", hex),
      ...optionals(integer(), "major_linker_version", "minor_linker_version"),
      ...optionals(size, "size_of_code", "size_of_initialized_data"),
      ...optionals(size, "size_of_uninitialized_data"),
      ...optionals(integer(), "address_of_entry_point", "base_of_code", "base_of_data"),
      ...optionals(integer(), "image_base", "section_alignment", "file_alignment"),
      ...optionals(integer(), "major_os_version", "minor_os_version"),
      ...optionals(integer(), "major_image_version", "minor_image_version"),
      ...optionals(integer(), "major_subsystem_version", "minor_subsystem_version"),
      optional("win32_version_value_hex", hex),
      ...optionals(size, "size_of_image", "size_of_headers"),
      ...optionals(hex, "checksum_hex", "subsystem_hex", "dll_characteristics_hex"),
      ...optionals(size, "size_of_stack_reserve", "size_of_stack_commit"),
      ...optionals(size, "size_of_heap_reserve", "size_of_heap_commit"),
      optional("loader_flags_hex", hex),
      optional("number_of_rva_and_sizes", integer()),
      optional("hashes", hashes),
    ],
    { rules: [{ rule: "at-least-one-own", orExtension: false }] },
  ),
  nestedType("windows-pe-section", "6.7.6", [
    required("name", text),
    optional("size", size),
    optional("entropy", float()),
    optional("hashes", hashes),
  ]),
  nestedType(
    "windows-registry-value",
    "6.17.2",
    [
      optional("name", text, { in20: "required" }),
      optional("data", text),
      optional("data_type", oneOf("windows-registry-datatype-enum")),
    ],
    { rules: [{ rule: "at-least-one-own", orExtension: false, in: "2.1" }] },
  ),
  nestedType(
    "x509-v3-extensions",
    "6.18.2",
    [
      ...optionals(text, "basic_constraints", "name_constraints", "policy_constraints"),
      ...optionals(text, "key_usage", "extended_key_usage", "subject_key_identifier"),
      ...optionals(text, "authority_key_identifier", "subject_alternative_name"),
      ...optionals(text, "issuer_alternative_name", "subject_directory_attributes"),
      ...optionals(text, "crl_distribution_points", "inhibit_any_policy"),
      optional("private_key_usage_period_not_before", timestamp),
      optional("private_key_usage_period_not_after", timestamp),
      ...optionals(text, "certificate_policies", "policy_mappings"),
    ],
    { rules: [{ rule: "at-least-one-own", orExtension: false }] },
  ),
];
