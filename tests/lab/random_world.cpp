#include "tests/lab/random_world.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/lab/random_signing.hpp"

namespace lab {
namespace {

using Engine = RandomEngine;

constexpr int kAddresses = 16;  // that serve the random zones

struct Parent {
  std::string_view name;
  Denial denial;
};
constexpr std::array<Parent, 3> kParents{
    {{"nsec", Denial::nsec}, {"nsec3", Denial::nsec3}, {"optout", Denial::nsec3_opt_out}}};

/// What the parent says of a signed zone's keys.
enum class DsKind { right, none, wrong, right_and_stale, right_and_wrong_sha1, unknown };
constexpr std::array<std::string_view, 6> kDsKinds{
    "right", "none", "wrong", "right+stale", "right+wrong-sha1", "unknown"};

dns::IpAddress address(int block, int host) {
  return dns::IpAddress::from_text("127." + std::to_string(block) + ".0." + std::to_string(host))
      .value();
}

dns::Name name_of(const std::string& text) {
  return dns::Name::from_text(text).value();
}

WorldZone zone_at(const std::string& name, std::string title, const dns::IpAddress& at) {
  WorldZone zone;
  zone.zone = name_of(name);
  zone.title = std::move(title);
  zone.is_signed = true;
  WorldServer server;
  server.name = zone.zone.prefixed("ns1").value();
  server.addresses = {at};
  zone.servers.push_back(std::move(server));
  return zone;
}

/// What is wrong with the zone itself; at most one thing.
enum class Fault { none, unsigned_copy, over, ahead, ds, keys, edit };

Fault choose_fault(Engine& engine) {
  constexpr std::array<Fault, 10> kFaults{
      Fault::unsigned_copy, Fault::over, Fault::ahead, Fault::ds,   Fault::keys,
      Fault::keys,          Fault::keys, Fault::edit,  Fault::edit, Fault::edit};
  return chance(engine, 40) ? one_of(engine, kFaults) : Fault::none;
}

/// Does to the zone what the fault is; the text says it.
std::string apply(Fault fault, Engine& engine, WorldZone& zone) {
  Copy& copy = zone.servers.front().copy;
  switch (fault) {
    case Fault::unsigned_copy:
      copy.is_unsigned = true;
      return "served unsigned";
    case Fault::over:
      copy.signatures_end_in = std::chrono::hours(-1);
      return "signed till an hour ago";
    case Fault::ahead:
      copy.signatures_end_in = zone.signature_lifetime + std::chrono::hours(1);
      return "signed from in an hour";
    case Fault::keys:
      return choose_keys(engine, zone);
    case Fault::edit:
      return choose_edit(engine, zone);
    default:
      return "none";
  }
}

/// One fault is enough: two of them hide each other.
DsKind choose_ds(Engine& engine, Fault fault) {
  constexpr std::array<DsKind, 8> kGood{
      DsKind::right, DsKind::right, DsKind::right,           DsKind::right,
      DsKind::right, DsKind::none,  DsKind::right_and_stale, DsKind::right_and_wrong_sha1};
  if (fault == Fault::keys || fault == Fault::edit) return DsKind::right;
  if (fault != Fault::ds) return one_of(engine, kGood);
  return chance(engine, 50) ? DsKind::wrong : DsKind::unknown;
}

std::string digits(Engine& engine, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "0123456789ABCDEF"[engine() % 16];
  return text;
}

/// The DS records that the parent has besides the right one, as master-file text.
std::string more_ds(DsKind kind, const WorldZone& zone, Engine& engine) {
  constexpr std::size_t kSha1Digits = 40;
  constexpr std::size_t kSha256Digits = 64;
  const std::string owner = zone.zone.to_text() + " 3600 IN DS " + std::to_string(engine() % 65536);
  const std::string algorithm = " " + std::to_string(zone.algorithm);
  switch (kind) {
    case DsKind::wrong:
    case DsKind::right_and_stale:
      return owner + algorithm + " 2 " + digits(engine, kSha256Digits) + "\n";
    case DsKind::right_and_wrong_sha1:
      return owner + algorithm + " 1 " + digits(engine, kSha1Digits) + "\n";
    case DsKind::unknown:
      return owner + (chance(engine, 50) ? " 99 2 " : algorithm + " 99 ") +
             digits(engine, kSha256Digits) + "\n";
    default:
      return {};
  }
}

/// Names, with another TTL each, and maybe a wildcard.
bool add_records(Engine& engine, WorldZone& zone) {
  constexpr std::array<std::string_view, 4> kNames{"www", "a.ent", "mail", "0"};
  const std::string apex = zone.zone.to_text();
  for (const std::string_view name : kNames) {
    if (chance(engine, 50)) continue;
    zone.records += std::string(name) + "." + apex + " " + std::to_string(60 + engine() % 86'400) +
                    " IN A 127.9.0.1\n";
  }
  const bool wildcard = chance(engine, 30);
  if (wildcard) zone.records += "*." + apex + " 1800 IN A 127.9.0.2\n";
  return wildcard;
}

/// What there is to be mutated; what decides most stands more than once.
MutationTarget choose_target(Engine& engine, bool has_ds, bool wildcard) {
  std::vector<MutationTarget> targets{MutationTarget::dnskey, MutationTarget::dnskey,
                                      MutationTarget::soa, MutationTarget::soa, MutationTarget::ns};
  if (!has_ds) return chance(engine, 70) ? MutationTarget::ds_denial : one_of(engine, targets);
  targets.insert(targets.end(), {MutationTarget::ds, MutationTarget::ds, MutationTarget::denial,
                                 MutationTarget::denial});
  if (wildcard) targets.insert(targets.end(), {MutationTarget::wildcard, MutationTarget::wildcard});
  return one_of(engine, targets);
}

/// One that changes something of the target. What is missing in a denial tries the reasoning, all
/// else its signatures.
MutationKind choose_kind(Engine& engine, MutationTarget target) {
  if (target == MutationTarget::denial && chance(engine, 40)) return MutationKind::rrset_removed;
  return one_of(engine, kinds_for(target));
}

/// The zone of this number; its parent gets what it has to say of it.
WorldZone random_zone(std::uint32_t seed, int number, std::vector<WorldZone>& parents,
                      Mutations& mutations) {
  std::seed_seq seeds{seed, static_cast<std::uint32_t>(number)};
  Engine engine(seeds);
  WorldZone& parent = parents[engine() % parents.size()];
  WorldZone zone = zone_at("z" + std::to_string(number) + "." + parent.zone.to_text(), "",
                           address(71, 1 + number % kAddresses));
  zone.is_signed = chance(engine, 92);
  zone.title = "unsigned";
  Fault fault = Fault::none;
  std::string change = "none";
  DsKind ds = DsKind::none;
  if (zone.is_signed) {
    fault = choose_fault(engine);
    choose_signing(engine, zone);
    ds = choose_ds(engine, fault);
    change = apply(fault, engine, zone);
    zone.has_ds =
        ds == DsKind::right || ds == DsKind::right_and_stale || ds == DsKind::right_and_wrong_sha1;
    parent.records += more_ds(ds, zone, engine);
    zone.title = "signed " + signing_text(zone) +
                 " ds=" + std::string(kDsKinds.at(static_cast<std::size_t>(ds)));
  }
  const bool wildcard = add_records(engine, zone);
  zone.title += (wildcard ? " wildcard below " : " below ") + parent.zone.to_label() + " | ";
  if (fault != Fault::none || chance(engine, 10)) {
    zone.title += change;
    return zone;
  }
  Mutation mutation;
  mutation.target = choose_target(engine, ds != DsKind::none, wildcard);
  // Too many of them make a denial insecure as long as one record is left, and which are there at
  // all depends on the name that is asked for: not the same one for everybody.
  const bool unclear = mutation.target == MutationTarget::denial && has_too_many_iterations(zone);
  if (unclear) mutation.target = MutationTarget::soa;
  mutation.kind = choose_kind(engine, mutation.target);
  mutation.seed = static_cast<std::uint32_t>(engine());
  zone.title += std::string(to_text(mutation.target)) + ": " + std::string(to_text(mutation.kind));
  mutations.emplace(zone.zone, mutation);
  return zone;
}

}  // namespace

World random_world(std::uint32_t seed, int count) {
  World world;
  world.resolver = address(70, 53);
  world.zones.push_back(zone_at(".", "the root", address(70, 1)));
  std::vector<WorldZone> parents;
  for (std::size_t i = 0; i < kParents.size(); ++i) {
    const Parent& parent = kParents.at(i);
    WorldZone zone =
        zone_at(std::string(parent.name) + ".", "a parent", address(70, static_cast<int>(i) + 2));
    zone.denial = parent.denial;
    parents.push_back(std::move(zone));
  }
  std::vector<WorldZone> zones;
  for (int i = 0; i < count; ++i) zones.push_back(random_zone(seed, i, parents, world.mutations));
  for (auto* more : {&parents, &zones}) {
    for (WorldZone& zone : *more) world.zones.push_back(std::move(zone));
  }
  return world;
}

}  // namespace lab
