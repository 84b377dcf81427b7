#include "tests/lab/random_signing.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace lab {
namespace {

using dns::RRType;

constexpr std::array<std::uint8_t, 10> kAlgorithms{13, 13, 13, 13, 8, 8, 10, 14, 15, 16};
constexpr std::array<std::string_view, 3> kDenials{"nsec", "nsec3", "nsec3-opt-out"};
constexpr std::array<std::string_view, 3> kRoles{"ksk", "zsk", "csk"};
constexpr std::array<std::string_view, 4> kDsFaults{"", "-wrong-digest", "-wrong-algorithm",
                                                    "-wrong-tag"};
constexpr std::uint8_t kRsaSha256 = 8;

/// Around what validators allow.
constexpr std::uint16_t kMostIterations = 150;
constexpr std::array<std::uint16_t, 6> kIterations{1, 10, 100, 150, 151, 500};

KeySpec random_key(RandomEngine& engine, std::uint8_t algorithm, bool is_first) {
  constexpr std::array<std::uint8_t, 8> kDigests{2, 2, 2, 2, 2, 4, 4, 1};
  KeySpec key;
  key.role = is_first ? (chance(engine, 60) ? KeyRole::ksk : KeyRole::csk)
                      : static_cast<KeyRole>(engine() % kRoles.size());
  key.algorithm = chance(engine, 80) ? algorithm : one_of(engine, kAlgorithms);
  key.is_published = chance(engine, 88);
  key.signs = is_first || chance(engine, 80);
  if (chance(engine, key.role == KeyRole::zsk ? 10 : 85)) key.ds = {one_of(engine, kDigests)};
  if (chance(engine, 10)) key.ds_fault = static_cast<DsFault>(1 + engine() % 3);
  key.is_zone_key = chance(engine, 94);
  key.is_revoked = chance(engine, 6);
  key.protocol = chance(engine, 94) ? 3 : 2;
  return key;
}

std::string text_of(const KeySpec& key) {
  std::string text(kRoles.at(static_cast<std::size_t>(key.role)));
  text += std::to_string(key.algorithm);
  for (const std::uint8_t digest : key.ds) {
    text += "+ds" + std::to_string(digest) +
            std::string(kDsFaults.at(static_cast<std::size_t>(key.ds_fault)));
  }
  if (!key.is_published) text += "!unpublished";
  if (!key.signs) text += "!idle";
  if (!key.is_zone_key) text += "!no-zone-key";
  if (key.is_revoked) text += "!revoked";
  if (key.protocol != 3) text += "!protocol";
  return text;
}

RRType denial_type(const WorldZone& zone) {
  return zone.denial == Denial::nsec ? RRType::nsec : RRType::nsec3;
}

ZoneEdit edit_of(std::string_view kind, std::vector<RRType> types = {}) {
  ZoneEdit edit;
  edit.kind = edit_kind_from_text(kind).value();
  edit.types = std::move(types);
  return edit;
}

/// Of the signatures over one kind of RRset.
std::string edit_signatures(RandomEngine& engine, std::string_view kind, WorldZone& zone) {
  const std::array<RRType, 6> types{RRType::soa, RRType::dnskey,    RRType::ns,
                                    RRType::a,   denial_type(zone), denial_type(zone)};
  const RRType type = one_of(engine, types);
  ZoneEdit edit = edit_of(kind, {type});
  const dns::Name parent = zone.zone.parent();
  const std::array<dns::Name, 3> signers{parent, dns::Name(),
                                         parent.prefixed("sibling").value_or(parent)};
  edit.name = one_of(engine, signers);
  edit.count = 1 + static_cast<int>(engine() % 20);
  std::string text = "edit: " + std::string(kind) + " " + dns::to_text(type);
  if (edit.kind == EditKind::wrong_signer) text += " by " + edit.name.to_label();
  if (edit.kind == EditKind::many_signatures) text += " " + std::to_string(edit.count);
  zone.edits.push_back(std::move(edit));
  return text;
}

/// Of the bitmaps of all NSEC records, or the apex's: a wrong bit makes a delegation of a name, or
/// an alias, or lets it be what it is.
std::string edit_bitmap(RandomEngine& engine, WorldZone& zone) {
  constexpr std::array<RRType, 7> kTypes{RRType::a,  RRType::ns,    RRType::soa, RRType::cname,
                                         RRType::mx, RRType::dname, RRType::ds};
  zone.denial = Denial::nsec;  // the bitmaps of NSEC3 may be empty
  const std::string_view kind = chance(engine, 50) ? "bitmap-add" : "bitmap-remove";
  ZoneEdit edit = edit_of(kind);
  edit.listed = {one_of(engine, kTypes)};
  if (chance(engine, 50)) edit.owner = zone.zone;
  const std::string text = "edit: " + std::string(kind) + " " + dns::to_text(edit.listed.front()) +
                           (edit.owner ? " at the apex" : "");
  zone.edits.push_back(std::move(edit));
  return text;
}

std::string edit_keys(RandomEngine& engine, WorldZone& zone) {
  zone.algorithm = kRsaSha256;  // the algorithm of the keys that are added
  const std::string_view kind = chance(engine, 60) ? "colliding-keys" : "many-keys";
  ZoneEdit edit = edit_of(kind);
  edit.count = 1 + static_cast<int>(engine() % 6);
  const std::string text = "edit: " + std::string(kind) + " " + std::to_string(edit.count);
  zone.edits.push_back(std::move(edit));
  return text;
}

}  // namespace

void choose_signing(RandomEngine& engine, WorldZone& zone) {
  zone.algorithm = one_of(engine, kAlgorithms);
  zone.denial = static_cast<Denial>(engine() % kDenials.size());
  if (zone.denial != Denial::nsec && chance(engine, 20)) {
    zone.nsec3_iterations = one_of(engine, kIterations);
  }
}

std::string signing_text(const WorldZone& zone) {
  std::string text = "alg=" + std::to_string(zone.algorithm) + " " +
                     std::string(kDenials.at(static_cast<std::size_t>(zone.denial)));
  if (zone.denial == Denial::nsec || zone.nsec3_iterations == 0) return text;
  return text + " iterations=" + std::to_string(zone.nsec3_iterations);
}

bool has_too_many_iterations(const WorldZone& zone) {
  return zone.denial != Denial::nsec && zone.nsec3_iterations > kMostIterations;
}

std::string choose_keys(RandomEngine& engine, WorldZone& zone) {
  std::string text = "keys:";
  const std::size_t count = 1 + engine() % 4;
  for (std::size_t i = 0; i < count; ++i) {
    zone.keys.push_back(random_key(engine, zone.algorithm, i == 0));
    text += " " + text_of(zone.keys.back());
  }
  return text;
}

std::string choose_edit(RandomEngine& engine, WorldZone& zone) {
  constexpr std::array<std::string_view, 9> kOfSignatures{
      "expired",          "not-yet-valid", "corrupt-signature",
      "wrong-signer",     "wrong-labels",  "few-labels",
      "low-original-ttl", "unsign",        "many-signatures"};
  const auto percent = static_cast<unsigned>(engine() % 100);
  if (percent < 60) return edit_signatures(engine, one_of(engine, kOfSignatures), zone);
  if (percent < 80) return edit_bitmap(engine, zone);
  if (percent < 90) return edit_keys(engine, zone);
  if (percent < 95) {
    const RRType type = chance(engine, 50) ? RRType::dnskey : denial_type(zone);
    zone.edits.push_back(edit_of("remove", {type}));
    return "edit: remove " + dns::to_text(type);
  }
  zone.edits.push_back(edit_of("not-covering"));
  return "edit: not-covering";
}

}  // namespace lab
