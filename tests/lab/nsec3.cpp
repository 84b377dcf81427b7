#include "tests/lab/nsec3.hpp"

#include <memory>

#include "dns/ldns_wrapper.hpp"

namespace lab {
namespace {

constexpr std::uint8_t kSha1 = 1;

struct RdfFree {
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
using Rdf = std::unique_ptr<ldns_rdf, RdfFree>;

}  // namespace

std::optional<Nsec3Parameters> parse_nsec3param(const dns::Bytes& rdata) {
  constexpr std::size_t kFixed = 5;
  if (rdata.size() < kFixed || rdata.size() != kFixed + rdata[4]) return std::nullopt;
  Nsec3Parameters parameters;
  parameters.iterations = static_cast<std::uint16_t>(rdata[2] << 8U | rdata[3]);
  parameters.salt.assign(rdata.begin() + kFixed, rdata.end());
  return parameters;
}

std::string nsec3_label(const dns::Name& name, const Nsec3Parameters& parameters) {
  const Rdf plain(ldns_dname_new_frm_str(name.to_text().c_str()));
  const Rdf hashed(ldns_nsec3_hash_name(plain.get(), kSha1, parameters.iterations,
                                        static_cast<std::uint8_t>(parameters.salt.size()),
                                        parameters.salt.data()));
  if (!hashed) return {};
  const std::uint8_t* const wire = ldns_rdf_data(hashed.get());
  return {reinterpret_cast<const char*>(wire + 1), wire[0]};
}

}  // namespace lab
