// The dnszone_ families that come from reports, as one table: name, type, labels and help. The
// writer, the Collectable and docs/metrics.md are made from it, so that none can drift.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace checks {

/// Families in the order of the page. `finding` is written from the findings,
/// `ancestor_dnssec_status` from ZoneReport::chain of all zones, all others from measurements.
enum class Metric : std::uint8_t {
  nameserver_up,
  nameserver_rcode,
  nameserver_result,
  nameserver_timeouts,
  nameserver_queries_total,
  nameserver_query_timeouts_total,
  nameserver_responses_within_limit_total,
  nameserver_response_seconds,
  nameserver_soa_serial,
  nameserver_serial_drift,
  nameserver_serial_drift_seconds,
  nameserver_rrsig_expiry_timestamp_seconds,
  nameserver_rrsig_inception_timestamp_seconds,
  nameserver_signed,
  nameserver_dnssec_valid,
  nameserver_denial_valid,
  nameserver_expire_remaining_seconds,
  nameserver_failing_since_timestamp_seconds,
  nameserver_addresses,
  nameserver_address_dnssec_status,
  zone_delegated,
  zone_nameservers,
  zone_nameservers_working,
  zone_servers_working,
  zone_soa_serial,
  zone_serial_changed_timestamp_seconds,
  zone_soa_refresh_seconds,
  zone_soa_retry_seconds,
  zone_soa_expire_seconds,
  zone_soa_minimum_seconds,
  zone_rrsig_expiry_timestamp_seconds,
  zone_dnssec_status,
  ancestor_dnssec_status,
  zone_ds_records,
  zone_ds_matching,
  zone_dnskeys,
  zone_ds_ttl_seconds,
  zone_ds_changed_timestamp_seconds,
  zone_dnskey_changed_timestamp_seconds,
  zone_dnskey_response_bytes,
  zone_rollover_state,
  zone_rollover_since_timestamp_seconds,
  zone_cds_pending_since_timestamp_seconds,
  zone_delegation_consistent,
  zone_failure_layer,
  resolver_rcode,
  resolver_resolves,
  resolver_answered,
  resolver_response_seconds,
  zone_findings,
  zone_last_survey_timestamp_seconds,
  zone_survey_duration_seconds,
  zone_survey_partial,
  zone_threshold_seconds,
  finding,
};

/// Which labels a family has besides its own extra label; all but `ancestor` have `zone` first.
enum class Shape : std::uint8_t {
  zone,         ///< Z
  zone_family,  ///< Z + family, where "any" stands for both
  zone_family_transport,
  ancestor,           ///< no zone: a zone above some, once however many lie below it
  nameserver,         ///< Z + nameserver
  nameserver_family,  ///< Z + nameserver, family
  server,             ///< S: Z + nameserver, address, family
  server_transport,   ///< T: S + transport
  zone_resolver,      ///< Z + resolver, the configured name
  finding,
};

enum class MetricType : std::uint8_t { gauge, counter };

struct MetricRow {
  Metric metric{};
  std::string_view name;  ///< with the dnszone_ prefix
  MetricType type{};
  Shape shape{};
  std::string_view extra;  ///< name of one more label, or ""
  std::string_view help;
};

/// All families, in the order of Metric.
std::span<const MetricRow> metrics();
const MetricRow& row(Metric metric);

}  // namespace checks
