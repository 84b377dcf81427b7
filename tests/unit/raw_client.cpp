#include "tests/unit/raw_client.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace web_test {
namespace {

constexpr int kDeadlineMilliseconds = 60'000;  // only ever waited for when something is broken

int connected(const dns::Endpoint& server) {
  const bool ipv6 = server.address.family() == dns::Family::ipv6;
  const auto octets = server.address.octets();
  sockaddr_storage storage{};
  socklen_t length = 0;
  if (ipv6) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(server.port);
    std::memcpy(&address.sin6_addr, octets.data(), octets.size());
    std::memcpy(&storage, &address, sizeof address);
    length = sizeof address;
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    std::memcpy(&address.sin_addr, octets.data(), octets.size());
    std::memcpy(&storage, &address, sizeof address);
    length = sizeof address;
  }
  const int descriptor = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&storage), length) == 0) {
    return descriptor;
  }
  ::close(descriptor);
  return -1;
}

bool ready(int descriptor, short events) {
  pollfd entry{descriptor, events, 0};
  return poll(&entry, 1, kDeadlineMilliseconds) == 1;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace

RawClient::RawClient(const dns::Endpoint& server) : descriptor_(connected(server)) {}

RawClient::~RawClient() {
  close();
}

void RawClient::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void RawClient::end_sending() {
  shutdown(descriptor_, SHUT_WR);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!ready(descriptor_, POLLOUT)) return false;
    const ssize_t sent =
        ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawClient::receive() {
  if (!ready(descriptor_, POLLIN)) return false;
  std::array<char, 16384> block{};
  const ssize_t got = recv(descriptor_, block.data(), block.size(), 0);
  if (got <= 0) return false;
  buffer_.append(block.data(), static_cast<std::size_t>(got));
  return true;
}

bool RawClient::receive_until(std::string_view end, std::size_t& at) {
  while ((at = buffer_.find(end)) == std::string::npos) {
    if (!receive()) return false;
  }
  return true;
}

HttpReply RawClient::read_reply(bool head) {
  HttpReply reply;
  std::size_t end = 0;
  if (!receive_until("\r\n\r\n", end)) return reply;
  std::string top = buffer_.substr(0, end + 2);
  buffer_.erase(0, end + 4);
  reply.status = top.starts_with("HTTP/1.") ? std::atoi(top.c_str() + 9) : -1;
  std::size_t at = top.find("\r\n") + 2;
  while (at < top.size()) {
    const std::size_t line_end = top.find("\r\n", at);
    const std::size_t colon = top.find(": ", at);
    reply.headers[lower(top.substr(at, colon - at))] = top.substr(colon + 2, line_end - colon - 2);
    at = line_end + 2;
  }
  if (reply.status == 100) return read_reply(head);
  const auto length = reply.headers.find("content-length");
  if (head || length == reply.headers.end()) return reply;
  const std::size_t bytes = std::stoul(length->second);
  while (buffer_.size() < bytes && receive()) {
  }
  reply.body = buffer_.substr(0, bytes);
  buffer_.erase(0, bytes);
  return reply;
}

bool RawClient::wait_for_close() {
  while (true) {
    if (!ready(descriptor_, POLLIN)) return false;
    std::array<char, 16384> block{};
    if (recv(descriptor_, block.data(), block.size(), 0) <= 0) return true;
  }
}

bool RawClient::wait_readable() const {
  return ready(descriptor_, POLLIN);
}

HttpReply fetch(const dns::Endpoint& server, std::string_view method, std::string_view target,
                std::string_view rest) {
  RawClient client(server);
  std::string request(method);
  request += ' ';
  request += target;
  request += " HTTP/1.1\r\nHost: test\r\nConnection: close\r\n";
  request += rest;
  request += "\r\n";
  if (!client.is_open() || !client.send(request)) return {};
  return client.read_reply(method == "HEAD");
}

}  // namespace web_test
