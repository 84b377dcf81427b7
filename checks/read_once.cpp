#include "checks/read_once.hpp"

#include <algorithm>
#include <tuple>

namespace checks {

namespace {

bool same(const std::vector<dns::Record>& a, const std::vector<dns::Record>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const dns::Record& x, const dns::Record& y) {
                      return x.type == y.type && x.rrclass == y.rrclass && x.ttl == y.ttl &&
                             x.rdata == y.rdata && x.owner.is_identical(y.owner);
                    });
}

auto header_of(const dns::Message& message) {
  return std::tuple(message.opcode, message.qr, message.aa, message.tc, message.rd, message.ra,
                    message.z, message.ad, message.cd, message.rcode);
}

}  // namespace

bool same_words(const dns::Message& a, const dns::Message& b) {
  return &a == &b || (header_of(a) == header_of(b) && same(a.answer, b.answer) &&
                      same(a.authority, b.authority) && same(a.additional, b.additional));
}

}  // namespace checks
