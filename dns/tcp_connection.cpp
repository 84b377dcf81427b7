#include "dns/tcp_connection.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>

#include <asio/write.hpp>

#include "dns/matching.hpp"

namespace dns {

namespace {

constexpr std::size_t kLengthSize = 2;
// Grows to what a length says; most answers fit.
constexpr std::size_t kFirstBuffer = 2048;

constexpr int kIdTries = 16;

// Ids of queries given up stay taken, in case their answers come yet.
constexpr std::size_t kMaxIds = 4096;

asio::ip::tcp::endpoint to_asio(const Endpoint& endpoint) {
  const std::span<const std::uint8_t> octets = endpoint.address.octets();
  if (endpoint.address.family() == Family::ipv4) {
    asio::ip::address_v4::bytes_type bytes;
    std::copy(octets.begin(), octets.end(), bytes.begin());
    return {asio::ip::address_v4(bytes), endpoint.port};
  }
  asio::ip::address_v6::bytes_type bytes;
  std::copy(octets.begin(), octets.end(), bytes.begin());
  return {asio::ip::address_v6(bytes), endpoint.port};
}

Outcome outcome_of(const asio::error_code& error) {
  namespace errors = asio::error;
  if (error == errors::connection_refused) return Outcome::refused;
  if (error == errors::connection_reset || error == errors::broken_pipe ||
      error == errors::connection_aborted) {
    return Outcome::reset;
  }
  if (error == errors::eof) return Outcome::closed;
  if (error == errors::timed_out) return Outcome::timeout;
  if (error == errors::no_descriptors || error == errors::no_buffer_space ||
      error == errors::no_memory || error == std::errc::too_many_files_open_in_system) {
    return Outcome::not_asked;  // our own limit, and nothing was sent
  }
  return Outcome::unreachable;
}

}  // namespace

TcpConnection::TcpConnection(asio::io_context& io, const Clock& clock,
                             const std::function<std::uint32_t()>& random, TimerWheel& wheel,
                             const Endpoint& server, Listener& listener)
    : clock_(clock),
      random_(random),
      wheel_(wheel),
      server_(server),
      listener_(listener),
      socket_(io) {}

TcpConnection::~TcpConnection() {
  assert(queries_.empty() && !armed());
}

void TcpConnection::connect() {
  socket_.async_connect(to_asio(server_), [self = shared_from_this()](asio::error_code error) {
    self->on_connected(error);
  });
}

void TcpConnection::add(Query& query, SteadyTime now) {
  assert(state_ != State::closed && query.connection == nullptr);
  wheel_.disarm(*this);
  query.connection = this;
  query.id = free_id();
  query.wire[0] = static_cast<std::uint8_t>(query.id >> 8);
  query.wire[1] = static_cast<std::uint8_t>(query.id & 0xFF);
  ids_.emplace(query.id, &query);
  queries_.push_back(query.outstanding);
  ++outstanding_;
  // Length and message in one write: some servers want both in one segment (RFC 7766 section 8).
  outgoing_.push_back(static_cast<std::uint8_t>(query.wire.size() >> 8));
  outgoing_.push_back(static_cast<std::uint8_t>(query.wire.size() & 0xFF));
  outgoing_.insert(outgoing_.end(), query.wire.begin(), query.wire.end());
  query.owner.on_sent(query, now);
}

void TcpConnection::flush() {
  if (state_ != State::connected || !writing_.empty() || outgoing_.empty()) return;
  writing_.swap(outgoing_);
  asio::async_write(socket_, asio::buffer(writing_),
                    [self = shared_from_this()](asio::error_code error, std::size_t) {
                      self->writing_.clear();
                      // A fault shows in the read too, and there after the answers before it.
                      if (!error) self->flush();
                    });
}

void TcpConnection::forget(Query& query) {
  assert(query.connection == this);
  const std::uint16_t id = query.id;
  detach(query);
  ids_[id] = nullptr;
}

bool TcpConnection::worn_out() const {
  return ids_.size() - outstanding_ >= kMaxIds;
}

Query* TcpConnection::take_outstanding() {
  if (queries_.empty()) return nullptr;
  Query& query = queries_.front();
  detach(query);
  return &query;
}

void TcpConnection::close() {
  state_ = State::closed;
  wheel_.disarm(*this);
  asio::error_code ignored;
  socket_.close(ignored);
}

void TcpConnection::expired(SteadyTime) {
  if (state_ != State::closed) listener_.on_idle(*this);
}

void TcpConnection::on_connected(asio::error_code error) {
  if (state_ == State::closed) return;
  if (error) return end(outcome_of(error));
  state_ = State::connected;
  asio::error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  incoming_.resize(kFirstBuffer);
  flush();
  read();
}

void TcpConnection::read() {
  socket_.async_read_some(asio::buffer(incoming_.data() + filled_, incoming_.size() - filled_),
                          [self = shared_from_this()](asio::error_code error, std::size_t size) {
                            self->on_read(error, size);
                          });
}

void TcpConnection::on_read(asio::error_code error, std::size_t size) {
  if (state_ == State::closed) return;
  if (error) {
    // What came and is not a whole message was never going to be one.
    const bool cut_off = filled_ != 0 && error == asio::error::eof;
    return end(cut_off ? Outcome::malformed : outcome_of(error));
  }
  filled_ += size;
  last_heard_ = clock_.steady();
  handle_messages(last_heard_);
  if (state_ == State::closed) return;
  read();
  listener_.on_progress(*this);
}

// Handles every whole message in the buffer and makes room for the rest of the next.
void TcpConnection::handle_messages(SteadyTime now) {
  std::size_t begin = 0;
  while (filled_ - begin >= kLengthSize) {
    const std::size_t length =
        static_cast<std::size_t>(incoming_[begin]) << 8 | incoming_[begin + 1];
    if (length < kHeaderSize) {
      queries_.for_each([](Query& query) {
        count(query.result.drops.malformed);
        return true;
      });
      return end(Outcome::malformed);
    }
    if (filled_ - begin < kLengthSize + length) {
      if (incoming_.size() < kLengthSize + length) incoming_.resize(kLengthSize + length);
      break;
    }
    handle({incoming_.data() + begin + kLengthSize, length}, now);
    if (state_ == State::closed) return;
    begin += kLengthSize + length;
  }
  std::memmove(incoming_.data(), incoming_.data() + begin, filled_ - begin);
  filled_ -= begin;
}

void TcpConnection::handle(std::span<const std::uint8_t> message, SteadyTime now) {
  const auto found = ids_.find(*message_id(message));
  if (found == ids_.end()) return count_wrong_id(message);
  if (found->second == nullptr) {
    ids_.erase(found);  // late, for a query that was given up
    ++answers_;
    return;
  }
  Query& query = *found->second;
  Match result = match(message, query.question);
  if (result.verdict != Match::Verdict::answer) {
    return count_drop(query.result.drops, result.verdict);
  }
  query.result.response = std::move(result.message);
  ++answers_;
  detach(query);
  query.owner.on_finished(query, Outcome::answered, now);
}

void TcpConnection::count_wrong_id(std::span<const std::uint8_t> message) {
  if (queries_.empty()) return;
  if (outstanding_ == 1) return count(queries_.front().result.drops.wrong_id);
  const std::optional<QuestionSection> section = question_in(message);
  queries_.for_each([&](Query& query) {
    const bool meant = section && same_question(*section, query.question);
    if (meant) count(query.result.drops.wrong_id);
    return !meant;
  });
}

void TcpConnection::end(Outcome why) {
  close();
  listener_.on_over(*this, why);
}

void TcpConnection::detach(Query& query) {
  query.outstanding.unlink();
  query.connection = nullptr;
  ids_.erase(query.id);
  --outstanding_;
}

std::uint16_t TcpConnection::free_id() {
  auto id = static_cast<std::uint16_t>(random_());
  for (int tries = 1; ids_.count(id) != 0; ++tries) {
    id = tries < kIdTries ? static_cast<std::uint16_t>(random_())
                          : static_cast<std::uint16_t>(id + 1);
  }
  return id;
}

}  // namespace dns
