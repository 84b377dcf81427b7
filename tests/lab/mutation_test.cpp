// Mutations: each changes what it says, the same way every time, and nothing else.
#include "tests/lab/mutation.hpp"

#include <algorithm>
#include <map>

#include "tests/catch.hpp"
#include "tests/lab/signer.hpp"
#include "tests/lab/zone_data.hpp"

namespace {

using dns::RRType;
using lab::Mutation;
using lab::MutationKind;
using lab::MutationTarget;
using lab::Reply;

const std::chrono::sys_seconds kNow{std::chrono::seconds(1'800'000'000)};
const lab::Validity kValidity{kNow - std::chrono::days(1), kNow + std::chrono::days(14)};
constexpr const char* kMissing = "missing.child.test";

constexpr std::array kTargets{
    MutationTarget::ds, MutationTarget::ds_denial, MutationTarget::dnskey,  MutationTarget::soa,
    MutationTarget::ns, MutationTarget::denial,    MutationTarget::wildcard};

dns::Name name(const std::string& text) {
  return dns::Name::from_text(text).value();
}

/// A signed parent and child; the child denies by NSEC3 and has a wildcard when told so.
struct Family {
  explicit Family(bool has_ds, bool has_wildcard) {
    const auto parent_keys = lab::ZoneKeys::generate(name("test")).value();
    const auto child_keys = lab::ZoneKeys::generate(name("child.test")).value();
    const std::string soa = " 3600 IN SOA ns1.test. hostmaster.test. 7 14400 3600 1209600 900\n";
    parent =
        data("test", parent_keys,
             "test." + soa + "test. 3600 IN NS ns1.test.\nns1.test. 3600 IN A 127.1.0.1\n" +
                 "child.test. 3600 IN NS ns1.child.test.\n" +
                 "ns1.child.test. 3600 IN A 127.1.0.2\n" + (has_ds ? child_keys.ds_text() : ""),
             lab::Denial::nsec);
    child = data("child.test", child_keys,
                 "child.test." + soa + "child.test. 3600 IN NS ns1.child.test.\n" +
                     "ns1.child.test. 3600 IN A 127.1.0.2\n" +
                     (has_wildcard ? "*.child.test. 3600 IN A 127.1.0.9\n" : ""),
                 lab::Denial::nsec3);
  }

  static lab::ZoneData data(const char* zone, const lab::ZoneKeys& keys, const std::string& text,
                            lab::Denial denial) {
    return lab::ZoneData::from_text(name(zone), keys.sign(text, kValidity, denial).value()).value();
  }

  lab::ZoneData parent = lab::ZoneData::from_text(name("."), ". 1 IN SOA . . 1 1 1 1 1\n").value();
  lab::ZoneData child = parent;
};

const Family& family_for(MutationTarget target) {
  static const Family usual(true, false);
  static const Family without_ds(false, false);
  static const Family with_wildcard(true, true);
  if (target == MutationTarget::ds_denial) return without_ds;
  return target == MutationTarget::wildcard ? with_wildcard : usual;
}

lab::Query query_for(const char* qname, RRType qtype) {
  lab::Query query;
  query.qname = name(qname);
  query.qtype = qtype;
  query.edns = lab::QueryEdns{1232, 0, true, false};
  return query;
}

/// The question whose answer a mutation of this target changes.
lab::Query query_about(MutationTarget target) {
  switch (target) {
    case MutationTarget::ds:
    case MutationTarget::ds_denial:
      return query_for("child.test", RRType::ds);
    case MutationTarget::dnskey:
      return query_for("child.test", RRType::dnskey);
    case MutationTarget::soa:
      return query_for("child.test", RRType::soa);
    case MutationTarget::ns:
      return query_for("child.test", RRType::ns);
    default:
      return query_for(kMissing, RRType::a);
  }
}

Reply right_reply(MutationTarget target, const lab::Query& query) {
  const Family& family = family_for(target);
  const bool of_parent = query.qtype == RRType::ds;
  return (of_parent ? family.parent : family.child).answer(query.qname, query.qtype, true);
}

Reply mutated(const Mutation& mutation, const lab::Query& query) {
  Reply reply = right_reply(mutation.target, query);
  const dns::Name apex = name(query.qtype == RRType::ds ? "test" : "child.test");
  lab::mutate(mutation, name("child.test"), apex, query, reply);
  return reply;
}

Reply mutated(MutationTarget target, MutationKind kind, std::uint32_t seed = 1) {
  return mutated({target, kind, seed}, query_about(target));
}

dns::Bytes wire(const lab::Query& query, const Reply& reply) {
  return lab::write_reply(query, reply, lab::kMaxMessageSize);
}

std::vector<dns::Record> of_type(const std::vector<dns::Record>& section, RRType type) {
  std::vector<dns::Record> found;
  std::copy_if(section.begin(), section.end(), std::back_inserter(found),
               [type](const dns::Record& record) { return record.type == type; });
  return found;
}

dns::Rrsig only_signature(const Reply& reply) {
  const auto found = of_type(reply.answer, RRType::rrsig);
  REQUIRE(found.size() == 1);
  return dns::parse_rrsig(found.front().rdata).value();
}

int differing_bits(const dns::Bytes& a, const dns::Bytes& b) {
  int bits = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    for (unsigned left = a[i] ^ b[i]; left != 0; left >>= 1U) bits += static_cast<int>(left & 1U);
  }
  return bits;
}

}  // namespace

TEST_CASE("every mutation changes its answer, and twice the same") {
  for (const MutationTarget target : kTargets) {
    const lab::Query query = query_about(target);
    const dns::Bytes right = wire(query, right_reply(target, query));
    for (const MutationKind kind : lab::kinds_for(target)) {
      CAPTURE(lab::to_text(target), lab::to_text(kind));
      // One DS is the same the other way round.
      const bool same = target == MutationTarget::ds && kind == MutationKind::reversed;
      CHECK((wire(query, mutated(target, kind, 5)) == right) == same);
      CHECK(wire(query, mutated(target, kind, 5)) == wire(query, mutated(target, kind, 5)));
    }
  }
}

TEST_CASE("a mutation leaves the answers alone that it is not about") {
  for (const MutationTarget target : kTargets) {
    for (const MutationTarget other :
         {MutationTarget::ds, MutationTarget::dnskey, MutationTarget::ns}) {
      if (other == target ||
          family_for(target).parent.find(name("child.test"), RRType::ds) == nullptr)
        continue;
      const lab::Query query = query_about(other);
      for (const MutationKind kind : lab::kinds_for(target)) {
        CAPTURE(lab::to_text(target), lab::to_text(kind), lab::to_text(other));
        CHECK(wire(query, mutated({target, kind, 1}, query)) ==
              wire(query, right_reply(target, query)));
      }
    }
  }
}

TEST_CASE("the SOA is mutated in negative answers, too") {
  const lab::Query query = query_for(kMissing, RRType::a);
  const Reply reply = mutated({MutationTarget::soa, MutationKind::rrsig_removed, 1}, query);
  for (const dns::Record& record : of_type(reply.authority, RRType::rrsig)) {
    CHECK(dns::parse_rrsig(record.rdata)->type_covered == RRType::nsec3);
  }
}

TEST_CASE("signatures are changed in the field that is named") {
  const dns::Rrsig right =
      only_signature(right_reply(MutationTarget::soa, query_about(MutationTarget::soa)));
  const auto changed = [](MutationKind kind) {
    return only_signature(mutated(MutationTarget::soa, kind));
  };
  CHECK(differing_bits(changed(MutationKind::signature_bit).signature, right.signature) == 1);
  CHECK(changed(MutationKind::signature_short).signature.size() == right.signature.size() - 1);
  CHECK(changed(MutationKind::labels_less).labels == right.labels - 1);
  CHECK(changed(MutationKind::labels_more).labels == right.labels + 1);
  CHECK(changed(MutationKind::original_ttl).original_ttl == right.original_ttl + 1);
  CHECK(changed(MutationKind::signer_parent).signer == name("test"));
  CHECK(changed(MutationKind::signer_sibling).signer == name("sibling.test"));
  CHECK(changed(MutationKind::signer_case).signer.is_identical(name("CHILD.TEST")));
  CHECK(changed(MutationKind::expired).expiration < right.inception);
  CHECK(changed(MutationKind::inception_ahead).inception > right.expiration);
  CHECK(changed(MutationKind::dates_reversed).inception == right.expiration);
  CHECK(changed(MutationKind::type_covered).type_covered == RRType::mx);
  CHECK(changed(MutationKind::rrsig_key_tag).key_tag != right.key_tag);
}

TEST_CASE("extra signatures stand in front of the right one") {
  const Reply reply = mutated(MutationTarget::soa, MutationKind::extra_many);
  const auto signatures = of_type(reply.answer, RRType::rrsig);
  REQUIRE(signatures.size() == 13);
  const Reply right = right_reply(MutationTarget::soa, query_about(MutationTarget::soa));
  CHECK(signatures.back().rdata == of_type(right.answer, RRType::rrsig).front().rdata);
  CHECK(signatures.front().rdata != signatures.back().rdata);
}

TEST_CASE("records are removed, added and changed without their signatures") {
  const auto keys = [](MutationKind kind) {
    return of_type(mutated(MutationTarget::dnskey, kind).answer, RRType::dnskey).size();
  };
  CHECK(keys(MutationKind::data_removed) == 0);
  CHECK(keys(MutationKind::record_removed) == 1);
  CHECK(keys(MutationKind::record_added) == 3);
  CHECK(keys(MutationKind::record_doubled) == 3);
  CHECK(mutated(MutationTarget::dnskey, MutationKind::rrset_removed).answer.empty());
  const auto left = mutated(MutationTarget::dnskey, MutationKind::data_removed).answer;
  CHECK(left.size() == of_type(left, RRType::rrsig).size());
  const auto soa =
      of_type(mutated(MutationTarget::soa, MutationKind::rdata_case).answer, RRType::soa);
  CHECK(dns::parse_soa(soa.front().rdata)->mname.is_identical(name("NS1.TEST")));
  CHECK(dns::parse_soa(soa.front().rdata)->minimum == 900);
}

TEST_CASE("names in capitals stay so on the wire") {
  const lab::Query query = query_about(MutationTarget::soa);
  const dns::Bytes sent = wire(query, mutated(MutationTarget::soa, MutationKind::owner_case));
  const std::string_view text(reinterpret_cast<const char*>(sent.data()), sent.size());
  CHECK(text.find("CHILD") != std::string_view::npos);
}

TEST_CASE("of one denial a single RRset is changed, of the parent's all") {
  const lab::Query query = query_for(kMissing, RRType::a);
  const auto count = [&](const Reply& reply) {
    return of_type(reply.authority, RRType::nsec3).size();
  };
  const std::size_t right = count(right_reply(MutationTarget::denial, query));
  CHECK(count(mutated(MutationTarget::denial, MutationKind::rrset_removed)) == right - 1);
  const Reply at_parent = mutated(MutationTarget::ds_denial, MutationKind::rrset_removed);
  CHECK(of_type(at_parent.authority, RRType::nsec).empty());
}
