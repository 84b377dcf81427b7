// How a server is asked (retries, EDNS fallback, cookies, TC to TCP) on top of single attempts.
// Belongs to the engine thread, like the Engine it uses.
#pragma once

#include <memory>

#include "dns/engine.hpp"

namespace dns {

struct AskLimits {
  int attempts = 3;
  Duration timeout = std::chrono::seconds(2);  ///< per attempt
  SteadyTime deadline{};                       ///< nothing is open past this
};

/// Asks with retries. After FORMERR, NOTIMP or BADVERS, or two timeouts, the last attempt goes
/// without OPT (then `edns_failed` is set on success); BADCOOKIE is retried with the server's
/// cookie. A closed TCP connection that already carried an answer moves the question to a new one
/// without using an attempt (RFC 7766 section 6.2.4). Refused and unreachable end at once: asking
/// again within seconds learns nothing. Thread: the engine's.
class Client {
 public:
  explicit Client(Engine& engine) : engine_(engine) {}

  Task<std::shared_ptr<const Exchange>> ask(Endpoint server, Question question, Transport transport,
                                            AskLimits limits);

  /// Over UDP, then over TCP when the answer is truncated: with OPT unless the server rejects it.
  Task<FollowedExchange> ask_following(Endpoint server, Question question, AskLimits limits);

  Engine& engine() { return engine_; }

 private:
  Engine& engine_;
};

}  // namespace dns
