// The command lines we print are run, and what dig then sends must be the query that we would have
// sent.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>

#include <netinet/in.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dns/exchange.hpp"
#include "tests/catch.hpp"

namespace {

using dns::Bytes;
using dns::Exchange;
using dns::OptionCode;
using dns::RRType;
using dns::Transport;

constexpr std::chrono::milliseconds kPatience{10000};

/// A file descriptor that is closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

/// `sh -c command`, ended at the end of the test whatever happened.
class Child {
 public:
  explicit Child(const std::string& command) {
    std::string shell = "sh";
    std::string option = "-c";
    std::string quiet = command + " >/dev/null 2>&1";
    char* const arguments[] = {shell.data(), option.data(), quiet.data(), nullptr};
    if (posix_spawn(&pid_, "/bin/sh", nullptr, nullptr, arguments, environ) != 0) pid_ = -1;
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  bool started() const { return pid_ > 0; }
  /// Waits for the end, which dig's own +time and +tries bound.
  void wait() {
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_ = -1;
};

bool readable(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return poll(&entry, 1, static_cast<int>(kPatience.count())) == 1;
}

/// A socket on a port of 127.0.0.1 that the kernel chose.
int listening_socket(Transport transport, std::uint16_t& port) {
  const int fd = socket(AF_INET, transport == Transport::udp ? SOCK_DGRAM : SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(bind(fd, generic, size) == 0);
  if (transport == Transport::tcp) REQUIRE(listen(fd, 1) == 0);
  REQUIRE(getsockname(fd, generic, &size) == 0);
  port = ntohs(address.sin_port);
  return fd;
}

/// Receives one query and answers with it as an empty response, so that dig ends at once.
Bytes serve_udp(int fd) {
  if (!readable(fd)) return {};
  Bytes query(65535);
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  auto* const generic = reinterpret_cast<sockaddr*>(&peer);
  const ssize_t received = recvfrom(fd, query.data(), query.size(), 0, generic, &size);
  query.resize(received > 0 ? static_cast<std::size_t>(received) : 0);
  if (query.size() < 12) return query;
  Bytes response = query;
  response[2] |= 0x80;
  sendto(fd, response.data(), response.size(), 0, generic, size);
  return query;
}

bool read_whole(int fd, Bytes& into) {
  std::size_t have = 0;
  while (have < into.size()) {
    if (!readable(fd)) return false;
    const ssize_t got = read(fd, into.data() + have, into.size() - have);
    if (got <= 0) return false;
    have += static_cast<std::size_t>(got);
  }
  return true;
}

Bytes serve_tcp(int listener) {
  if (!readable(listener)) return {};
  const Descriptor connection(accept(listener, nullptr, nullptr));
  Bytes length(2);
  if (!read_whole(connection.get(), length)) return {};
  Bytes query(static_cast<std::size_t>(length[0]) << 8 | length[1]);
  if (query.size() < 12 || !read_whole(connection.get(), query)) return {};
  Bytes response = length;
  response.insert(response.end(), query.begin(), query.end());
  response[4] |= 0x80;
  if (write(connection.get(), response.data(), response.size()) < 0) return {};
  return query;
}

/// What dig sends when the command for `exchange` is run.
dns::Message sent_by_dig(Exchange exchange) {
  std::uint16_t port = 0;
  const Descriptor server(listening_socket(exchange.transport, port));
  exchange.server = {*dns::IpAddress::from_text("127.0.0.1"), port};
  const std::string command = dns::dig_command(exchange);
  INFO(command);
  Child dig(command);
  REQUIRE(dig.started());
  const Bytes query =
      exchange.transport == Transport::udp ? serve_udp(server.get()) : serve_tcp(server.get());
  auto message = dns::parse_message(query);
  if (!message) FAIL(message.error().sentence);
  dig.wait();  // whatever it makes of our empty response: what it sent is what counts
  return *std::move(message);
}

Exchange exchange(std::string_view qname, RRType type, Transport transport = Transport::udp) {
  Exchange out;
  out.question.qname = *dns::Name::from_text(qname);
  out.question.qtype = type;
  out.transport = transport;
  return out;
}

void check_same(const Exchange& asked) {
  const dns::Message theirs = sent_by_dig(asked);
  dns::Message ours = *dns::parse_message(write_query(asked.question, theirs.id));
  REQUIRE(theirs.question);
  CHECK(theirs.question->qname.is_identical(ours.question->qname));
  CHECK(theirs.question->qtype == ours.question->qtype);
  CHECK(theirs.rd == ours.rd);
  CHECK(theirs.cd == ours.cd);
  CHECK(theirs.ad == ours.ad);
  REQUIRE(theirs.edns.has_value() == ours.edns.has_value());
  if (!ours.edns) return;
  CHECK(theirs.edns->udp_size == ours.edns->udp_size);
  CHECK(theirs.edns->dnssec_ok == ours.edns->dnssec_ok);
  const auto options = [](const dns::Edns& edns) {
    std::vector<std::pair<unsigned, Bytes>> all;
    for (const auto& option : edns.options) {
      all.emplace_back(static_cast<unsigned>(option.code), option.data);
    }
    std::sort(all.begin(), all.end());
    return all;
  };
  CHECK(options(*theirs.edns) == options(*ours.edns));
}

TEST_CASE("dig asks what we asked") {
  check_same(exchange("Example.org", RRType::soa));
  check_same(exchange("Example.org", RRType::soa, Transport::tcp));
  check_same(exchange(".", RRType::dnskey));
  check_same(exchange("example.org", RRType::any));

  Exchange plain = exchange("example.org", RRType::ns);
  plain.question.edns.reset();
  check_same(plain);
  plain.transport = Transport::tcp;
  check_same(plain);

  Exchange options = exchange("example.org", RRType::soa);
  options.question.edns = dns::EdnsRequest{
      4096, false, {OptionCode::nsid, OptionCode::expire, OptionCode::zoneversion}, Bytes(8, 0xa5)};
  options.question.recursion_desired = true;
  options.question.checking_disabled = true;
  check_same(options);
}

TEST_CASE("names of any octets survive the shell and dig") {
  for (const std::string_view name :
       {"-x.example.", "+short.example.", "@example.", R"(it's.example.)", "$(reboot).example.",
        "`id`.example.", R"(a\;b\"c.example.)", R"(sp\032ace.example.)", R"(do\.t.example.)",
        R"(\000\255.example.)", R"(back\\slash.example.)", "*.example.", "%s.example.",
        "a&b|c>d.example.", "#x.example.", "~.example.", "soa.", "in.", R"(!{}[]?.example.)"}) {
    check_same(exchange(name, RRType::soa));
  }
}

TEST_CASE("dig knows every type by the word we give it") {
  for (unsigned number = 1; number <= 264; ++number) {
    const auto type = static_cast<RRType>(number);
    // Meta-types that dig asks in ways of its own, and OPT, which is no question.
    if (number == 41 || (number >= 249 && number <= 254)) continue;
    if (dns::to_text(type).rfind("TYPE", 0) == 0 && number > 1) continue;
    check_same(exchange("example.", type));
  }
  check_same(exchange("example.", static_cast<RRType>(32769)));
  check_same(exchange("example.", static_cast<RRType>(65280)));
}

TEST_CASE("the command says address, port and transport") {
  Exchange one = exchange("example.org", RRType::soa);
  one.server = {*dns::IpAddress::from_text("192.0.2.1"), 53};
  CHECK(
      dns::dig_command(one) ==
      "dig @192.0.2.1 +notcp +ignore +norecurse +noadflag +dnssec +bufsize=1232 +nocookie +time=2 "
      "+tries=1 example.org. SOA");
  one.server = {*dns::IpAddress::from_text("2001:db8::1"), 5300};
  one.transport = Transport::tcp;
  one.question.edns.reset();
  CHECK(dns::dig_command(one) ==
        "dig @2001:db8::1 -p 5300 +tcp +norecurse +noadflag +noedns +nocookie +time=2 +tries=1 "
        "example.org. SOA");
}

}  // namespace
