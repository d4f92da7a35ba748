// Those who send, receive and delete, and tell the ledger what they were told.
#pragma once

#include <string>
#include <vector>

#include "app/testing/simulation/script.h"

namespace riposte::app::testing::simulation {

class Clients {
 public:
  explicit Clients(Script& script) : script_(script) {}
  /// One of them does something.
  void Act();

  void Receive(const std::string& queue, int64_t most, int64_t visibility = 30);
  void DeleteWith(const Ledger::Receipt& receipt);

 private:
  Ledger::Item NewItem(char prefix, std::vector<Ledger::Duty> duties);
  void Sent(Ledger::Item& item, const World::Reply& reply);
  void Send(Ledger::Item item, const std::string& service, const std::string& operation,
            const json::Object& input);
  void SendToGroup(Ledger::Item item, const std::string& queue);
  void PutEvents();
  void PublishAlert();
  void PublishPaced();
  void PublishOrdered();
  void SendOrdered();
  void SendPiped();
  void Invoke();
  void Schedule();
  void Tick(const json::Object& message);
  void ReceiveSome();
  void WearOut();
  void Delete();

  Script& script_;
  World& world_ = script_.world;
  Ledger& ledger_ = script_.ledger;
  int batches_ = 0;
};

}  // namespace riposte::app::testing::simulation
