// The queues as the list of dead letters sees them (delivery/dead_letters.h).
#pragma once

#include "delivery/dead_letters.h"
#include "services/sqs/moves.h"

namespace riposte::sqs {

class QueueLetterBox final : public delivery::LetterBox {
 public:
  explicit QueueLetterBox(Mover& mover) : mover_(mover) {}

  int64_t Find(store::Transaction& tx, const std::string& queue_arn,
               const std::string& message_id) override;
  bool Holds(store::Transaction& tx, int64_t message) override;
  bool IsInFlight(store::Transaction& tx, int64_t message, TimePoint now) override;
  int64_t Latest(store::Transaction& tx) override;
  std::optional<std::string> Read(store::Transaction& tx, int64_t message) override;
  std::optional<delivery::DeadLetterRecord> Find(store::Transaction& tx, const Scope& scope,
                                                 int64_t message) override;
  void Remove(store::Transaction& tx, int64_t message) override;
  std::vector<delivery::DeadLetterRecord> List(store::Transaction& tx, const Scope& scope,
                                               int64_t after, int limit) override;
  std::string PutBack(store::Transaction& tx, const Scope& scope, int64_t message,
                      TimePoint now) override;

 private:
  Mover& mover_;
};

}  // namespace riposte::sqs
