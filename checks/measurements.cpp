#include "checks/measurements.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace checks {

namespace {

using dns::Family;
using dns::Transport;

constexpr std::size_t kStatuses = 4;
constexpr std::array kTransports{Transport::udp, Transport::tcp};
constexpr std::array kFamilies{Family::ipv4, Family::ipv6};

class Measurer {
 public:
  Measurer(const Facts& facts, const History& history, const ZoneSettings& settings,
           const ZoneReport& report)
      : facts_(facts), history_(history), settings_(settings), report_(report) {}

  std::vector<Measurement> all() {
    for (std::size_t i = 0; i < facts_.servers.size(); ++i) server(i);
    for (std::size_t i = 0; i < facts_.nameservers.size(); ++i) nameserver(i);
    delegation();
    working();
    soa();
    dnssec();
    resolvers();
    findings();
    survey();
    thresholds_of_zone();
    std::stable_sort(out_.begin(), out_.end(), [](const Measurement& a, const Measurement& b) {
      return a.metric < b.metric;
    });
    out_.shrink_to_fit();  // kept until the next round, of every zone
    return std::move(out_);
  }

 private:
  Measurement& add(Metric metric, double value) {
    Measurement& measurement = out_.emplace_back();
    measurement.metric = metric;
    measurement.value = value;
    return measurement;
  }

  void zone_extra(Metric metric, std::string_view extra, double value) {
    add(metric, value).extra = extra;
  }

  // ---- servers ----

  void server(std::size_t index) {
    const ServerFacts& server = facts_.servers[index];
    const AddressFacts& address = facts_.address_of(server);
    const auto past = history_.servers.find({facts_.name(server), facts_.ip(server)});
    const ServerHistory* known = past == history_.servers.end() ? nullptr : &past->second;
    for (const Transport transport : kTransports) {
      transport_values(index, transport, address.over(transport), known);
    }
    const auto of_server = [&](Metric metric, double value) -> Measurement& {
      Measurement& measurement = add(metric, value);
      measurement.server = static_cast<std::int32_t>(index);
      return measurement;
    };
    if (address.up() && address.best->soa) {
      of_server(Metric::nameserver_soa_serial, address.best->soa->serial);
    }
    if (server.drift) {
      of_server(Metric::nameserver_serial_drift, static_cast<double>(*server.drift));
    }
    if (server.drift_seconds) {
      of_server(Metric::nameserver_serial_drift_seconds, *server.drift_seconds);
    }
    if (server.expire_remaining) {
      of_server(Metric::nameserver_expire_remaining_seconds, *server.expire_remaining);
    }
    if (address.is_signed) of_server(Metric::nameserver_signed, *address.is_signed ? 1 : 0);
    const AddressDnssec& dnssec = address.dnssec;
    if (dnssec.valid) of_server(Metric::nameserver_dnssec_valid, *dnssec.valid ? 1 : 0);
    if (dnssec.denial_valid) {
      of_server(Metric::nameserver_denial_valid, *dnssec.denial_valid ? 1 : 0);
    }
    if (known != nullptr && known->failing_since) {
      of_server(Metric::nameserver_failing_since_timestamp_seconds,
                dns::to_unix_seconds(*known->failing_since));
    }
    for (std::size_t i = 0; i < kSignedRrsets; ++i) {
      const auto rrset = static_cast<SignedRrset>(i);
      const JudgedRrset* first = first_to_end(address, rrset);
      if (first == nullptr) continue;
      of_server(Metric::nameserver_rrsig_expiry_timestamp_seconds,
                static_cast<double>(first->latest->expiration))
          .extra = to_text(rrset);
      of_server(Metric::nameserver_rrsig_inception_timestamp_seconds,
                static_cast<double>(first->latest->inception))
          .extra = to_text(rrset);
    }
  }

  static const JudgedRrset* first_to_end(const AddressFacts& address, SignedRrset rrset) {
    const JudgedRrset* first = nullptr;
    for (const JudgedRrset& set : address.dnssec.rrsets) {
      if (set.rrset != rrset || !set.latest) continue;
      if (first == nullptr || set.latest->expiration < first->latest->expiration) first = &set;
    }
    return first;
  }

  void transport_values(std::size_t index, Transport transport, const TransportFacts& over,
                        const ServerHistory* known) {
    const auto value = [&](Metric metric, double number) {
      Measurement& measurement = add(metric, number);
      measurement.server = static_cast<std::int32_t>(index);
      measurement.transport = transport;
    };
    value(Metric::nameserver_result, static_cast<double>(over.result));
    if (over.determined()) {
      value(Metric::nameserver_up, over.up() ? 1 : 0);
      value(Metric::nameserver_timeouts, over.timeouts);
      if (over.rcode) value(Metric::nameserver_rcode, static_cast<double>(*over.rcode));
      if (over.response_time) {
        value(Metric::nameserver_response_seconds, dns::to_seconds(*over.response_time));
      }
    }
    if (known == nullptr) return;
    const TransportHistory& total = known->transports[static_cast<std::size_t>(transport)];
    value(Metric::nameserver_queries_total, static_cast<double>(total.queries));
    value(Metric::nameserver_query_timeouts_total, static_cast<double>(total.timeouts));
    value(Metric::nameserver_responses_within_limit_total, static_cast<double>(total.within_limit));
  }

  void nameserver(std::size_t index) {
    for (const Family family : kFamilies) {
      const auto& known = facts_.nameservers[index].of(family);
      if (!known) continue;
      Measurement& measurement =
          add(Metric::nameserver_addresses, static_cast<double>(known->size()));
      measurement.nameserver = static_cast<std::int32_t>(index);
      measurement.family = family;
    }
    const std::optional<dns::dnssec::Status>& dnssec = facts_.nameservers[index].dnssec.status;
    for (std::size_t i = 0; dnssec && i < kStatuses; ++i) {
      const auto status = static_cast<dns::dnssec::Status>(i);
      Measurement& measurement =
          add(Metric::nameserver_address_dnssec_status, *dnssec == status ? 1 : 0);
      measurement.nameserver = static_cast<std::int32_t>(index);
      measurement.extra = to_text(status);
    }
  }

  // ---- the zone ----

  void delegation() {
    const DelegationFacts& delegation = facts_.delegation;
    if (delegation.delegated) add(Metric::zone_delegated, *delegation.delegated ? 1 : 0);
    if (delegation.parent_ns_known) {
      zone_extra(Metric::zone_nameservers, "parent",
                 static_cast<double>(delegation.parent_ns.size()));
    } else if (delegation.delegated == false) {
      zone_extra(Metric::zone_nameservers, "parent", 0);
    }
    if (delegation.child_ns_known) {
      zone_extra(Metric::zone_nameservers, "child",
                 static_cast<double>(delegation.child_ns.size()));
    }
    if (delegation.ds_records) {
      add(Metric::zone_ds_records, static_cast<double>(*delegation.ds_records));
    }
    if (delegation.consistent) {
      add(Metric::zone_delegation_consistent, *delegation.consistent ? 1 : 0);
    }
  }

  void working() {
    const ServiceFacts& service = facts_.service;
    if (service.names_working) {
      add(Metric::zone_nameservers_working, static_cast<double>(*service.names_working));
    }
    for (const Family family : kFamilies) {
      const auto f = static_cast<std::size_t>(family);
      if (service.names_working_of[f]) {
        add(Metric::zone_nameservers_working, static_cast<double>(*service.names_working_of[f]))
            .family = family;
      }
      for (const Transport transport : kTransports) {
        const auto& up = service.addresses_up[f][static_cast<std::size_t>(transport)];
        if (!up) continue;
        Measurement& measurement = add(Metric::zone_servers_working, static_cast<double>(*up));
        measurement.family = family;
        measurement.transport = transport;
      }
    }
  }

  void soa() {
    const SerialFacts& serials = facts_.serials;
    if (serials.newest) add(Metric::zone_soa_serial, *serials.newest);
    if (history_.serial_changed) {
      add(Metric::zone_serial_changed_timestamp_seconds,
          dns::to_unix_seconds(*history_.serial_changed));
    }
    if (serials.source == nullptr) return;
    const dns::Soa& soa = *serials.source->best->soa;
    add(Metric::zone_soa_refresh_seconds, soa.refresh);
    add(Metric::zone_soa_retry_seconds, soa.retry);
    add(Metric::zone_soa_expire_seconds, soa.expire);
    add(Metric::zone_soa_minimum_seconds, soa.minimum);
  }

  void dnssec() {
    std::optional<std::int64_t> first;
    std::set<dns::Bytes> keys;
    bool keys_known = false;
    for (const AddressFacts& address : facts_.addresses) {
      for (const JudgedRrset& rrset : address.dnssec.rrsets) {
        if (!rrset.latest) continue;
        first = std::min(first.value_or(rrset.latest->expiration), rrset.latest->expiration);
      }
      if (!address.dnskeys) continue;
      keys_known = true;
      keys.insert(address.dnskeys->begin(), address.dnskeys->end());
    }
    if (first) add(Metric::zone_rrsig_expiry_timestamp_seconds, static_cast<double>(*first));
    if (keys_known) add(Metric::zone_dnskeys, static_cast<double>(keys.size()));
    for (std::size_t i = 0; i < kStatuses; ++i) {
      const auto status = static_cast<dns::dnssec::Status>(i);
      zone_extra(Metric::zone_dnssec_status, to_text(status),
                 facts_.dnssec.status == status ? 1 : 0);
    }
    matching_ds();
    key_changes();
  }

  void key_changes() {
    const DnssecFacts& dnssec = facts_.dnssec;
    const KeysHistory& past = history_.keys;
    const auto since = [this](Metric metric, const std::optional<dns::WallTime>& time) {
      if (time) add(metric, dns::to_unix_seconds(*time));
    };
    if (const auto ttl = ds_ttl(facts_)) add(Metric::zone_ds_ttl_seconds, *ttl);
    since(Metric::zone_ds_changed_timestamp_seconds, past.ds.changed);
    since(Metric::zone_dnskey_changed_timestamp_seconds, past.dnskeys.changed);
    if (const dns::Exchange* const largest = largest_dnskey_answer(facts_)) {
      add(Metric::zone_dnskey_response_bytes, static_cast<double>(largest->response->wire_size));
    }
    since(Metric::zone_cds_pending_since_timestamp_seconds, past.cds_pending_since);
    if (!dnssec.rollover) return;
    for (std::size_t i = 0; i < kRolloverStates; ++i) {
      const auto state = static_cast<RolloverState>(i);
      zone_extra(Metric::zone_rollover_state, to_text(state),
                 dnssec.rollover->state == state ? 1 : 0);
    }
    since(Metric::zone_rollover_since_timestamp_seconds, past.rollover_since);
  }

  void matching_ds() {
    if (facts_.dnssec.delegation != dns::dnssec::Status::secure) return;
    std::set<const dns::Record*> matching;
    bool known = false;
    for (const AddressFacts& address : facts_.addresses) {
      if (!address.dnssec.keys) continue;
      known = true;
      for (const dns::dnssec::AnchorVerdict& anchor : address.dnssec.keys->anchors) {
        const bool leads = anchor.status == dns::dnssec::AnchorStatus::anchors;
        if (leads) matching.insert(anchor.record);
      }
    }
    if (known) add(Metric::zone_ds_matching, static_cast<double>(matching.size()));
  }

  void resolvers() {
    const ResolverViewFacts& view = facts_.resolvers;
    for (std::size_t i = 0; view.layer && i < kFailureLayers; ++i) {
      const auto layer = static_cast<FailureLayer>(i);
      zone_extra(Metric::zone_failure_layer, to_text(layer), view.layer == layer ? 1 : 0);
    }
    for (std::size_t i = 0; i < view.resolvers.size(); ++i) {
      const ResolverFacts& resolver = view.resolvers[i];
      const auto of_resolver = [&](Metric metric, double value) -> Measurement& {
        Measurement& measurement = add(metric, value);
        measurement.resolver = static_cast<std::int32_t>(i);
        return measurement;
      };
      if (resolver.checked != nullptr) {
        of_resolver(Metric::resolver_answered, resolver.checked->answered() ? 1 : 0);
      }
      if (const auto rcode = resolver.rcode_checked()) {
        of_resolver(Metric::resolver_rcode, static_cast<double>(*rcode)).extra = "enabled";
      }
      if (const auto rcode = resolver.rcode_unchecked()) {
        of_resolver(Metric::resolver_rcode, static_cast<double>(*rcode)).extra = "disabled";
      }
      if (resolver.judged()) of_resolver(Metric::resolver_resolves, resolver.works() ? 1 : 0);
      if (resolver.checked != nullptr && resolver.checked->answered()) {
        of_resolver(Metric::resolver_response_seconds, dns::to_seconds(resolver.checked->elapsed));
      }
    }
  }

  void findings() {
    std::array<std::size_t, 5> counts{};
    for (const Finding& finding : report_.findings) {
      ++counts[static_cast<std::size_t>(finding.severity)];
    }
    for (std::size_t i = 0; i < counts.size(); ++i) {
      zone_extra(Metric::zone_findings, to_text(static_cast<Severity>(i)),
                 static_cast<double>(counts[i]));
    }
  }

  void survey() {
    add(Metric::zone_last_survey_timestamp_seconds, dns::to_unix_seconds(facts_.survey.finished));
    add(Metric::zone_survey_duration_seconds, dns::to_seconds(facts_.survey.duration));
    add(Metric::zone_survey_partial, facts_.survey.partial ? 1 : 0);
  }

  void thresholds_of_zone() {
    for (const ThresholdRow& row : thresholds()) {
      const double limit = settings_.thresholds.*row.value;
      if (row.value == &Thresholds::update_age && limit == 0) continue;
      zone_extra(Metric::zone_threshold_seconds, row.name, limit);
    }
    if (settings_.interval > dns::Duration::zero()) {
      zone_extra(Metric::zone_threshold_seconds, "interval", dns::to_seconds(settings_.interval));
    }
  }

  const Facts& facts_;
  const History& history_;
  const ZoneSettings& settings_;
  const ZoneReport& report_;
  std::vector<Measurement> out_;
};

}  // namespace

std::vector<Measurement> measure(const Facts& facts, const History& history,
                                 const ZoneSettings& settings, const ZoneReport& report) {
  return Measurer(facts, history, settings, report).all();
}

}  // namespace checks
