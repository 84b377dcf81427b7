#include "exporter/chain_json.hpp"

#include <nlohmann/json.hpp>

#include "exporter/chain_words.hpp"
#include "exporter/report_text.hpp"

namespace exporter {
namespace {

using Json = nlohmann::ordered_json;

void add_signature(Json& json, const checks::ChainSignature& signature) {
  json["result"] = to_text(signature.status);
  if (signature.expiration == dns::dnssec::Seconds{}) return;
  json["inception"] = rfc3339(dns::WallTime(signature.inception));
  json["expiration"] = rfc3339(dns::WallTime(signature.expiration));
}

Json ds_json(const checks::ChainDs& ds) {
  Json json;
  json["key_tag"] = ds.key_tag;
  json["algorithm"] = ds.algorithm;
  json["algorithm_name"] = algorithm_words(ds.algorithm);
  if (ds.digest_type != 0) {
    json["digest_type"] = ds.digest_type;
    json["digest_name"] = digest_words(ds.digest_type);
    json["digest"] = ds.digest;
  }
  if (ds.status) json["result"] = to_text(*ds.status);
  return json;
}

Json key_json(const checks::ChainKey& key) {
  Json json;
  json["key_tag"] = key.tag;
  json["algorithm"] = key.algorithm;
  json["algorithm_name"] = algorithm_words(key.algorithm);
  json["flags"] = key.flags;
  json["role"] = role_words(key);
  json["trusted"] = key.trusted;
  add_signature(json["signature"], key.signature);
  return json;
}

Json key_set_json(const checks::ChainKeySet& set, const checks::ZoneReport& report) {
  Json json;
  for (const std::uint16_t index : set.servers) {
    if (index >= report.servers.size()) continue;
    Json server;
    server["nameserver"] = report.servers[index].nameserver.to_label();
    server["address"] = report.servers[index].address.to_text();
    json["servers"].push_back(std::move(server));
  }
  if (!set.fault.empty()) json["fault"] = set.fault;
  json["keys"] = Json::array();
  for (const checks::ChainKey& key : set.keys) json["keys"].push_back(key_json(key));
  if (set.keys_left_out != 0) json["keys_left_out"] = set.keys_left_out;
  return json;
}

Json step_json(const checks::ChainStep& step, const checks::ZoneReport& report) {
  Json json;
  json["zone"] = step.zone.to_label();
  json["status"] = to_text(step.status);
  json["trust_anchor"] = step.is_anchor;
  json["broken"] = step.broken;
  if (step.is_island) json["island"] = true;
  if (!step.reason.empty()) json["reason"] = step.reason;
  if (step.ds_known) json["ds"] = Json::array();
  for (const checks::ChainDs& ds : step.ds) json["ds"].push_back(ds_json(ds));
  if (step.ds_left_out != 0) json["ds_left_out"] = step.ds_left_out;
  if (step.ds_from) json["ds_from"] = step.ds_from->to_text();
  if (step.ds_signature) {
    Json& signature = json["ds_signature"];
    if (step.ds_signature->key_tag != 0) signature["key_tag"] = step.ds_signature->key_tag;
    add_signature(signature, *step.ds_signature);
  }
  for (const checks::ChainKeySet& set : step.key_sets) {
    json["key_sets"].push_back(key_set_json(set, report));
  }
  if (step.key_sets_left_out != 0) json["servers_left_out"] = step.key_sets_left_out;
  return json;
}

}  // namespace

Json chain_json(const checks::ZoneReport& report) {
  Json json = Json::array();
  for (const auto& step : report.chain.steps) json.push_back(step_json(*step, report));
  return json;
}

}  // namespace exporter
