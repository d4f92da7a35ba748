// What must come of everything that clients were told is accepted: the model that the engine is
// compared with. It knows what the documentation promises, and nothing of the engine's tables.
//
// Data path: the run tells it what was asked, answered, delivered and received; at the end Check().
// An "item" is one event, publication, message or invocation, known by its label ("e12"), which its
// body carries wherever it goes. Throws Violation.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/testing/simulation/world.h"

namespace riposte::app::testing::simulation {

/// How a target answered.
enum class Answer { kDone, kAgain, kNever };

class Ledger {
 public:
  explicit Ledger(World& world) : world_(world) {}

  /// Where an item must arrive.
  struct Duty {
    std::string place;  ///< A queue, a subscriber's URL, "function" or "runbook".
    /// Taken in the commit that accepted it: never repeated.
    bool exact = false;
    /// How many deliveries lead there, each of which a crash may repeat.
    int deliveries = 1;
    /// Or there, when it cannot be handed over: a queue, too.
    std::string otherwise = {};
    /// A disk that was full and a clock that was set may repeat it as a crash may: what is held by
    /// its visibility alone.
    bool held = false;
  };
  struct Item {
    std::string label;
    bool accepted = false;  ///< Else nobody knows.
    std::vector<Duty> duties;
    TimePoint at;
    int restarts = 0;         ///< Of the world, when it was sent.
    int troubles = 0;         ///< The same.
    Millis moved_forward{0};  ///< The same.
    Millis moved_back{0};
    std::string group;  ///< Of a FIFO queue or topic.
    /// Of a schedule: never before; nothing is owed until then.
    std::optional<TimePoint> due;
  };
  void Add(Item item);
  [[nodiscard]] bool Knows(const std::string& label) const { return items_.contains(label); }

  /// One attempt at a subscriber or function; `life` tells deliveries of one item apart. Checks
  /// that it may be made now. Returns the number of the attempt's record, for Answered.
  void Attempted(const std::string& place, const std::string& life, const std::string& label);
  struct Policy {
    int most_failures = 4;      ///< Then no more.
    std::vector<Millis> waits;  ///< After each failure, at least.
    Millis max_age{std::chrono::hours(24)};
  };
  /// `waits`: the target asked for at least that. Counts from when the engine has recorded it.
  void Answered(const std::string& place, const std::string& life, Answer answer, Millis waits,
                bool counts, const Policy& policy);

  // --- Dead letters that are sent on their way again -------------------------------------------

  /// One of the list of dead letters.
  struct Letter {
    std::string id;
    std::string place;  ///< Where it should have gone: as Duty::place.
    std::string label;
    std::string queue;       ///< Which has it; "" when none.
    std::string message_id;  ///< There.
  };
  /// Before it is asked for. `turn`: its new place in the order of its group.
  void RedriveBegins(const Letter& letter, int turn);
  void RedriveEnds(const Letter& letter, bool redriven);
  /// Messages of the dead-letter queue may be moved from now on, until MovesEnded.
  void MovesBegin(const std::string& dead_queue);
  /// When none runs any more.
  void MovesEnded(const std::string& dead_queue) { moves_[dead_queue].runs = false; }
  /// Somebody has changed who may send there.
  void PolicyChanges(const std::string& queue) { changed_.insert(queue); }
  /// A pipe's function has failed with it.
  void Failed(const std::string& label) { ++failures_[label]; }

  /// A message was received, with others of `batch`; checks that nobody else holds it, or, in a
  /// FIFO queue, an earlier one of its group.
  void Received(const std::string& queue, int batch, const json::Object& message,
                Millis visibility);
  /// Nobody knows whether a call took messages of `queue`.
  void MaybeReceived(const std::string& queue);
  /// The handle of a receipt to delete with: a current or a lapsed one.
  struct Receipt {
    std::string queue;
    std::string message_id;
    std::string handle;
    size_t number = 0;  ///< Of the message's receipts.
  };
  [[nodiscard]] const std::vector<Receipt>& receipts() const { return receipts_; }
  void Deleted(const Receipt& receipt, World::Reply::Kind outcome);

  /// A step of a runbook ran; `last` of its script steps.
  void Stepped(const std::string& label, bool last, bool ok);
  /// What the list of executions says at the end.
  void Execution(const std::string& label, const std::string& status, bool must_fail);
  /// What the list of dead letters says at the end, of work that has no queue to go to.
  void DeadWithoutQueue(const std::string& label);
  /// A regular schedule fired for `time`.
  void Ticked(TimePoint time) { ticks_.insert(time); }
  /// That it has left no time out, and fired lately.
  void CheckTicks(Millis every) const;

  /// Everything has been drained: nothing may be missing, doubled or out of order.
  void Check();

 private:
  struct Life {
    std::string label;
    std::string place;
    int failures = 0;  ///< Recorded.
    int answered_failures = 0;
    bool done = false;  ///< Recorded.
    bool answered_done = false;
    bool refused = false;
    bool given_up = false;  ///< Recorded failure that was the last.
    TimePoint not_before;
    Millis moved_back{0};
    Millis max_age{0};
    int most = 0;
    int attempts = 0;
    /// Restarts of the world at its latest attempt, until that is recorded or has failed.
    int under_way = -1;
    bool redriven = false;  ///< And not tried since.
  };
  struct Moves {
    int started = 0;
    bool runs = false;
  };
  struct Message {
    std::string queue;
    std::string label;
    json::Object attributes;
    std::vector<TimePoint> until;  ///< Of each receipt.
    Millis moved_back{0};
    int batch = 0;
    bool deleted = false;
    bool maybe_deleted = false;
    bool maybe_taken = false;  ///< By a call whose answer was lost, with a newer receipt.
    int taken = 0;             ///< Receipts in this queue.
    bool redriven = false;
    Moves moves;  ///< Of its dead-letter queue, when it was received last.
  };
  [[noreturn]] void Fail(const std::string& what) const;
  [[nodiscard]] bool MayHaveExpired(const Item& item) const;
  void CheckOrder(const std::string& queue, const Item& item);
  void CheckPolicy(const std::string& queue, const Item& item) const;
  void CheckWornOut(const std::string& queue, const Item& item, const Message* seen) const;
  [[nodiscard]] int MaybeReceivedFrom(const std::string& queue) const;
  /// The next who asks for it has it put aside.
  [[nodiscard]] bool IsWornOut(const Message& message) const;
  /// It may have left its queue by a move.
  [[nodiscard]] bool MayHaveMoved(const Message& message) const;
  /// Of messages by "queue label".
  struct Counts {
    std::map<std::string, int> sure;
    std::set<std::string> maybe;  ///< Deleted or moved.
    [[nodiscard]] int At(const Duty& duty, const std::string& label) const;
  };
  [[nodiscard]] Counts CountMessages() const;
  [[nodiscard]] TimePoint HeldUntil(const Message& message) const;
  void CheckGroupIsFree(const std::string& queue, const std::string& group, int batch) const;
  void CheckDuty(const Item& item, const Duty& duty, int found) const;
  void CheckDeadLetters() const;
  [[nodiscard]] int DeadLettersOf(const std::string& queue, const std::string& label,
                                  const std::string& place) const;
  void CheckLives() const;

  World& world_;
  std::map<std::string, Item> items_;
  std::map<std::string, Life> lives_;        ///< By place and life.
  std::map<std::string, Message> messages_;  ///< By message id.
  std::vector<Receipt> receipts_;
  /// By queue and group: labels and their turns, in the order of their first receipt.
  std::map<std::string, std::vector<std::pair<std::string, int>>> order_;
  std::map<std::string, int> executions_;
  std::map<std::string, std::pair<int, int>> steps_;  ///< First and last, run so far.
  std::map<std::string, int> dead_;
  std::map<std::string, int> turns_;           ///< By label, of those that were redriven.
  std::map<std::string, Moves> moves_;         ///< By dead-letter queue.
  std::map<std::string, int> maybe_received_;  ///< Calls, by queue.
  std::map<std::string, int> failures_;        ///< By label.
  std::map<std::string, Life> lives_before_;   ///< A redrive that is under way.
  std::map<std::string, std::optional<int>> turns_before_;
  std::set<std::string> redriven_messages_;
  std::set<std::string> changed_;  ///< Queues.
  std::set<TimePoint> ticks_;
};

/// The label in a body: of an event, or of what was made of it.
[[nodiscard]] std::string LabelOf(std::string_view body);

}  // namespace riposte::app::testing::simulation
