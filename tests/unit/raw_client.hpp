// A TCP client for tests that sends exactly the octets it is given. Every wait has a deadline.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "dns/address.hpp"

namespace web_test {

/// A response as it was received.
struct HttpReply {
  int status = 0;                              ///< 0: none came
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

class RawClient {
 public:
  /// Connects; is_open() tells whether that went well.
  explicit RawClient(const dns::Endpoint& server);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool is_open() const { return descriptor_ >= 0; }

  /// Sends all of `bytes`; false when the server has closed the connection.
  bool send(std::string_view bytes);

  /// Reads one response; what follows it stays for the next call. `head` is for answers to HEAD,
  /// which have no body.
  HttpReply read_reply(bool head = false);

  /// Reads until the server closes; false when it did not within ten seconds.
  bool wait_for_close();

  /// True when there is something to read, or the end, within ten seconds.
  bool wait_readable() const;

  /// Closes this direction only: answers can still be read.
  void end_sending();

  /// Closes the connection.
  void close();

 private:
  /// Appends to buffer_; false at the end, and after ten seconds.
  bool receive();
  bool receive_until(std::string_view end, std::size_t& at);

  int descriptor_ = -1;
  std::string buffer_;
};

/// One request on a connection of its own. `rest` is put behind the request line: headers, each
/// with its line end.
HttpReply fetch(const dns::Endpoint& server, std::string_view method, std::string_view target,
                std::string_view rest = "");

}  // namespace web_test
