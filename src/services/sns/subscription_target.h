// Pays what publishing owes: one notice to one subscriber.
//
// Data path:     SnsService::Publish -> delivery::Dispatcher -> SubscriptionTarget::Deliver
//                -> api::Invoker (queues, functions), http::Client, MailTransport -> outcome
// Thread safety: on the loop, as delivery::Target says.
// Calls into the engine are made as sns.amazonaws.com on behalf of the topic: the queue's or the
// function's own policy must allow it. 4xx replies (but 429) and vanished targets are final.
#pragma once

#include <string>

#include "api/invoker.h"
#include "api/sinks.h"
#include "base/arn.h"
#include "delivery/delivery.h"
#include "http/client.h"
#include "services/sns/group_order.h"
#include "services/sns/mail.h"
#include "services/sns/notice.h"

namespace riposte::sns {

class SubscriptionTarget final : public delivery::Target {
 public:
  static constexpr const char* kKind = "topic-subscription";
  /// All outlive it.
  struct Parts {
    api::Invoker& invoker;
    http::Client& http;
    MailTransport& mail;
    const Clock& clock;
    MessageSigner& signer;
    api::MetricSink& metrics;
    /// Where subscribers reach us: the base of the URLs in messages. Read at each delivery.
    const std::string& endpoint_url;
  };
  explicit SubscriptionTarget(const Parts& parts) : parts_(parts) {}

  /// Learns which messages of FIFO topics are owed since before. Before the dispatcher starts.
  void Start(store::Store& store);
  /// Forgets them, after Store::DeleteAllRows.
  void Reset() { order_.Clear(); }

  void Deliver(const delivery::Work& work, Completion completion) override;
  /// What the delivery policies of web subscriptions say now.
  [[nodiscard]] int MostPerSecond(store::Transaction& tx, const delivery::Work& work) override;
  /// Raw messages for queues, but of FIFO topics, whose order Deliver keeps. Others get a
  /// signature, which takes its time, and must not be made while a transaction waits.
  bool DeliverWithin(store::Transaction& tx, const delivery::Work& work) override;
  [[nodiscard]] DeadLetter MakeDeadLetter(const delivery::Work& work, const delivery::Result& last,
                                          const std::string& exhausted) const override;
  void OnOutcome(store::Transaction& tx, const delivery::Work& work, const delivery::Result& result,
                 Disposition disposition) override;

 private:
  void ToQueue(const delivery::Work& work, const Notice& notice, Completion& completion);
  [[nodiscard]] api::Invocation QueueCall(const Notice& notice, const Arn& arn) const;
  void ToFunction(const delivery::Work& work, const Notice& notice, Completion& completion);
  void ToWeb(const Notice& notice, Completion& completion);
  void Post(http::OutgoingRequest request, Completion completion);
  void ToMailbox(const delivery::Work& work, const Notice& notice, Completion& completion);
  void Invoke(const delivery::Work& work, const Notice& notice, api::Invocation invocation,
              Completion completion);
  /// As the topic's, for the account of `arn`.
  static void Prepare(const delivery::Work& work, const Notice& notice, const Arn& arn,
                      api::Invocation& invocation);
  [[nodiscard]] std::string BodyOf(const Notice& notice) const;

  /// Tries once, in whatever order.
  void Attempt(const delivery::Work& work, const Notice& notice, Completion completion);

  Parts parts_;
  GroupOrder order_;
};

}  // namespace riposte::sns
