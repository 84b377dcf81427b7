#include "tests/world/zones.hpp"

#include <utility>

#include "tests/lab/signer.hpp"
#include "tests/world/rsa_keys.hpp"

namespace world {
namespace {

constexpr std::uint8_t kRsaSha512 = 10;  // greater numbers are elliptic curves
constexpr std::uint8_t kRootAlgorithm = 8;
constexpr std::size_t kKeysPerZone = 2;
constexpr const char* kSerial = "2026073102";

/// As among the real ones: most prove absence with NSEC3 and opt-out, some without, few with NSEC.
lab::Denial denial_of(const dns::Name& zone) {
  const std::size_t place = stable_hash(zone) % 10;
  if (place < 2) return lab::Denial::nsec;
  return place < 5 ? lab::Denial::nsec3 : lab::Denial::nsec3_opt_out;
}

std::string line(const dns::Name& owner, const char* ttl, const char* type,
                 const std::string& rdata) {
  return owner.to_text() + " " + ttl + " IN " + type + " " + rdata + "\n";
}

std::string soa_line(const dns::Name& zone, const dns::Name& mname, const char* times) {
  const std::string contact = zone.is_root() ? "hostmaster.nic." : "hostmaster." + zone.to_text();
  return line(zone, "86400", "SOA", mname.to_text() + " " + contact + " " + kSerial + " " + times);
}

}  // namespace

ZoneMaker::ZoneMaker(const Plan& plan, std::chrono::sys_seconds now, std::size_t threads)
    : plan_(plan),
      now_(now),
      primes_(find_primes(kKeysPerZone * (plan.shape.delegations.size() + 1), threads)) {
  for (const auto& [server, addresses] : plan.shape.addresses) {
    names_in_[server.suffix(1)].push_back(server);
  }
}

std::string ZoneMaker::address_lines(const dns::Name& server) const {
  std::string lines;
  for (const dns::IpAddress& address : plan_.shape.addresses.at(server)) {
    const char* const type = address.family() == dns::Family::ipv4 ? "A" : "AAAA";
    lines += line(server, "86400", type, address.to_text());
  }
  return lines;
}

dns::Result<ZoneText> ZoneMaker::delegated(std::size_t index) const {
  const Delegation& zone = plan_.shape.delegations[index];
  ZoneText made;
  made.text = soa_line(zone.zone, zone.nameservers.front(), "7200 3600 1209600 3600");
  for (const dns::Name& server : zone.nameservers) {
    made.text += line(zone.zone, "86400", "NS", server.to_text());
  }
  if (const auto inside = names_in_.find(zone.zone); inside != names_in_.end()) {
    for (const dns::Name& server : inside->second) made.text += address_lines(server);
  }
  if (zone.algorithm == 0) return made;
  lab::RsaPool pool;
  if (zone.algorithm <= kRsaSha512) {
    for (std::size_t key = 0; key < kKeysPerZone; ++key) {
      pool.push_back(rsa_key(primes_, kKeysPerZone * index + key));
    }
  }
  const auto keys = lab::ZoneKeys::generate(zone.zone, lab::usual_keys(zone.algorithm), pool);
  if (!keys) return tl::unexpected(keys.error());
  const lab::Validity validity{now_ - std::chrono::days(1), now_ + std::chrono::days(60)};
  auto text = keys->sign(made.text, validity, denial_of(zone.zone));
  if (!text) return tl::unexpected(text.error());
  made.text = std::move(*text);
  made.ds = keys->ds_text();
  return made;
}

dns::Result<ZoneText> ZoneMaker::root(const std::vector<std::string>& ds) const {
  const Shape& shape = plan_.shape;
  ZoneText made;
  made.text = soa_line(dns::Name(), shape.root_servers.front(), "1800 900 604800 86400");
  for (const dns::Name& server : shape.root_servers) {
    made.text += line(dns::Name(), "518400", "NS", server.to_text());
  }
  for (std::size_t i = 0; i < shape.delegations.size(); ++i) {
    const Delegation& zone = shape.delegations[i];
    for (const dns::Name& server : zone.nameservers) {
      made.text += line(zone.zone, "86400", "NS", server.to_text());
    }
    made.text += ds[i];
  }
  for (const auto& [server, addresses] : shape.addresses) made.text += address_lines(server);
  lab::RsaPool pool;
  for (std::size_t key = 0; key < kKeysPerZone; ++key) {
    pool.push_back(rsa_key(primes_, kKeysPerZone * shape.delegations.size() + key));
  }
  const auto keys = lab::ZoneKeys::generate(dns::Name(), lab::usual_keys(kRootAlgorithm), pool);
  if (!keys) return tl::unexpected(keys.error());
  const lab::Validity validity{now_ - std::chrono::days(1), now_ + std::chrono::days(60)};
  auto text = keys->sign(made.text, validity);
  if (!text) return tl::unexpected(text.error());
  made.text = std::move(*text);
  made.anchors = keys->anchor_text();
  return made;
}

}  // namespace world
