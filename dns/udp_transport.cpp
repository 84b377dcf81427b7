#include "dns/udp_transport.hpp"

#include <algorithm>
#include <cassert>
#include <stdexcept>
#include <utility>

#include <asio/post.hpp>
#include <sys/epoll.h>

#include "dns/matching.hpp"

namespace dns {

namespace {

// After so many passes the loop gets its turn; Asio calls again at once.
constexpr int kPassesPerWakeup = 16;
constexpr int kBatchesPerFlush = 16;
constexpr int kReportsPerPass = 256;

// Socket numbers are the upper half of the pending table's keys, and the pool is per family.
constexpr std::size_t kMaxSocketsPerFamily = 1024;

// Ids drawn before the next free one is taken.
constexpr int kIdTries = 16;

// A family without sockets is tried again: the machine may have got addresses meanwhile.
constexpr Duration kOpenAgain = std::chrono::seconds(10);

// The machine's queues are full: the interface sends at least a few packets in this time.
constexpr Duration kSendAgain = std::chrono::milliseconds(2);

// An answer that comes later than this, to an id that is not pending, may count as a wrong id.
constexpr Duration kRememberEnded = std::chrono::seconds(30);
constexpr std::size_t kEndedPlaces = 8'192;

asio::posix::stream_descriptor make_epoll(asio::io_context& io) {
  FileDescriptor descriptor(::epoll_create1(EPOLL_CLOEXEC));
  if (!descriptor.open()) throw std::runtime_error("cannot create an epoll descriptor");
  asio::posix::stream_descriptor result(io, descriptor.get());
  descriptor.release();
  return result;
}

std::uint32_t key_of(const Query& query) {
  return PendingTable<Query>::key(query.socket, query.id);
}

}  // namespace

UdpTransport::UdpTransport(asio::io_context& io, const Clock& clock,
                           const std::function<std::uint32_t()>& random, TimerWheel& wheel,
                           Destinations& destinations, std::size_t sockets_per_family,
                           std::function<void()> dropped)
    : io_(io),
      clock_(clock),
      random_(random),
      wheel_(wheel),
      destinations_(destinations),
      sockets_per_family_(std::clamp<std::size_t>(sockets_per_family, 1, kMaxSocketsPerFamily)),
      dropped_(std::move(dropped)),
      epoll_(make_epoll(io)),
      ended_(kEndedPlaces) {
  wait_ready();
}

UdpTransport::~UdpTransport() {
  assert(pending_.size() == 0);
  wheel_.disarm(retry_);
}

bool UdpTransport::usable(Family family, SteadyTime now) {
  Pool& wanted = pool(family);
  if (wanted.sockets.empty() && now >= wanted.open_again) open_pool(family, now);
  return !wanted.sockets.empty();
}

void UdpTransport::submit(Query& query) {
  assert(!stopped_);
  pool(query.server.address.family()).unsent.push_back(query.in_queue);
  if (!working_) flush_later();
}

void UdpTransport::forget(Query& query, SteadyTime now) {
  take_out(query, now);
}

void UdpTransport::stop() {
  if (stopped_) return;
  stopped_ = true;
  wheel_.disarm(retry_);
  asio::error_code ignored;
  epoll_.close(ignored);
}

void UdpTransport::open_pool(Family family, SteadyTime now) {
  Pool& opened = pool(family);
  for (std::size_t i = 0; i < sockets_per_family_; ++i) {
    Result<UdpSocket> socket = UdpSocket::open(family, random_);
    if (!socket) break;  // fewer than asked for are as good
    const auto index = static_cast<std::uint16_t>(sockets_.size());
    sockets_.push_back(Socket{std::move(*socket)});
    opened.sockets.push_back(index);
    watch(EPOLL_CTL_ADD, index);
  }
  opened.open_again = now + kOpenAgain;
}

void UdpTransport::watch(int operation, std::uint16_t index) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (sockets_[index].full) event.events |= EPOLLOUT;
  event.data.u32 = index;
  [[maybe_unused]] const int result =
      ::epoll_ctl(epoll_.native_handle(), operation, sockets_[index].socket.descriptor(), &event);
  assert(result == 0);
}

// ---- what comes in ----

void UdpTransport::wait_ready() {
  epoll_.async_wait(asio::posix::stream_descriptor::wait_read,
                    [this, alive = std::weak_ptr<const bool>(alive_)](asio::error_code error) {
                      if (error || alive.expired() || stopped_) return;
                      on_ready();
                    });
}

void UdpTransport::on_ready() {
  assert(!working_);
  working_ = true;
  for (int i = 0; i < kPassesPerWakeup && !stopped_ && work_on_ready_sockets(); ++i) flush();
  working_ = false;
  if (!stopped_) wait_ready();
}

bool UdpTransport::work_on_ready_sockets() {
  std::array<epoll_event, 64> events;
  const int count = ::epoll_wait(epoll_.native_handle(), events.data(), events.size(), 0);
  for (int i = 0; i < count && !stopped_; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const auto index = static_cast<std::uint16_t>(event.data.u32);
    if ((event.events & EPOLLIN) != 0) receive(index);
    if ((event.events & EPOLLERR) != 0 && !stopped_) read_reports(index);
    if ((event.events & EPOLLOUT) != 0 && !stopped_) {
      sockets_[index].full = false;
      watch(EPOLL_CTL_MOD, index);
    }
  }
  return count > 0;
}

void UdpTransport::receive(std::uint16_t index) {
  const std::size_t count = sockets_[index].socket.receive(buffers_);
  if (count == 0) return;
  const SteadyTime now = clock_.steady();
  for (std::size_t i = 0; i < count && !stopped_; ++i) handle(index, i, now);
}

void UdpTransport::handle(std::uint16_t index, std::size_t datagram, SteadyTime now) {
  const std::span<const std::uint8_t> wire = buffers_.datagram(datagram);
  const std::uint16_t id = message_id(wire).value_or(0);
  const std::uint32_t key = PendingTable<Query>::key(index, id);
  Query* const query = wire.size() < 2 ? nullptr : pending_.find(key);
  if (query == nullptr) return handle_unknown(index, datagram, key, now);
  if (!buffers_.is_from(datagram, query->server)) return count(query->result.drops.wrong_source);
  Match result = match(wire, query->question);
  if (result.verdict != Match::Verdict::answer) {
    return count_drop(query->result.drops, result.verdict);
  }
  query->result.response = std::move(result.message);
  finish(*query, Outcome::answered, now);
}

// A datagram for no pending id. From a server that has queries outstanding on this socket it is
// counted on the one it was meant for, unless it only comes late or twice.
void UdpTransport::handle_unknown(std::uint16_t index, std::size_t datagram, std::uint32_t key,
                                  SteadyTime now) {
  const Ended& ended = ended_[key % kEndedPlaces];
  if (ended.key == key && now < ended.until && buffers_.is_from(datagram, ended.peer)) {
    return dropped_();
  }
  const std::span<const std::uint8_t> wire = buffers_.datagram(datagram);
  const Endpoint sender = buffers_.sender(datagram);
  Query* meant = nullptr;
  std::size_t candidates = 0;
  for_each_outstanding(index, sender, [&](Query& query) {
    meant = &query;
    return ++candidates < 2;
  });
  if (candidates > 1) {
    meant = nullptr;
    const std::optional<QuestionSection> section = question_in(wire);
    for_each_outstanding(index, sender, [&](Query& query) {
      if (section && same_question(*section, query.question)) meant = &query;
      return meant == nullptr;
    });
  }
  if (meant == nullptr) return dropped_();
  count(wire.size() < kHeaderSize ? meant->result.drops.malformed : meant->result.drops.wrong_id);
}

template <typename Visit>
void UdpTransport::for_each_outstanding(std::uint16_t index, const Endpoint& peer, Visit visit) {
  Destination* const destination = destinations_.known(peer.address);
  if (destination == nullptr) return;
  destination->lane(Transport::udp).outstanding.for_each([&](Query& query) {
    return query.socket != index || query.server != peer || visit(query);
  });
}

void UdpTransport::read_reports(std::uint16_t index) {
  for (int i = 0; i < kReportsPerPass && !stopped_; ++i) {
    const std::optional<NetworkError> error = sockets_[index].socket.next_error();
    if (!error) return;
    Query* about = nullptr;
    if (error->id) {
      about = pending_.find(PendingTable<Query>::key(index, *error->id));
      if (about != nullptr && about->server != error->destination) about = nullptr;
    } else {
      // A router that quotes no more than the UDP header: the oldest query there.
      for_each_outstanding(index, error->destination, [&](Query& query) {
        about = &query;
        return false;
      });
    }
    if (about != nullptr) finish(*about, error->outcome, clock_.steady());
  }
}

// ---- what goes out ----

void UdpTransport::flush_later() {
  if (flush_posted_ || stopped_) return;
  flush_posted_ = true;
  asio::post(io_, [this, alive = std::weak_ptr<const bool>(alive_)] {
    if (alive.expired()) return;
    flush_posted_ = false;
    working_ = true;
    flush();
    working_ = false;
  });
}

// Sends in batches, each family in turn. What is left after many batches waits for the loop's next
// turn, so that answers are read meanwhile.
void UdpTransport::flush() {
  for (int i = 0; i < kBatchesPerFlush && !stopped_; ++i) {
    bool more = false;
    for (Pool& each : pools_) more = flush_batch(each) || more;
    if (!more) return;
  }
  flush_later();
}

// Sends one batch; false when nothing is left to do now.
bool UdpTransport::flush_batch(Pool& pool) {
  if (stopped_ || pool.unsent.empty() || retry_.armed()) return false;
  std::uint16_t index = 0;
  Socket* const socket = pick(pool, index);
  if (socket == nullptr) return false;
  std::array<Query*, kDatagramBatch> batch;
  std::array<OutgoingDatagram, kDatagramBatch> datagrams;
  std::size_t size = 0;
  for (; size < kDatagramBatch && !pool.unsent.empty(); ++size) {
    Query& query = pool.unsent.pop_front();
    query.socket = index;
    query.id = free_id(index);
    query.wire[0] = static_cast<std::uint8_t>(query.id >> 8);
    query.wire[1] = static_cast<std::uint8_t>(query.id & 0xFF);
    pending_.insert(key_of(query), query);
    batch[size] = &query;
    datagrams[size] = {&query.server, query.wire};
  }
  const SteadyTime now = clock_.steady();
  const UdpSocket::SendResult result = socket->socket.send({datagrams.data(), size});
  // Back, in order, before anything resumes: what resumes may end queries that stand here.
  for (std::size_t i = size; i-- > result.sent;) {
    pending_.erase(key_of(*batch[i]));
    pool.unsent.push_front(batch[i]->in_queue);
  }
  for (std::size_t i = 0; i < result.sent; ++i) {
    Query& query = *batch[i];
    query.destination->lane(Transport::udp).outstanding.push_back(query.outstanding);
    query.owner.on_sent(query, now);
  }
  switch (result.stop) {
    case UdpSocket::SendResult::Stop::none:
      break;
    case UdpSocket::SendResult::Stop::full:
      socket->full = true;
      watch(EPOLL_CTL_MOD, index);
      break;
    case UdpSocket::SendResult::Stop::busy:
      wheel_.arm(retry_, now + kSendAgain);
      break;
    case UdpSocket::SendResult::Stop::unsendable: {
      Query& query = pool.unsent.front();
      query.owner.on_sent(query, now);
      finish(query, Outcome::unreachable, now);
      break;
    }
  }
  return !pool.unsent.empty();
}

// A socket at random; when its buffer is full, the next one that has room.
UdpTransport::Socket* UdpTransport::pick(const Pool& pool, std::uint16_t& index) {
  const std::size_t count = pool.sockets.size();
  const std::size_t first = count == 0 ? 0 : random_() % count;
  for (std::size_t i = 0; i < count; ++i) {
    index = pool.sockets[(first + i) % count];
    if (!sockets_[index].full) return &sockets_[index];
  }
  return nullptr;
}

// The engine keeps the queries in flight at a fraction of the ids there are.
std::uint16_t UdpTransport::free_id(std::uint16_t socket) {
  auto id = static_cast<std::uint16_t>(random_());
  for (int tries = 1; pending_.find(PendingTable<Query>::key(socket, id)) != nullptr; ++tries) {
    id = tries < kIdTries ? static_cast<std::uint16_t>(random_())
                          : static_cast<std::uint16_t>(id + 1);
  }
  return id;
}

void UdpTransport::take_out(Query& query, SteadyTime now) {
  query.in_queue.unlink();
  if (!query.outstanding.linked()) return;
  query.outstanding.unlink();
  const std::uint32_t key = key_of(query);
  pending_.erase(key);
  ended_[key % kEndedPlaces] = {key, query.server, now + kRememberEnded};
}

void UdpTransport::finish(Query& query, Outcome outcome, SteadyTime now) {
  take_out(query, now);
  query.owner.on_finished(query, outcome, now);
}

}  // namespace dns
