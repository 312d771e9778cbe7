/**
 * The cyber-observable objects of both versions as far as an object path can name them: advice for writers of
 * patterns, never a reason to refuse one. Rules on values live elsewhere.
 *
 * A property is written as its name and what a path can step on to:
 *
 *     name            a value, or a list of values
 *     name{}          a dictionary, whose keys are anyone's
 *     name=type       an object or a list of objects of that nested type
 *     name>type,type  one object or a list of them, by reference; `name>*` goes to any type
 *
 * @see STIX 2.1 §6; STIX 2.0 part 4
 */
import type { ObjectPath } from "./pattern.ts";

const ADDRESSES = "ipv4-addr,ipv6-addr,mac-addr,domain-name";

const OBJECTS: Readonly<Record<string, string>> = {
  artifact: "mime_type payload_bin url hashes{} encryption_algorithm decryption_key",
  "autonomous-system": "number name rir",
  directory:
    "path path_enc ctime mtime atime created modified accessed contains_refs>file,directory",
  "domain-name": "value resolves_to_refs>ipv4-addr,ipv6-addr,domain-name",
  "email-addr": "value display_name belongs_to_ref>user-account",
  "email-message":
    "is_multipart date content_type from_ref>email-addr sender_ref>email-addr to_refs>email-addr " +
    "cc_refs>email-addr bcc_refs>email-addr message_id subject received_lines " +
    "additional_header_fields{} body body_multipart=email-mime-part raw_email_ref>artifact",
  file:
    "hashes{} size name name_enc magic_number_hex mime_type ctime mtime atime created modified " +
    "accessed parent_directory_ref>directory contains_refs>* content_ref>artifact is_encrypted " +
    "encryption_algorithm decryption_key",
  "ipv4-addr": "value resolves_to_refs>mac-addr belongs_to_refs>autonomous-system",
  "ipv6-addr": "value resolves_to_refs>mac-addr belongs_to_refs>autonomous-system",
  "mac-addr": "value",
  mutex: "name",
  "network-traffic":
    `start end is_active src_ref>${ADDRESSES} dst_ref>${ADDRESSES} src_port dst_port protocols ` +
    "src_byte_count dst_byte_count src_packets dst_packets ipfix{} src_payload_ref>artifact " +
    "dst_payload_ref>artifact encapsulates_refs>network-traffic encapsulated_by_ref>network-traffic",
  process:
    "is_hidden pid created_time created cwd command_line name arguments environment_variables{} " +
    "opened_connection_refs>network-traffic creator_user_ref>user-account image_ref>file " +
    "binary_ref>file parent_ref>process child_refs>process",
  software: "name cpe swid languages vendor version",
  url: "value",
  "user-account":
    "user_id credential account_login account_type display_name is_service_account is_privileged " +
    "can_escalate_privs is_disabled account_created account_expires credential_last_changed " +
    "password_last_changed account_first_login account_last_login",
  "windows-registry-key":
    "key values=windows-registry-value modified_time modified creator_user_ref>user-account " +
    "number_of_subkeys",
  "x509-certificate":
    "is_self_signed hashes{} version serial_number signature_algorithm issuer validity_not_before " +
    "validity_not_after subject subject_public_key_algorithm subject_public_key_modulus " +
    "subject_public_key_exponent x509_v3_extensions=x509-v3-extensions",
};

/** Every object has these besides its own; the content of extensions is looked at by their names. */
const COMMON = "type id spec_version object_marking_refs granular_markings defanged extensions{}";

const NESTED: Readonly<Record<string, string>> = {
  "email-mime-part": "body body_raw_ref>artifact,file content_type content_disposition",
  "archive-ext": "contains_refs>file,directory comment version",
  "ntfs-ext": "sid alternate_data_streams=alternate-data-stream",
  "alternate-data-stream": "name hashes{} size",
  "pdf-ext": "version is_optimized document_info_dict{} pdfid0 pdfid1",
  "raster-image-ext":
    "image_height image_width bits_per_pixel exif_tags{} image_compression_algorithm",
  "windows-pebinary-ext":
    "pe_type imphash machine_hex number_of_sections time_date_stamp pointer_to_symbol_table_hex " +
    "number_of_symbols size_of_optional_header characteristics_hex file_header_hashes{} " +
    "optional_header=windows-pe-optional-header sections=windows-pe-section",
  "windows-pe-section": "name size entropy hashes{}",
  "windows-pe-optional-header":
    "magic_hex major_linker_version minor_linker_version size_of_code size_of_initialized_data " +
    "size_of_uninitialized_data address_of_entry_point base_of_code base_of_data image_base " +
    "section_alignment file_alignment major_os_version minor_os_version major_image_version " +
    "minor_image_version major_subsystem_version minor_subsystem_version win32_version_value_hex " +
    "size_of_image size_of_headers checksum_hex subsystem_hex dll_characteristics_hex " +
    "size_of_stack_reserve size_of_stack_commit size_of_heap_reserve size_of_heap_commit " +
    "loader_flags_hex number_of_rva_and_sizes hashes{}",
  "http-request-ext":
    "request_method request_value request_version request_header{} message_body_length " +
    "message_body_data_ref>artifact",
  "icmp-ext": "icmp_type_hex icmp_code_hex",
  "socket-ext":
    "address_family is_blocking is_listening protocol_family options{} socket_type " +
    "socket_descriptor socket_handle",
  "tcp-ext": "src_flags_hex dst_flags_hex",
  "windows-process-ext":
    "aslr_enabled dep_enabled priority owner_sid window_title startup_info{} integrity_level",
  "windows-service-ext":
    "service_name descriptions display_name group_name start_type service_dll_refs>file " +
    "service_type service_status",
  "unix-account-ext": "gid groups home_dir shell",
  "windows-registry-value": "name data data_type",
  "x509-v3-extensions":
    "basic_constraints name_constraints policy_constraints key_usage extended_key_usage " +
    "subject_key_identifier authority_key_identifier subject_alternative_name " +
    "issuer_alternative_name subject_directory_attributes crl_distribution_points " +
    "inhibit_any_policy private_key_usage_period_not_before private_key_usage_period_not_after " +
    "certificate_policies policy_mappings",
};

/** Properties of 2.0 that 2.1 renamed, or dropped (empty), per object type. */
const RENAMED_IN_21: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  directory: { created: "ctime", modified: "mtime", accessed: "atime" },
  file: {
    created: "ctime",
    modified: "mtime",
    accessed: "atime",
    is_encrypted: "",
    encryption_algorithm: "",
    decryption_key: "",
  },
  process: { created: "created_time", binary_ref: "image_ref", name: "", arguments: "" },
  "user-account": { password_last_changed: "credential_last_changed" },
  "windows-registry-key": { modified: "modified_time" },
};

/** Types of STIX that are never observed: domain, relationship and meta objects of both versions. */
const NEVER_OBSERVED: ReadonlySet<string> = new Set(
  (
    "attack-pattern campaign course-of-action grouping identity incident indicator infrastructure " +
    "intrusion-set location malware malware-analysis note observed-data opinion report threat-actor " +
    "tool vulnerability relationship sighting language-content extension-definition " +
    "marking-definition bundle"
  ).split(" "),
);

/** Where a path may go behind one property. */
interface Onward {
  readonly kind: "value" | "dictionary" | "nested" | "reference";
  /** Names of nested or referenced types; empty for any. */
  readonly types: readonly string[];
}

type Properties = ReadonlyMap<string, Onward>;

const OBJECT_PROPERTIES: ReadonlyMap<string, Properties> = new Map(
  Object.entries(OBJECTS).map(([type, words]) => [type, propertiesOf(`${words} ${COMMON}`)]),
);
const NESTED_PROPERTIES: ReadonlyMap<string, Properties> = new Map(
  Object.entries(NESTED).map(([type, words]) => [type, propertiesOf(words)]),
);
/** Paths of one property as they are printed: no name of the standard stands in apostrophes. */
const PLAIN_KEYS: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map(
  [...OBJECT_PROPERTIES].map(([type, properties]) => [
    type,
    new Map([...properties.keys()].map((property) => [property, `${type}:${property}`])),
  ]),
);
const TYPE_BY_LETTERS: ReadonlyMap<string, string> = new Map(
  Object.keys(OBJECTS).map((type) => [lettersOf(type), type]),
);

function propertiesOf(words: string): Properties {
  return new Map(words.split(" ").map(propertyOf));
}

function propertyOf(word: string): readonly [string, Onward] {
  if (word.endsWith("{}")) {
    return [word.slice(0, -2), { kind: "dictionary", types: [] }];
  }
  const [name = word, nested] = word.split("=");
  if (nested !== undefined) {
    return [name, { kind: "nested", types: [nested] }];
  }
  const [source = word, targets] = word.split(">");
  if (targets === undefined) {
    return [word, { kind: "value", types: [] }];
  }
  return [source, { kind: "reference", types: targets === "*" ? [] : targets.split(",") }];
}

/** Every property that an observable of either version has, each with its type. */
export function knownProperties(): readonly (readonly [type: string, property: string])[] {
  return [...OBJECT_PROPERTIES].flatMap(([type, properties]) =>
    [...properties.keys()].map((property): readonly [string, string] => [type, property]),
  );
}

/** Whether the type is a cyber-observable object of STIX. */
export function isObservableType(type: string): boolean {
  return OBJECT_PROPERTIES.has(type);
}

/** Whether objects of the type exist in STIX but are never part of an observation. */
export function isNeverObserved(type: string): boolean {
  return NEVER_OBSERVED.has(type);
}

/** The cyber-observable type that a mis-spelling such as `ipv4addr` or `Domain_Name` means, or is. */
export function intendedType(type: string): string | undefined {
  return TYPE_BY_LETTERS.get(lettersOf(type));
}

function lettersOf(type: string): string {
  return type.replaceAll("-", "").replaceAll("_", "").toLowerCase();
}

/** What version 2.1 did to a property of 2.0: its new name, "" when it was dropped, undefined when it stayed. */
export function renamedIn21(type: string, property: string): string | undefined {
  const names = RENAMED_IN_21[type];
  return names !== undefined && Object.hasOwn(names, property) ? names[property] : undefined;
}

/**
 * The first key of a path that names no property which either version defines, or undefined. Custom types,
 * names beginning with `x_`, and everything behind a dictionary or an unknown extension are let through.
 */
export function unknownKeyOf(path: ObjectPath): string | undefined {
  const root = OBJECT_PROPERTIES.get(path.type);
  if (root === undefined) {
    return undefined;
  }
  const first = path.steps[0];
  const onward = typeof first === "string" ? root.get(first) : undefined;
  // Most paths are one known property, or a hash.
  const isPlain =
    path.steps.length === 1 || (path.steps.length === 2 && onward?.kind === "dictionary");
  return isPlain && onward !== undefined ? undefined : unknownKeyFrom(root, path);
}

/** A path that is one known property of an observable, as it is printed; undefined for every other path. */
export function plainKeyOf({ type, steps }: ObjectPath): string | undefined {
  const first = steps[0];
  return steps.length === 1 && typeof first === "string"
    ? PLAIN_KEYS.get(type)?.get(first)
    : undefined;
}

function unknownKeyFrom(root: Properties, path: ObjectPath): string | undefined {
  let places: readonly Properties[] = [root];
  let inDictionary = false;
  for (const step of path.steps) {
    if (typeof step !== "string") {
      continue;
    }
    if (inDictionary) {
      places = extensionPlaces(step);
      inDictionary = false;
      continue;
    }
    if (places.length === 0 || step.startsWith("x_")) {
      return undefined;
    }
    const onward = places.map((properties) => properties.get(step)).find((found) => found);
    if (onward === undefined) {
      return step;
    }
    inDictionary = onward.kind === "dictionary";
    places = placesOf(onward);
  }
  return undefined;
}

/** The properties of a predefined extension; nothing is known behind other dictionary keys. */
function extensionPlaces(key: string): readonly Properties[] {
  const extension = key.endsWith("-ext") ? NESTED_PROPERTIES.get(key) : undefined;
  return extension === undefined ? [] : [extension];
}

function placesOf(onward: Onward): readonly Properties[] {
  if (onward.kind === "value") {
    // A plain value has no properties, so that a further key is an unknown one.
    return [NO_PROPERTIES];
  }
  const known = PLACES.get(onward);
  if (known !== undefined) {
    return known;
  }
  const table = onward.kind === "nested" ? NESTED_PROPERTIES : OBJECT_PROPERTIES;
  const places = onward.types.flatMap((type) => table.get(type) ?? []);
  PLACES.set(onward, places);
  return places;
}

/** Where the ways of the tables lead, as they are first gone. */
const PLACES = new Map<Onward, readonly Properties[]>();

const NO_PROPERTIES: Properties = new Map();
