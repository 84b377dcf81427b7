#include "tests/lab/signer_programs.hpp"

#include <ctime>
#include <fstream>
#include <sstream>
#include <vector>

#include "tests/lab/process.hpp"

namespace lab {
namespace {

namespace fs = std::filesystem;

dns::Result<void> write_file(const fs::path& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return dns::fail("cannot write " + path.string());
  return {};
}

/// YYYYMMDDHHMMSS, which both programs take.
std::string time_text(std::chrono::sys_seconds time) {
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[16];
  std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &parts);
  return text;
}

std::vector<std::string> bind_command(const SigningJob& job) {
  std::vector<std::string> command{"dnssec-signzone",
                                   "-q",
                                   "-x",
                                   "-o",
                                   job.zone.to_text(),
                                   "-s",
                                   time_text(job.validity.inception),
                                   "-e",
                                   time_text(job.validity.expiration),
                                   "-O",
                                   "full",
                                   "-f",
                                   "signed"};
  if (job.denial != Denial::nsec) command.insert(command.end(), {"-3", "-", "-H", "0"});
  if (job.denial == Denial::nsec3_opt_out) command.emplace_back("-A");
  command.emplace_back("zone");
  return command;
}

std::vector<std::string> ldns_command(const SigningJob& job) {
  std::vector<std::string> command{"ldns-signzone",
                                   "-o",
                                   job.zone.to_text(),
                                   "-i",
                                   time_text(job.validity.inception),
                                   "-e",
                                   time_text(job.validity.expiration),
                                   "-f",
                                   "signed"};
  if (job.denial != Denial::nsec) command.insert(command.end(), {"-n", "-t", "0"});
  if (job.denial == Denial::nsec3_opt_out) command.emplace_back("-p");
  command.emplace_back("zone");
  for (const KeyFile& key : job.keys->files()) command.push_back(key.base);
  return command;
}

}  // namespace

dns::Result<std::string> sign_by_program(const SigningJob& job, const fs::path& directory) {
  const bool bind = job.signer == Signer::bind;
  const fs::path place = directory / (job.zone.to_label() + (bind ? ".bind" : ".ldns"));
  std::error_code failed;
  fs::create_directories(place, failed);
  if (failed) return dns::fail("cannot make " + place.string());
  std::string text(job.text);
  if (bind) text += job.keys->dnskey_text();  // ldns-signzone adds them by itself
  if (auto written = write_file(place / "zone", text); !written) {
    return tl::unexpected(written.error());
  }
  for (const KeyFile& key : job.keys->files()) {
    for (const auto& [suffix, content] :
         {std::pair{".key", &key.public_text}, {".private", &key.private_text}}) {
      if (auto written = write_file(place / (key.base + suffix), *content); !written) {
        return tl::unexpected(written.error());
      }
    }
  }
  const auto done = run_to_end(bind ? bind_command(job) : ldns_command(job), place, place / "log");
  if (!done) return tl::unexpected(done.error());
  std::ifstream in(place / "signed", std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  if (!in) return dns::fail("cannot read " + (place / "signed").string());
  return out.str();
}

}  // namespace lab
