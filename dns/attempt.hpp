// What one query sent once came to: the result of Engine::attempt, from which dns/client.hpp makes
// Exchanges. A value.
#pragma once

#include <memory>

#include "dns/exchange.hpp"
#include "dns/time.hpp"

namespace dns {

struct Attempt {
  Outcome outcome = Outcome::not_asked;
  Drops drops;
  WallTime sent{};     ///< zero when nothing was sent
  Duration elapsed{};  ///< from sending until it was over; zero when nothing was sent
  std::shared_ptr<const Message> response;  ///< not null exactly when answered

  bool was_sent() const { return sent != WallTime{}; }
};

}  // namespace dns
