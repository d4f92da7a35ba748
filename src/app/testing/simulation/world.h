// What surrounds the engine in a simulation: clients, targets, the disk and the clock, all of them
// as unreliable as the seed says.
//
// Thread safety: none; one world at a time in a process (store::testing::FaultVfs is global).
// Everything that happens is noted in a trace, whose hash tells two runs apart.
// An answer of a target counts as recorded once the engine came to rest after it with a disk that
// works: Settle() then runs what was deferred. What the engine had not recorded when it died is
// deferred for ever.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <vector>

#include "app/testing/harness.h"

namespace riposte::app::testing::simulation {

/// What an invariant that does not hold says.
class Violation : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class World {
 public:
  struct Options {
    uint64_t seed = 1;
    std::string folder;  ///< Holds the store; the caller's.
    bool faulty = true;  ///< Through FaultVfs, with faults armed by the run.
    bool keeps_trace = false;
  };
  explicit World(const Options& options);

  // Chance: the script's own, so that what the engine draws does not change it.
  uint64_t Draw(uint64_t bound) { return script_() % bound; }
  bool Chance(uint64_t percent) { return Draw(100) < percent; }

  struct Reply {
    enum class Kind {
      kDone,
      kRefused,
      kUnknown,  ///< The engine died, or its store failed: done or not.
    };
    Kind kind = Kind::kUnknown;
    json::Object output;
    std::string error;
  };
  /// One call of a client, and all that is due now.
  Reply Call(const std::string& service, const std::string& operation, json::Object input);
  /// The same call twice, the second before the first is answered.
  std::pair<Reply, Reply> CallTwice(const std::string& service, const std::string& operation,
                                    const json::Object& input);
  /// Time passes; ends early when the engine dies.
  void Advance(Millis by);
  /// Somebody sets the clock.
  void SetClockBy(Millis by);
  /// The process ends and starts again. `lost`: what was not synced is gone.
  void Restart(bool lost);
  /// Restarts if the machine stopped or the store failed.
  void ReviveIfDead();

  /// The disk is full from the n-th write from now, until there is room again. Meanwhile nothing
  /// counts as recorded.
  void FillDisk(int write);
  void MakeRoom();

  /// What targets call. Runs `recorded` when the engine has recorded their answer.
  void Defer(std::function<void()> recorded) { deferred_.push_back(std::move(recorded)); }
  /// False once the machine has stopped: what is sent then arrives nowhere.
  [[nodiscard]] bool alive() const;

  void Note(const std::string& what);
  [[nodiscard]] uint64_t hash() const { return hash_; }
  [[nodiscard]] const std::vector<std::string>& trace() const { return trace_; }
  [[nodiscard]] TimePoint now() const { return harness->clock.Now(); }
  [[nodiscard]] int restarts() const { return restarts_; }
  [[nodiscard]] Millis moved_forward() const { return moved_forward_; }
  [[nodiscard]] Millis moved_back() const { return moved_back_; }
  /// How often it restarted, its disk was full, its clock was set.
  [[nodiscard]] int troubles() const { return restarts_ + troubles_; }
  [[nodiscard]] bool full() const { return full_; }
  /// Time has passed while the machine stood still.
  [[nodiscard]] bool was_down() const { return was_down_; }

  /// Set before the first call.
  std::function<void(http::OutgoingRequest, http::Client::Completion)> on_request;
  std::function<void(functions::Invocation, functions::InvokeCompletion)> on_function;
  std::function<functions::ScriptResult(const functions::ScriptJob&)> on_script;
  std::unique_ptr<Harness> harness;

 private:
  struct Network final : http::Client {
    explicit Network(World& w) : world(w) {}
    void Send(http::OutgoingRequest request, Completion completion) override;
    World& world;
  };
  struct Functions final : functions::Runner {
    explicit Functions(World& w) : world(w) {}
    void Invoke(functions::Invocation invocation, functions::InvokeCompletion done) override;
    void Retire(const std::string&) override {}
    void Reset() override {}
    World& world;
  };
  struct Scripts final : functions::ScriptRunner {
    explicit Scripts(World& w) : world(w) {}
    void Run(functions::ScriptJob job, Completion done) override;
    void Reset() override {}
    World& world;
  };
  void RunAndSettle();
  using Pending = std::shared_ptr<std::optional<Reply>>;
  Pending Begin(const std::string& service, const std::string& operation, json::Object input);
  Reply Take(const std::string& operation, const Pending& pending);
  /// What a target throws is said when the engine has come to rest, not through it.
  template <class Target>
  void Tell(Target target);

  Options options_;
  std::mt19937_64 script_;
  Network network_{*this};
  Functions functions_{*this};
  Scripts scripts_{*this};
  std::vector<std::function<void()>> deferred_;
  std::string violated_;
  uint64_t hash_ = 0xcbf29ce484222325ULL;
  std::vector<std::string> trace_;
  bool full_ = false;
  bool was_down_ = false;
  int restarts_ = 0;
  int troubles_ = 0;  ///< Others than restarts.
  Millis moved_forward_{0};
  Millis moved_back_{0};
};

}  // namespace riposte::app::testing::simulation
