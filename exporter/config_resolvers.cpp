// The keys about resolvers: `resolvers`, and `sentinels` of a zone; and the same from the command
// line.
#include <algorithm>
#include <array>

#include "dns/quote.hpp"
#include "exporter/config_draft.hpp"
#include "survey/servers.hpp"

namespace exporter {
namespace {

constexpr std::size_t kLongestResolverName = 64;

/// One entry of `resolvers`.
struct ResolverDraft {
  bool has_address = false;  ///< right or wrong
  std::optional<dns::IpAddress> address;
  survey::RecursiveResolver resolver;
};

constexpr std::array<Key<ResolverDraft>, 5> kResolverKeys{{
    {"address", "address", "",
     "Where it is asked. Must be given. It is asked even when it is a special-purpose address, "
     "since it is named here.",
     [](const Value& value, ResolverDraft& draft) {
       draft.has_address = true;
       const std::optional<std::string> text = value.text();
       if (!text) return;
       const dns::Result<dns::IpAddress> address = dns::IpAddress::from_text(*text);
       if (address) {
         draft.address = *address;
       } else {
         value.mistake(address.error().sentence);
       }
     }},
    {"name", "text", "", "The value of the label `resolver`. Without it, the address.",
     [](const Value& value, ResolverDraft& draft) {
       const std::optional<std::string> text = value.text();
       if (!text) return;
       const bool printable =
           std::all_of(text->begin(), text->end(), [](char c) { return c > 0x20 && c < 0x7F; });
       if (text->empty() || text->size() > kLongestResolverName || !printable) {
         value.mistake("write 1 to 64 printable ASCII characters without spaces, not " +
                       dns::quoted(*text));
         return;
       }
       draft.resolver.name = *text;
     }},
    {"port", "number", "53", "The port at which it is asked. For laboratories.",
     [](const Value& value, ResolverDraft& draft) {
       if (const auto read = value.integer(1, 65535)) {
         draft.resolver.endpoint.port = static_cast<std::uint16_t>(*read);
       }
     }},
    {"local", "true or false", "false",
     "Whether it is your own, as opposed to a public one: when only these fail, the fault is in "
     "your network.",
     [](const Value& value, ResolverDraft& draft) {
       if (const auto read = value.boolean()) draft.resolver.local = *read;
     }},
    {"validating", "true or false", "true",
     "Whether it validates. One that does not is not asked what it says without checking.",
     [](const Value& value, ResolverDraft& draft) {
       if (const auto read = value.boolean()) draft.resolver.validating = *read;
     }},
}};

void read_resolver(const Value& value, Config& config) {
  ResolverDraft draft;
  if (!value.is_mapping()) {  // the address alone
    kResolverKeys.front().read(value, draft);
  } else if (!value.into(std::span<const Key<ResolverDraft>>(kResolverKeys), draft)) {
    return;
  }
  if (!draft.address) {
    if (!draft.has_address) value.mistake("needs an `address` such as 192.0.2.53");
    return;
  }
  draft.resolver.endpoint.address = *draft.address;
  if (draft.resolver.name.empty()) draft.resolver.name = draft.address->to_text();
  if (const std::string fault = add_resolver(std::move(draft.resolver), config); !fault.empty()) {
    value.mistake(fault);
  }
}

}  // namespace

std::string add_resolver(survey::RecursiveResolver resolver, Config& config) {
  for (const survey::RecursiveResolver& other : config.resolvers) {
    if (other.endpoint == resolver.endpoint) {
      return resolver.endpoint.to_text() + " is listed twice; remove one of them";
    }
    if (other.name == resolver.name) {
      return "two resolvers are called " + dns::quoted(resolver.name) +
             "; give each its own `name`";
    }
  }
  if (config.resolvers.size() == survey::kMaxResolvers) {
    return "more than " + std::to_string(survey::kMaxResolvers) + " resolvers are listed";
  }
  config.resolvers.push_back(std::move(resolver));
  return {};
}

dns::Result<survey::RecursiveResolver> resolver_from_text(std::string_view text) {
  constexpr std::uint16_t kDnsPort = 53;
  const dns::Result<dns::Endpoint> endpoint = dns::endpoint_from_text(text, kDnsPort);
  if (!endpoint) return tl::unexpected(endpoint.error());
  if (endpoint->port == 0)
    return dns::fail(dns::quoted(text) + " has port 0; ports are 1 to 65535");
  survey::RecursiveResolver resolver;
  resolver.name = endpoint->address.to_text();
  resolver.endpoint = *endpoint;
  return resolver;
}

dns::Result<survey::Sentinel> sentinel_from_text(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) {
    return dns::fail(dns::quoted(text) + " has no type; write it like www.example.com/A");
  }
  const std::optional<dns::RRType> type = dns::rrtype_from_text(text.substr(slash + 1));
  if (!type) return dns::fail(dns::quoted(text.substr(slash + 1)) + " is no record type");
  const dns::Result<dns::Name> name = written_name(text.substr(0, slash));
  if (!name) return tl::unexpected(name.error());
  return survey::Sentinel{name->lowered(), *type};
}

void read_resolvers(const Value& value, Config& config) {
  for (const Value& item : value.short_list(kMostListed)) {
    const bool full = config.resolvers.size() == survey::kMaxResolvers;
    read_resolver(item, config);
    if (full) break;  // said once
  }
}

void read_sentinels(const Value& value, ZoneDraft& zone) {
  zone.options.sentinels.clear();
  zone.sentinels.clear();
  for (const Value& item : value.short_list(survey::kMaxSentinels)) {
    const std::optional<std::string> text = item.text();
    if (!text) continue;
    const dns::Result<survey::Sentinel> sentinel = sentinel_from_text(*text);
    if (!sentinel) {
      item.mistake(sentinel.error().sentence);
      continue;
    }
    const auto& known = zone.options.sentinels;
    if (std::find(known.begin(), known.end(), *sentinel) != known.end()) {
      item.mistake(*text + " is listed twice; remove one of them");
      continue;
    }
    zone.options.sentinels.push_back(*sentinel);
    zone.sentinels.push_back(item);
  }
}

void check_sentinels(const ZoneDraft& zone) {
  for (std::size_t i = 0; i < zone.sentinels.size(); ++i) {
    const dns::Name& name = zone.options.sentinels[i].name;
    if (name.is_at_or_below(*zone.zone)) continue;
    zone.sentinels[i].mistake(name.to_label() + " does not lie in " + zone.zone->to_label());
  }
}

bool needs_resolver(const survey::Sentinel& sentinel, const dns::Name& zone) {
  return survey::names_between(zone, {}, {sentinel}).empty();
}

void warn_of_sentinels(const ZoneDraft& zone, Config& config) {
  if (!config.resolvers.empty()) return;
  for (std::size_t i = 0; i < zone.sentinels.size(); ++i) {
    const survey::Sentinel& sentinel = zone.options.sentinels[i];
    if (!needs_resolver(sentinel, *zone.zone)) continue;
    const Value& at = zone.sentinels[i];
    config.warnings.push_back({at.file(), at.line(), at.column(), at.path(),
                               "nobody is asked about " + sentinel.name.to_label() +
                                   ": sentinels are for resolvers, and none is listed"});
  }
}

void document_resolver_keys(const std::string& prefix, std::vector<ConfigKey>& out) {
  for (const Key<ResolverDraft>& key : kResolverKeys) {
    out.push_back({prefix + std::string(key.name), std::string(key.type),
                   std::string(key.default_value), std::string(key.help), key.needs_restart});
  }
}

}  // namespace exporter
