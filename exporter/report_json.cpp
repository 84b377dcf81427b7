#include "exporter/report_json.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

#include "checks/fleet.hpp"
#include "exporter/chain_json.hpp"
#include "exporter/report_text.hpp"
#include "exporter/zone_status.hpp"

namespace exporter {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "dnszone_exporter/check/1";

std::string dump(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

/// To the microsecond: more digits are noise of the clock.
double rounded_seconds(dns::Duration duration) {
  return std::round(dns::to_seconds(duration) * 1e6) / 1e6;
}

Json names(const std::vector<dns::Name>& list) {
  Json json = Json::array();
  for (const dns::Name& name : list) json.push_back(name.to_label());
  return json;
}

Json transport(const checks::ServerState::PerTransport& state) {
  Json json;
  json["result"] = result_text(state.result);
  json["result_code"] = state.result;
  if (state.rcode) json["rcode"] = dns::to_text(*state.rcode);
  if (state.response_time) json["response_seconds"] = rounded_seconds(*state.response_time);
  if (!state.detail.empty()) json["detail"] = state.detail;
  return json;
}

Json server(const checks::ServerState& state, const checks::ZoneReport& report) {
  Json json;
  json["nameserver"] = state.nameserver.to_label();
  json["address"] = state.address.to_text();
  json["family"] = dns::to_text(state.address.family());
  if (state.in_parent || report.delegation_known) json["in_parent"] = state.in_parent;
  if (!report.child_nameservers.empty()) json["in_child"] = state.in_child;
  json["udp"] = transport(state.udp);
  json["tcp"] = transport(state.tcp);
  if (state.serial) json["serial"] = *state.serial;
  if (state.is_signed) json["signed"] = *state.is_signed;
  if (state.failing_since) json["failing_since"] = rfc3339(*state.failing_since);
  return json;
}

Json resolver_word(const checks::ResolverWord& word) {
  Json json;
  json["question"] = word.question;
  json["name"] = word.qname.to_label();
  json["type"] = dns::to_text(word.qtype);
  if (word.rcode_checked) json["rcode"] = dns::to_text(*word.rcode_checked);
  if (word.rcode_unchecked) json["rcode_checking_disabled"] = dns::to_text(*word.rcode_unchecked);
  json["detail"] = word.checked;
  if (word.rcode_checked) json["authenticated"] = word.authenticated;
  if (word.ttl) json["ttl"] = *word.ttl;
  if (!word.errors.empty()) json["extended_errors"] = word.errors;
  return json;
}

Json resolver(const checks::ResolverState& state) {
  Json json;
  json["resolver"] = state.name;
  json["address"] = state.endpoint.address.to_text();
  json["local"] = state.local;
  json["validating"] = state.validating;
  json["view"] = state.view;
  if (state.rcode_checked) json["rcode"] = dns::to_text(*state.rcode_checked);
  if (state.rcode_unchecked) {
    json["rcode_checking_disabled"] = dns::to_text(*state.rcode_unchecked);
  }
  if (!state.checked.empty()) json["detail"] = state.checked;
  if (state.rcode_checked) json["authenticated"] = state.authenticated;
  if (!state.errors.empty()) json["extended_errors"] = state.errors;
  if (state.ttl) json["ttl"] = *state.ttl;
  if (state.response_time) json["response_seconds"] = rounded_seconds(*state.response_time);
  if (!state.words.empty()) {
    json["other_answers"] = Json::array();
    for (const auto& word : state.words) json["other_answers"].push_back(resolver_word(word));
  }
  json["asked"] = rfc3339(state.asked);
  return json;
}

Json finding(const checks::Finding& found) {
  Json json;
  json["check"] = found.check;
  json["severity"] = checks::to_text(found.severity);
  const checks::Subject& subject = found.subject;
  if (subject.nameserver) json["nameserver"] = subject.nameserver->to_label();
  if (subject.address) json["address"] = subject.address->to_text();
  if (subject.transport) json["transport"] = dns::to_text(*subject.transport);
  json["sentence"] = found.sentence;
  if (!found.command.empty()) json["command"] = found.command;
  json["since"] = rfc3339(found.since);
  return json;
}

Json zone(const checks::ZoneReport& report) {
  Json json;
  json["zone"] = report.zone.to_label();
  json["surveyed"] = rfc3339(report.surveyed);
  if (report.judged_as_of) json["judged_as_of"] = rfc3339(*report.judged_as_of);
  json["duration_seconds"] = rounded_seconds(report.survey_duration);
  json["partial"] = report.partial;
  json["status"] = to_text(status_of(report));
  json["dnssec_status"] = to_text(report.dnssec);
  Json delegation;
  if (report.parent) delegation["parent"] = report.parent->to_label();
  if (report.delegation_known || !report.parent_nameservers.empty()) {
    delegation["parent_nameservers"] = names(report.parent_nameservers);
  }
  if (!report.child_nameservers.empty()) {
    delegation["child_nameservers"] = names(report.child_nameservers);
  }
  if (report.ds_records) delegation["ds_records"] = *report.ds_records;
  if (!delegation.empty()) json["delegation"] = std::move(delegation);
  json["chain"] = chain_json(report);
  if (report.chain.left_out != 0) json["chain_left_out"] = report.chain.left_out;
  json["servers"] = Json::array();
  for (const auto& state : report.servers) json["servers"].push_back(server(state, report));
  if (!report.resolvers.empty()) {
    json["resolvers"] = Json::array();
    for (const auto& state : report.resolvers) json["resolvers"].push_back(resolver(state));
  }
  json["findings"] = Json::array();
  for (const checks::Finding& found : report.findings) json["findings"].push_back(finding(found));
  return json;
}

Json summary(const StoredZone& stored) {
  Json json;
  json["zone"] = stored.zone.to_label();
  json["status"] = to_text(stored.report ? status_of(*stored.report) : ZoneStatus::undetermined);
  if (!stored.report) return json;
  json["surveyed"] = rfc3339(stored.report->surveyed);
  const auto counts = count_findings(*stored.report);
  for (std::size_t i = counts.size(); i-- > 0;) {
    const auto severity = static_cast<checks::Severity>(i);
    json["findings"][std::string(checks::to_text(severity))] = counts.at(i);
  }
  return json;
}

}  // namespace

std::string zone_json(const checks::ZoneReport& report) {
  return dump(zone(report), 2) + '\n';
}

std::string pending_zone_json(const dns::Name& name) {
  return dump(summary({name, {}, nullptr}), 2) + '\n';
}

std::string check_json(std::span<const std::shared_ptr<const checks::ZoneReport>> reports) {
  Json json;
  json["schema"] = kSchema;
  json["zones"] = Json::array();
  for (const auto& report : reports) json["zones"].push_back(zone(*report));
  json["shared_addresses"] = Json::array();
  for (const checks::SharedAddress& shared : checks::shared_addresses(reports)) {
    Json entry = finding(shared.finding);
    entry["zones"] = shared.zones;
    entry["failing_zones"] = shared.failing;
    json["shared_addresses"].push_back(std::move(entry));
  }
  return dump(json, 2) + '\n';
}

std::string zone_list_json(std::span<const StoredZone> zones) {
  std::string text = "{\"zones\": [";
  const char* separator = "\n  ";
  for (const StoredZone& stored : zones) {
    text += separator;
    text += dump(summary(stored));
    separator = ",\n  ";
  }
  text += "\n]}\n";
  return text;
}

}  // namespace exporter
