// From the loop to the writer: outcomes of effects, as many in one closure as have gathered before
// it begins. Under load that is one savepoint, one queue and one way back for a group of turns.
#include <algorithm>
#include <exception>

#include "workflow/engine_impl.h"

namespace riposte::workflow {
namespace {

/// One of them may spoil it for the others, who then go again alone; and nobody else writes while
/// they run.
constexpr size_t kMaxGroup = 64;
constexpr Millis kLongestRetry{60'000};

std::string ReasonOf(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& problem) {
    return problem.what();
  } catch (...) {
    return "unknown";
  }
}

}  // namespace

void Engine::Impl::Complete(Outcome outcome) {
  const auto flight = flights.find(outcome.key);
  if (flight != flights.end() && flight->second.token == outcome.token) {
    loop.Cancel(flight->second.timer);
    flights.erase(flight);
  }
  if (gathering) {
    const std::scoped_lock lock(gathering->mutex);
    if (gathering->open && gathering->outcomes.size() < kMaxGroup) {
      gathering->outcomes.push_back(std::move(outcome));
      return;
    }
  }
  gathering = std::make_shared<Group>();
  gathering->outcomes.push_back(std::move(outcome));
  Submit(gathering);
}

void Engine::Impl::Submit(const std::shared_ptr<Group>& group) {
  ++outstanding;
  store.Write(
      [this, self = shared_from_this(), group](store::Transaction& tx) {
        {
          const std::scoped_lock lock(group->mutex);
          group->open = false;
        }
        if (closed) return;
        group->failed = true;
        RunGroup(tx, group->outcomes);
        group->failed = false;
      },
      [self = shared_from_this(), group](std::exception_ptr error) {
        {
          const std::scoped_lock lock(group->mutex);
          group->open = false;  // The closure may not have begun.
        }
        if (error && !self->closed) self->Submitted(group, error);
        --self->outstanding;
      });
}

/// It was not stored. The effects are still owed, so their outcomes come again: at once and each
/// alone when one of several could not be taken, and later when the store is full or is closing.
void Engine::Impl::Submitted(const std::shared_ptr<Group>& group, const std::exception_ptr& error) {
  if (group->failed && group->outcomes.size() > 1) {
    for (Outcome& outcome : group->outcomes) {
      const auto alone = std::make_shared<Group>();
      alone->open = false;
      alone->outcomes.push_back(std::move(outcome));
      Submit(alone);
    }
    return;
  }
  const std::string reason = ReasonOf(error);
  for (Outcome& outcome : group->outcomes) {
    log.Error("outcome not stored", {{"execution", outcome.key.first}, {"reason", reason}});
    At(clock.Now() + outcome.retry, [outcome = std::move(outcome)](Impl& impl) mutable {
      if (impl.stopped) return;
      outcome.retry = std::min(outcome.retry * 2, kLongestRetry);
      impl.Complete(std::move(outcome));
    });
  }
}

}  // namespace riposte::workflow
