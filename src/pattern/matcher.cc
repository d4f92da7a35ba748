#include "pattern/matcher.h"

#include <array>
#include <thread>

#include "pattern/matcher_search.h"
#include "pattern/matcher_writer.h"

namespace riposte::pattern {

using matcher::Index;
using matcher::Records;

static_assert(Matcher::kMaxSteps == matcher::Search::kBudget);

struct Matcher::Scratch::Impl {
  matcher::Search search;
  matcher::Extract extract{search};
};

Matcher::Scratch::Scratch() : impl_(std::make_unique<Impl>()) {}

Matcher::Scratch::~Scratch() = default;

bool Matcher::Scratch::exhausted() const {
  return impl_->search.exhausted();
}

int64_t Matcher::Scratch::steps() const {
  return impl_->search.steps();
}

size_t Matcher::Scratch::bytes() const {
  return impl_->extract.bytes() + impl_->search.bytes();
}

// Two indexes, "left-right": readers use the active one; the writer changes the other, makes it
// active, waits until nobody is left in the first, and repeats the change there. Readers announce
// themselves in one of two counters, the one of the current phase; that the writer drains the two
// one after the other keeps a reader that was slow to announce itself from being missed.
// (Ramalhete and Correia, "Left-Right: a concurrency control technique with wait-free reads".)
struct Matcher::State {
  explicit State(const Limits& own) : limits(own), writer(records, limits) {
    const matcher::NodeId root = records.nodes.Add();
    records.nodes[root].refs = 1;
    for (Index& index : indexes) index.AddNode(root);
  }

  void WaitFor(unsigned of_phase) const {
    for (const Counter& counter : counters) {
      while (counter.readers[of_phase].load(std::memory_order_seq_cst) != 0) {
        std::this_thread::yield();
      }
    }
  }

  /// The back index has been changed: makes readers use it, and the other one follow.
  void Publish() {
    const unsigned back = active.load(std::memory_order_relaxed) ^ 1U;
    active.store(back, std::memory_order_seq_cst);
    const unsigned before = phase.load(std::memory_order_relaxed);
    WaitFor(before ^ 1U);
    phase.store(before ^ 1U, std::memory_order_seq_cst);
    WaitFor(before);
    for (const matcher::Step& step : writer.steps()) Apply(indexes[back ^ 1U], step);
    writer.Forget();
  }

  /// Readers of one thread keep to one of these, so that threads do not share a cache line.
  struct alignas(64) Counter {
    std::array<std::atomic<uint32_t>, 2> readers{};
  };
  static constexpr size_t kCounters = 16;

  const Limits limits;
  Records records;
  std::array<Index, 2> indexes{Index(records), Index(records)};
  matcher::Writer writer;
  std::atomic<unsigned> active = 0;
  std::atomic<unsigned> phase = 0;
  mutable std::array<Counter, kCounters> counters;
  mutable std::mutex changing;
};

/// The active index, held still while this lives.
class Matcher::ReadLock {
 public:
  ReadLock(const State& state, const void* reader)
      : own_(state.counters[(reinterpret_cast<uintptr_t>(reader) >> 6) * 0x9e3779b97f4a7c15U >> 60]
                 .readers[state.phase.load(std::memory_order_seq_cst)]) {
    own_.fetch_add(1, std::memory_order_seq_cst);
    index_ = &state.indexes[state.active.load(std::memory_order_seq_cst)];
  }
  ~ReadLock() { own_.fetch_sub(1, std::memory_order_release); }
  ReadLock(const ReadLock&) = delete;
  ReadLock& operator=(const ReadLock&) = delete;

  [[nodiscard]] const Index& index() const { return *index_; }

 private:
  std::atomic<uint32_t>& own_;
  const Index* index_;
};

Matcher::Matcher() : Matcher(Limits{}) {}

Matcher::Matcher(const Limits& limits) : state_(std::make_unique<State>(limits)) {}

Matcher::~Matcher() = default;

Result<std::vector<Matcher::RuleId>> Matcher::Change(std::span<const RuleId> remove,
                                                     std::span<const NewRule> add) {
  const std::scoped_lock lock(state_->changing);
  matcher::Writer& writer = state_->writer;
  Index& back = state_->indexes[state_->active.load(std::memory_order_relaxed) ^ 1U];
  if (auto status = writer.Check(back, add); !status) return std::unexpected(status.error());
  std::vector<RuleId> ids;
  ids.reserve(add.size());
  // First what is new: what both have in common then stays where it is.
  for (const NewRule& rule : add) ids.push_back(writer.Add(back, rule));
  for (const RuleId id : remove) writer.Remove(back, id);
  state_->Publish();
  size_.store(size_.load(std::memory_order_relaxed) + add.size() - remove.size(),
              std::memory_order_relaxed);
  return ids;
}

Status Matcher::Check(std::span<const NewRule> add) const {
  const std::scoped_lock lock(state_->changing);
  return state_->writer.Check(state_->indexes[state_->active.load(std::memory_order_relaxed)], add);
}

Result<Matcher::RuleId> Matcher::Add(std::string_view name, const Pattern& pattern,
                                     std::shared_ptr<const void> payload) {
  const NewRule rule{name, &pattern, std::move(payload)};
  auto ids = Change({}, {&rule, 1});
  if (!ids) return std::unexpected(ids.error());
  return ids->front();
}

void Matcher::Remove(RuleId id) {
  (void)Change({&id, 1}, {});
}

Result<std::span<const Matcher::RuleId>> Matcher::Match(std::string_view event,
                                                        Scratch& scratch) const {
  const ReadLock lock(*state_, &scratch);
  Scratch::Impl& own = *scratch.impl_;
  if (!own.extract.Read(lock.index(), event)) {
    return Fail(Code::kInvalidArgument, "the event is not a JSON object");
  }
  return own.search.Finish(own.extract);
}

Result<std::span<const Matcher::RuleId>> Matcher::Match(const Envelope& envelope,
                                                        std::string_view detail,
                                                        Scratch& scratch) const {
  const ReadLock lock(*state_, &scratch);
  Scratch::Impl& own = *scratch.impl_;
  if (!own.extract.Read(lock.index(), envelope, detail)) {
    return Fail(Code::kInvalidArgument, "the detail is not a JSON object");
  }
  return own.search.Finish(own.extract);
}

bool Matcher::Match(const Envelope& envelope, std::string_view detail, Scratch& scratch,
                    std::vector<std::shared_ptr<const void>>& payloads) const {
  const ReadLock lock(*state_, &scratch);
  Scratch::Impl& own = *scratch.impl_;
  if (!own.extract.Read(lock.index(), envelope, detail)) return false;
  for (const RuleId id : own.search.Finish(own.extract)) {
    payloads.push_back(state_->records.rules[id].payload);
  }
  return true;
}

bool Matcher::AsksFor(std::string_view name) const {
  const ReadLock lock(*state_, &lock);
  return lock.index().FindChild(matcher::kRoot, name) != 0;
}

size_t Matcher::bytes() const {
  const std::scoped_lock lock(state_->changing);
  const Records& records = state_->records;
  size_t bytes = sizeof(State) + state_->writer.bytes() + state_->indexes[0].bytes() +
                 state_->indexes[1].bytes() + records.nodes.bytes() + records.atoms.bytes() +
                 records.clauses.bytes() + records.combinations.bytes() + records.rules.bytes();
  return bytes;
}

}  // namespace riposte::pattern
