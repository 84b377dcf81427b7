#include "tests/lab/master_file.hpp"

#include <cstdio>
#include <memory>
#include <string>

#include "dns/ldns_wrapper.hpp"

namespace lab {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct RdfFree {
  void operator()(ldns_rdf* rdf) const { ldns_rdf_deep_free(rdf); }
};
struct RrFree {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
struct BufferFree {
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
};
using Rdf = std::unique_ptr<ldns_rdf, RdfFree>;

dns::Result<dns::Record> to_record(const ldns_rr* rr) {
  const std::unique_ptr<ldns_buffer, BufferFree> rdata(ldns_buffer_new(LDNS_MIN_BUFLEN));
  if (!rdata || ldns_rr_rdata2buffer_wire(rdata.get(), rr) != LDNS_STATUS_OK) {
    return dns::fail("the RDATA cannot be written in wire form");
  }
  const std::span<const std::uint8_t> all(ldns_buffer_begin(rdata.get()),
                                          ldns_buffer_position(rdata.get()));
  const ldns_rdf* owner = ldns_rr_owner(rr);
  const std::span<const std::uint8_t> owner_wire(ldns_rdf_data(owner), ldns_rdf_size(owner));
  auto name = dns::Name::from_wire(owner_wire);
  if (!name) return tl::unexpected(name.error());
  dns::Record record;
  record.owner = *name;
  record.type = static_cast<dns::RRType>(ldns_rr_get_type(rr));
  record.rrclass = static_cast<dns::RRClass>(ldns_rr_get_class(rr));
  record.ttl = ldns_rr_ttl(rr);
  record.rdata.assign(all.begin(), all.end());
  return record;
}

}  // namespace

dns::Result<std::vector<dns::Record>> parse_master_text(std::string_view text,
                                                        const dns::Name& origin,
                                                        std::uint32_t default_ttl) {
  std::vector<dns::Record> records;
  if (text.empty()) return records;
  std::string copy(text);
  const std::unique_ptr<std::FILE, FileCloser> file(fmemopen(copy.data(), copy.size(), "r"));
  if (!file) return dns::fail("the master file cannot be read from memory");
  // ldns replaces both while it reads $ORIGIN and omitted owners, so they are handed over raw.
  ldns_rdf* running_origin = ldns_dname_new_frm_str(origin.to_text().c_str());
  ldns_rdf* previous = nullptr;
  std::uint32_t ttl = default_ttl;
  int line = 0;
  std::string failure;
  while (std::feof(file.get()) == 0) {
    ldns_rr* raw = nullptr;
    const ldns_status status =
        ldns_rr_new_frm_fp_l(&raw, file.get(), &ttl, &running_origin, &previous, &line);
    const std::unique_ptr<ldns_rr, RrFree> rr(raw);
    if (status == LDNS_STATUS_SYNTAX_EMPTY || status == LDNS_STATUS_SYNTAX_TTL ||
        status == LDNS_STATUS_SYNTAX_ORIGIN) {
      continue;
    }
    if (status != LDNS_STATUS_OK) {
      failure = ldns_get_errorstr_by_id(status);
      break;
    }
    auto record = to_record(rr.get());
    if (!record) {
      failure = record.error().sentence;
      break;
    }
    records.push_back(std::move(*record));
  }
  const Rdf origin_owner(running_origin);
  const Rdf previous_owner(previous);
  if (!failure.empty()) {
    return dns::fail("master file of " + origin.to_text() + ", line " + std::to_string(line) +
                     ": " + failure);
  }
  return records;
}

}  // namespace lab
