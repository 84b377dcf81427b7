// The signers that people use: dnssec-signzone of BIND and ldns-signzone. Each call runs the
// program in a directory of its own below the one it is given; not thread-safe (see process.hpp).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "dns/result.hpp"
#include "tests/lab/signer.hpp"

namespace lab {

/// Who signs a zone. `library` is ldns as a library, `server` the program that serves the zone.
enum class Signer { library, bind, ldns, server };

/// What is to be signed, how.
struct SigningJob {
  Signer signer = Signer::bind;
  dns::Name zone;
  std::string_view text;  ///< without DNSSEC records
  const ZoneKeys* keys = nullptr;
  Validity validity;
  Denial denial = Denial::nsec;
};

/// The signed zone as master-file text. Fails when the program is not installed or refuses, with
/// what it says.
dns::Result<std::string> sign_by_program(const SigningJob& job,
                                         const std::filesystem::path& directory);

}  // namespace lab
