// One list of all dead letters, with the reason, and the way back for each.
//
// Three kinds: work that was given up (kept here, with or without a message in a dead-letter
// queue); actions that were started and failed (kept here, too); and messages that a queue's own
// redrive policy put aside (kept by the queues, behind LetterBox). A letter whose message has left
// its queue is settled: whoever took it has dealt with it. Thread safety: inside one transaction.
// Cost: a list reads a page of rows; redriving enqueues. Redriving starts a delivery of its own: a
// new id, all its attempts, and the letter's message taken out of its queue in the same commit.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "delivery/delivery.h"

namespace riposte::delivery {

struct DeadLetterRecord {
  std::string id;    ///< "d-<work>" or "q-<message>"
  std::string kind;  ///< The work's kind, or "queue-message".
  std::string
      source_arn;  ///< What owed it: a rule, subscription, function; or the queue of origin.
  std::string target_arn;  ///< Where it should have gone.
  std::string queue_arn;   ///< The dead-letter queue (or topic) that has it; "" when none.
  std::string message_id;  ///< There.
  std::string error_code;
  std::string error_message;
  std::string exhausted;  ///< MaximumRetryAttempts, MaximumEventAgeInSeconds, or "".
  int64_t attempts = 0;
  TimePoint created;
  TimePoint dead;
};

/// What the queues know of dead letters; implemented above.
class LetterBox {
 public:
  virtual ~LetterBox() = default;
  /// The number of a message that was sent to the queue a moment ago; 0 when it is gone already.
  [[nodiscard]] virtual int64_t Find(store::Transaction& tx, const std::string& queue_arn,
                                     const std::string& message_id) = 0;
  [[nodiscard]] virtual bool Holds(store::Transaction& tx, int64_t message) = 0;
  /// Whether somebody has received it and may still deal with it.
  [[nodiscard]] virtual bool IsInFlight(store::Transaction& tx, int64_t message, TimePoint now) = 0;
  /// No message has a greater number; those to come have.
  [[nodiscard]] virtual int64_t Latest(store::Transaction& tx) = 0;
  /// What the message says; nullopt when it is gone.
  [[nodiscard]] virtual std::optional<std::string> Read(store::Transaction& tx,
                                                        int64_t message) = 0;
  virtual void Remove(store::Transaction& tx, int64_t message) = 0;
  /// Messages that redrive policies put aside, with a number above `after`, ascending; the id of
  /// each record is its number.
  [[nodiscard]] virtual std::vector<DeadLetterRecord> List(store::Transaction& tx,
                                                           const Scope& scope, int64_t after,
                                                           int limit) = 0;
  /// One such message of the scope.
  [[nodiscard]] virtual std::optional<DeadLetterRecord> Find(store::Transaction& tx,
                                                             const Scope& scope,
                                                             int64_t message) = 0;
  /// Moves such a message back to its queue; "" or why not.
  [[nodiscard]] virtual std::string PutBack(store::Transaction& tx, const Scope& scope,
                                            int64_t message, TimePoint now) = 0;
};

class DeadLetters {
 public:
  explicit DeadLetters(Dispatcher& dispatcher) : dispatcher_(dispatcher) {}
  /// Before the first call; without it there are no queues.
  void SetBox(LetterBox& box) { box_ = &box; }

  /// A moment, as the numbers that were given until then: no clock that is set moves it.
  struct Mark {
    int64_t work = 0;
    int64_t message = 0;
  };
  struct Filter {
    std::string kind;  ///< "" matches any; so do the others.
    std::string source_arn;
    std::string queue_arn;
    std::optional<Mark> until;  ///< Given up, or put aside, by then.
  };
  struct Page {
    std::vector<DeadLetterRecord> letters;
    std::string next;  ///< "" at the end.
  };
  /// Those of `scope` after the position `after` ("" is the beginning), at most `limit`; given-up
  /// work first, oldest first in each kind.
  [[nodiscard]] Page List(store::Transaction& tx, const Scope& scope, const Filter& filter,
                          const std::string& after, int limit);
  [[nodiscard]] Mark Now(store::Transaction& tx) const;
  /// Lists `work` as given up for `why` (Result::Dead), though it was never owed: an action that
  /// was started and failed. It needs a target for its kind, to be redriven.
  void Add(store::Transaction& tx, Work work, const Result& why, TimePoint now);
  struct Letter {
    DeadLetterRecord record;
    std::string body;  ///< The letter's message; or the work itself, as JSON, when there is none.
  };
  [[nodiscard]] std::optional<Letter> Describe(store::Transaction& tx, const Scope& scope,
                                               const std::string& id);
  /// Sends one on its way again. "" or why not: a letter that somebody has received is theirs,
  /// until they have not deleted it in time.
  [[nodiscard]] std::string Redrive(store::Transaction& tx, const Scope& scope,
                                    const std::string& id, TimePoint now);

 private:
  Dispatcher& dispatcher_;
  LetterBox* box_ = nullptr;
};

}  // namespace riposte::delivery
