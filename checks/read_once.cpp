#include "checks/read_once.hpp"

#include <algorithm>

#include "dns/identical.hpp"

namespace checks {

namespace {

bool same(const std::vector<dns::Record>& a, const std::vector<dns::Record>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const dns::Record& x, const dns::Record& y) { return is_identical(x, y); });
}

}  // namespace

bool same_words(const dns::Message& a, const dns::Message& b) {
  return &a == &b || (dns::header_of(a) == dns::header_of(b) && same(a.answer, b.answer) &&
                      same(a.authority, b.authority) && same(a.additional, b.additional));
}

}  // namespace checks
