#include "checks/dnssec_words.hpp"

namespace checks {

std::string_view in_words(dns::dnssec::SignatureStatus status) {
  using dns::dnssec::SignatureStatus;
  switch (status) {
    case SignatureStatus::valid:
      return "valid";
    case SignatureStatus::expired:
      return "expired";
    case SignatureStatus::not_yet_valid:
      return "not valid yet";
    case SignatureStatus::work_limit:
      return "not verified, since it would be too much work";
    case SignatureStatus::crypto_failed:
      return "does not verify";
    case SignatureStatus::key_revoked:
      return "by a revoked key";
    case SignatureStatus::key_not_zone_key:
      return "by a key without the zone flag";
    case SignatureStatus::key_protocol_not_3:
      return "by a key of another protocol than 3";
    case SignatureStatus::key_unusable:
      return "by a key that cannot be used";
    case SignatureStatus::key_algorithm_differs:
      return "by a key that has another algorithm";
    case SignatureStatus::no_such_key:
      return "by a key that is not published";
    case SignatureStatus::algorithm_not_supported:
      return "of an algorithm that is not supported";
    case SignatureStatus::dates_reversed:
      return "ends before it begins";
    case SignatureStatus::too_many_labels:
      return "counts more labels than the name has";
    case SignatureStatus::too_few_labels:
      return "counts fewer labels than the zone has";
    case SignatureStatus::signer_not_zone:
      return "in another zone's name";
    case SignatureStatus::malformed:
      return "malformed";
    case SignatureStatus::missing:
      return "not signed";
  }
  return "";
}

std::string_view in_words(dns::dnssec::DenialReason reason) {
  using dns::dnssec::DenialReason;
  switch (reason) {
    case DenialReason::proven:
      return "proven";
    case DenialReason::proven_by_opt_out:
      return "proven as far as opt-out goes";
    case DenialReason::iterations_over_limit:
      return "too many iterations";
    case DenialReason::unknown_hash_algorithm:
      return "an unknown hash algorithm";
    case DenialReason::unknown_flags:
      return "unknown flags";
    case DenialReason::unknown_records:
      return "records of an unknown type instead of NSEC or NSEC3";
    case DenialReason::no_records:
      return "no NSEC or NSEC3 records";
    case DenialReason::records_not_valid:
      return "the records do not validate";
    case DenialReason::records_malformed:
      return "the records are malformed";
    case DenialReason::parameters_differ:
      return "the parameters of the records differ";
    case DenialReason::name_not_denied:
      return "no record covers the name";
    case DenialReason::name_exists:
      return "a record says that the name exists";
    case DenialReason::type_exists:
      return "a record says that the type exists";
    case DenialReason::wildcard_not_denied:
      return "no record denies the wildcard";
    case DenialReason::wildcard_exists:
      return "a record says that the wildcard exists";
    case DenialReason::wildcard_type_exists:
      return "a record says that the wildcard has the type";
    case DenialReason::closer_name_exists:
      return "a record says that a closer name exists";
    case DenialReason::no_closest_encloser:
      return "no record is of a name above";
    case DenialReason::next_closer_not_covered:
      return "no record covers the next closer name";
    case DenialReason::parent_side_of_cut:
      return "the record is the parent's";
    case DenialReason::child_side_of_cut:
      return "the record is the child's";
    case DenialReason::not_a_delegation:
      return "a record says that the name is no delegation";
    case DenialReason::work_limit:
      return "too much work";
  }
  return "";
}

}  // namespace checks
