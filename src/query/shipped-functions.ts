/**
 * The functions that Sentinel's queries call and every workspace has: the parser of the threat-intelligence table and
 * the normalising (ASIM) parsers. Their bodies are KQL and are inlined into a query that calls them.
 * @see Microsoft Sentinel, "Work with threat intelligence: parsers"; ASIM, "Filtering parser parameters"
 */

import type { KqlFunction } from "../kql/index.ts";

/** One column per kind of observable, under the names of the table that came before. */
const INDICATORS_V2 = `
ThreatIntelIndicators
| extend
    NetworkIP = iff(ObservableKey in ("ipv4-addr:value", "ipv6-addr:value"), ObservableValue, ""),
    NetworkSourceIP = iff(ObservableKey == "network-traffic:src_ref.value", ObservableValue, ""),
    NetworkDestinationIP = iff(ObservableKey == "network-traffic:dst_ref.value", ObservableValue, ""),
    DomainName = iff(ObservableKey == "domain-name:value", ObservableValue, ""),
    EmailAddress = iff(ObservableKey == "email-addr:value", ObservableValue, ""),
    Url = iff(ObservableKey == "url:value", ObservableValue, ""),
    FileHashType = case(
        ObservableKey !has "hashes", "",
        ObservableKey has "MD5", "MD5",
        ObservableKey has "SHA-1", "SHA-1",
        ObservableKey has "SHA-256", "SHA-256",
        ""),
    FileHashValue = iff(ObservableKey has "file:hashes", ObservableValue, ""),
    x509Certificate = iff(ObservableKey has "x509-certificate:hashes", ObservableValue, ""),
    x509Issuer = iff(ObservableKey has "x509-certificate:issuer", ObservableValue, ""),
    x509CertificateNumber = iff(ObservableKey == "x509-certificate:serial_number", ObservableValue, "")
| extend
    EmailSourceIpAddress = NetworkSourceIP,
    NetworkCidrBlock = NetworkSourceIP,
    EmailRecipient = EmailAddress,
    EmailSenderAddress = EmailAddress,
    EmailSourceDomain = DomainName,
    EmailSubject = tostring(Data.description),
    ExpirationDateTime = ValidUntil,
    Active = IsActive,
    Description = tostring(Data.description),
    CreatedByRef = Data.created_by_ref,
    Extensions = Data.extensions,
    ExternalReferences = Data.external_references,
    GranularMarkings = Data.granular_markings,
    ExternalIndicatorId = tostring(Data.id),
    IndicatorId = Id,
    ThreatType = tostring(Data.indicator_types[0]),
    Severity = tostring(Data.extensions["sentinel-ext"].severity),
    KillChainPhases = Data.kill_chain_phases,
    Labels = Data.labels,
    Lang = Data.lang,
    Name = Data.name,
    ObjectMarkingRefs = Data.object_marking_refs,
    PatternType = Data.pattern_type,
    PatternVersion = Data.pattern_version,
    SpecVersion = Data.spec_version
| project-reorder TimeGenerated, WorkspaceId, AzureTenantId, ThreatType, ObservableKey, ObservableValue, Confidence,
    Name, Description, LastUpdateMethod, SourceSystem, Severity, Created, Modified, ValidFrom, ValidUntil, IsDeleted,
    Tags, AdditionalFields`;

const TIME_PARAMETERS = "starttime: datetime = datetime(null), endtime: datetime = datetime(null)";
const TIME_FILTER = `
| where not(disabled)
| where (isnull(starttime) or TimeGenerated >= starttime) and (isnull(endtime) or TimeGenerated <= endtime)`;

/** The DNS events of the agent of old, and of Azure Firewall, in the words of the normalised schema. */
const DNS = `
union
    (ASimDnsActivityLogs),
    (DnsEvents
    | where SubType == "LookupQuery" or isnotempty(Name)
    | project TimeGenerated, SrcIpAddr = ClientIP, DnsQuery = Name, DnsQueryTypeName = QueryType,
        DnsResponseName = IPAddresses, DnsResponseCode = ResultCode, EventResultDetails = Result, Dvc = Computer,
        DvcHostname = tostring(split(Computer, ".")[0]), EventProduct = "DNS Server", EventVendor = "Microsoft",
        EventType = "Query", EventCount = 1, EventSchemaVersion = "0.1.7", EventStartTime = TimeGenerated,
        EventEndTime = TimeGenerated, EventResult = iff(ResultCode == 0, "Success", "Failure"), Type),
    (AZFWDnsQuery
    | project TimeGenerated, SrcIpAddr = SourceIp, SrcPortNumber = SourcePort, DnsQuery = trim_end(@"\\.", QueryName),
        DnsQueryTypeName = QueryType, EventResultDetails = ResponseCode, NetworkProtocol = Protocol,
        EventProduct = "Azure Firewall", EventVendor = "Microsoft", EventType = "Query", EventCount = 1,
        EventSchemaVersion = "0.1.7", EventStartTime = TimeGenerated, EventEndTime = TimeGenerated,
        EventResult = iff(ResponseCode == "NOERROR", "Success", "Failure"), Type)${TIME_FILTER}
| where eventtype == "*" or EventType =~ eventtype
| where array_length(srcipaddr) == 0 or SrcIpAddr in (srcipaddr)
| where array_length(domain_has_any) == 0 or DnsQuery has_any (domain_has_any)
| where responsecodename == "*" or EventResultDetails =~ responsecodename
| where response_has_ipv4 == "*" or has_ipv4(DnsResponseName, response_has_ipv4)
| where array_length(response_has_any_prefix) == 0 or has_any_ipv4_prefix(DnsResponseName, response_has_any_prefix)
| extend Domain = DnsQuery, IpAddr = SrcIpAddr, Src = coalesce(Src, SrcIpAddr), Hostname = SrcHostname,
    ResponseCodeName = EventResultDetails, DnsResponseCodeName = EventResultDetails, EventSchema = "Dns"`;

const NETWORK_SESSION = `
union
    (ASimNetworkSessionLogs),
    (DeviceNetworkEvents
    | project TimeGenerated, SrcIpAddr = LocalIP, SrcPortNumber = LocalPort, DstIpAddr = RemoteIP,
        DstPortNumber = RemotePort, DstFQDN = RemoteUrl, DstHostname = RemoteUrl, NetworkProtocol = toupper(Protocol),
        Dvc = DeviceName, DvcHostname = tostring(split(DeviceName, ".")[0]), DvcId = DeviceId,
        SrcAppName = InitiatingProcessFolderPath, SrcUsername = InitiatingProcessAccountUpn,
        EventProduct = "M365 Defender for Endpoint", EventVendor = "Microsoft", EventType = "EndpointNetworkSession",
        EventCount = 1, EventSchemaVersion = "0.2.6", EventStartTime = TimeGenerated, EventEndTime = TimeGenerated,
        EventOriginalType = ActionType, EventResult = iff(ActionType has "Failed", "Failure", "Success"),
        DvcAction = iff(ActionType has "Blocked", "Deny", "Allow"), Type)${TIME_FILTER}
| where array_length(srcipaddr_has_any_prefix) == 0 or has_any_ipv4_prefix(SrcIpAddr, srcipaddr_has_any_prefix)
| where array_length(dstipaddr_has_any_prefix) == 0 or has_any_ipv4_prefix(DstIpAddr, dstipaddr_has_any_prefix)
| where array_length(ipaddr_has_any_prefix) == 0
    or has_any_ipv4_prefix(SrcIpAddr, ipaddr_has_any_prefix) or has_any_ipv4_prefix(DstIpAddr, ipaddr_has_any_prefix)
| where isnull(dstportnumber) or DstPortNumber == dstportnumber
| where array_length(hostname_has_any) == 0
    or SrcHostname has_any (hostname_has_any) or DstHostname has_any (hostname_has_any)
| where array_length(dvcaction) == 0 or DvcAction in~ (dvcaction)
| where eventresult == "*" or EventResult =~ eventresult
| extend IpAddr = SrcIpAddr, Src = SrcIpAddr, Dst = DstIpAddr, Hostname = DstHostname, User = DstUsername,
    SessionId = NetworkSessionId, Duration = NetworkDuration, EventSchema = "NetworkSession"`;

const WEB_SESSION = `
ASimWebSessionLogs${TIME_FILTER}
| where array_length(srcipaddr_has_any_prefix) == 0 or has_any_ipv4_prefix(SrcIpAddr, srcipaddr_has_any_prefix)
| where array_length(ipaddr_has_any_prefix) == 0
    or has_any_ipv4_prefix(SrcIpAddr, ipaddr_has_any_prefix) or has_any_ipv4_prefix(DstIpAddr, ipaddr_has_any_prefix)
| where array_length(url_has_any) == 0 or Url has_any (url_has_any)
| where array_length(httpuseragent_has_any) == 0 or HttpUserAgent has_any (httpuseragent_has_any)
| where array_length(eventresultdetails_in) == 0 or EventResultDetails in (eventresultdetails_in)
| where eventresult == "*" or EventResult =~ eventresult
| extend IpAddr = SrcIpAddr, Src = SrcIpAddr, Dst = DstIpAddr, Hostname = DstHostname, User = SrcUsername,
    UserAgent = HttpUserAgent, HttpStatusCode = EventResultDetails, SessionId = NetworkSessionId,
    Duration = NetworkDuration, EventSchema = "WebSession"`;

const LIST = "dynamic = dynamic([])";
const LAST_PARAMETERS = "disabled: bool = false, pack: bool = false";

/** The functions, without `_GetWatchlist`, which depends on the workspace's watchlists. */
export const SHIPPED_FUNCTIONS: readonly KqlFunction[] = Object.freeze([
  { name: "ThreatIntelIndicatorsv2", parameters: "()", body: INDICATORS_V2 },
  {
    name: "_Im_Dns",
    parameters: `(${TIME_PARAMETERS}, srcipaddr: ${LIST}, domain_has_any: ${LIST}, responsecodename: string = "*", response_has_ipv4: string = "*", response_has_any_prefix: ${LIST}, eventtype: string = "Query", ${LAST_PARAMETERS})`,
    body: DNS,
  },
  {
    name: "_Im_NetworkSession",
    parameters: `(${TIME_PARAMETERS}, srcipaddr_has_any_prefix: ${LIST}, dstipaddr_has_any_prefix: ${LIST}, ipaddr_has_any_prefix: ${LIST}, dstportnumber: int = int(null), hostname_has_any: ${LIST}, dvcaction: ${LIST}, eventresult: string = "*", ${LAST_PARAMETERS})`,
    body: NETWORK_SESSION,
  },
  {
    name: "_Im_WebSession",
    parameters: `(${TIME_PARAMETERS}, srcipaddr_has_any_prefix: ${LIST}, ipaddr_has_any_prefix: ${LIST}, url_has_any: ${LIST}, httpuseragent_has_any: ${LIST}, eventresultdetails_in: ${LIST}, eventresult: string = "*", ${LAST_PARAMETERS})`,
    body: WEB_SESSION,
  },
]);
