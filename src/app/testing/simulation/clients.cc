#include "app/testing/simulation/clients.h"

#include <algorithm>

#include "base/encoding.h"

namespace riposte::app::testing::simulation {
namespace {

using json::Array;
using json::Object;
using std::chrono::seconds;
using Kind = World::Reply::Kind;

Ledger::Duty Inbox() {
  return {.place = "inbox", .exact = true, .otherwise = "inbox-dead"};
}

/// Where an event of this kind must arrive: what the rules of template.cc say.
std::vector<Ledger::Duty> Duties(char kind) {
  switch (kind) {
    case 'a':
      return {Inbox()};
    case 'b':
      return {Inbox(), {"function", true}};
    case 'c':
      return {{"function", true}, {"topic-inbox", false, 2}, {std::string(kHook) + "alerts"}};
    case 'd':
      return {{"topic-inbox", false, 2},
              {std::string(kHook) + "alerts"},
              {.place = "denied", .otherwise = "dead-rules"}};
    case 'e':
      return {{"runbook", true}};
    case 'f':
      return {{"other-inbox"}};
    case 'g':
      return {{"nowhere", true}};
    case 'h':
      return {{std::string(kHook) + "destination"}};
    default:  // From the archive at the end.
      return {{"kept", true}, {"replayed", true}};
  }
}

std::string Body(const std::string& label) {
  return R"({"id":")" + label + "\"}";
}

}  // namespace

void Clients::Act() {
  if (script_.pipes && world_.Chance(20)) return SendPiped();
  if (script_.redrives && world_.Chance(10)) return WearOut();
  switch (world_.Draw(11)) {
    case 0:
    case 1:
    case 2:
      return PutEvents();
    case 3:
      return PublishAlert();
    case 4:
      return PublishPaced();
    case 5:
      return PublishOrdered();
    case 6:
      return Invoke();
    case 7:
      return SendOrdered();
    case 8:
      return ReceiveSome();
    case 9:
      return Delete();
    default:
      return Schedule();
  }
}

Ledger::Item Clients::NewItem(char prefix, std::vector<Ledger::Duty> duties) {
  Ledger::Item item;
  item.label = std::string(1, prefix) + std::to_string(++script_.items);
  item.duties = std::move(duties);
  item.at = world_.now();
  item.troubles = world_.troubles();
  item.restarts = world_.restarts();
  item.moved_forward = world_.moved_forward();
  item.moved_back = world_.moved_back();
  return item;
}

/// Notes what became of the call that sent `item`; a repeat of it may follow.
void Clients::Sent(Ledger::Item& item, const World::Reply& reply) {
  if (reply.kind == Kind::kRefused || json::GetInt(reply.output, "FailedEntryCount") > 0) {
    throw Violation(item.label + " was refused: " + reply.error);
  }
  item.accepted = reply.kind == Kind::kDone;
  ledger_.Add(item);
}

void Clients::Send(Ledger::Item item, const std::string& service, const std::string& operation,
                   const Object& input) {
  // Known before it is sent: its consequences come within the call.
  ledger_.Add(item);
  Sent(item, world_.Call(service, operation, input));
}

void Clients::PutEvents() {
  std::vector<Ledger::Item> items;
  Array entries;
  for (uint64_t i = world_.Draw(4) + 1; i > 0; --i) {
    const char kind = static_cast<char>('a' + world_.Draw(9));
    items.push_back(NewItem('e', Duties(kind)));
    ledger_.Add(items.back());
    entries.push_back(
        Object{{"Source", "simulation"},
               {"DetailType", "t"},
               {"Detail", R"({"id":")" + items.back().label + R"(","kind":")" + kind + "\"}"}});
  }
  const auto reply = world_.Call("events", "PutEvents", {{"Entries", std::move(entries)}});
  for (Ledger::Item& item : items) Sent(item, reply);
}

void Clients::PublishAlert() {
  Ledger::Item item = NewItem('p', {{"topic-inbox"}, {std::string(kHook) + "alerts"}});
  Send(item, "sns", "Publish",
       {{"TopicArn", script_.Arn("sns", "alerts")}, {"Message", Body(item.label)}});
}

void Clients::PublishPaced() {
  for (uint64_t i = world_.Draw(8) + 1; i > 0; --i) {
    Ledger::Item item = NewItem('q', {{std::string(kHook) + "paced"}});
    Send(item, "sns", "Publish",
         {{"TopicArn", script_.Arn("sns", "paced")}, {"Message", Body(item.label)}});
  }
}

void Clients::PublishOrdered() {
  for (uint64_t i = world_.Draw(3) + 1; i > 0; --i) {
    Ledger::Item item =
        NewItem('o', {{.place = "topic-ordered.fifo", .otherwise = "dead-ordered.fifo"}});
    item.group = "g" + std::to_string(world_.Draw(2));
    Send(item, "sns", "Publish",
         {{"TopicArn", script_.Arn("sns", "ordered.fifo")},
          {"Message", Body(item.label)},
          {"MessageGroupId", item.group},
          {"MessageDeduplicationId", item.label}});
  }
}

void Clients::SendOrdered() {
  SendToGroup(NewItem('m', {{"ordered.fifo", true}}), "ordered.fifo");
}

void Clients::SendToGroup(Ledger::Item item, const std::string& queue) {
  item.group = "g" + std::to_string(world_.Draw(2));
  Send(item, "sqs", "SendMessage",
       {{"QueueUrl", QueueUrl(queue)},
        {"MessageBody", Body(item.label)},
        {"MessageGroupId", item.group},
        {"MessageDeduplicationId", item.label}});
}

/// Some that the filter lets through, and some that it does not; and some to the pipe that keeps
/// an order.
void Clients::SendPiped() {
  if (world_.Chance(40)) {
    for (uint64_t i = world_.Draw(3) + 1; i > 0; --i) {
      SendToGroup(NewItem('y', {{.place = "sorted-out.fifo", .held = true}}), "sorted.fifo");
    }
    return;
  }
  for (uint64_t i = world_.Draw(4) + 1; i > 0; --i) {
    const bool wanted = world_.Chance(70);
    const Ledger::Item item =
        wanted ? NewItem('w', {{.place = "piped-out", .otherwise = "piped-dead", .held = true}})
               : NewItem('u', {});
    Send(item, "sqs", "SendMessage",
         {{"QueueUrl", QueueUrl("piped")},
          {"MessageBody", R"({"id":")" + item.label + R"(","kind":")" +
                              (wanted ? "wanted" : "unwanted") + "\"}"}});
  }
}

void Clients::Invoke() {
  Ledger::Item item = NewItem('i', {{"function", true}});
  Send(item, "lambda", "Invoke",
       {{"FunctionName", "triage"},
        {"InvocationType", "Event"},
        {"Payload", Base64Encode(Body(item.label))}});
}

/// Once, within the next half hour.
void Clients::Schedule() {
  Ledger::Item item = NewItem('s', {{"scheduled"}});
  item.due = std::chrono::ceil<seconds>(world_.now() + seconds(world_.Draw(1800)));
  std::string time = FormatIso8601(*item.due);
  time.pop_back();  // The zone is another member.
  Send(item, "scheduler", "CreateSchedule",
       {{"Name", item.label},
        {"ScheduleExpression", "at(" + time + ")"},
        {"FlexibleTimeWindow", Object{{"Mode", "OFF"}}},
        {"ActionAfterCompletion", "DELETE"},
        {"Target", Object{{"Arn", script_.Arn("sqs", "scheduled")},
                          {"RoleArn", "arn:aws:iam::123456789012:role/simulation"},
                          {"Input", Body(item.label)}}}});
}

/// Who fired a regular schedule is known by what came of it.
void Clients::Tick(const Object& message) {
  const std::string label = LabelOf(json::GetString(message, "Body"));
  if (!label.starts_with(kTick)) throw Violation("ticks has " + label);
  const auto time = ParseIso8601(label.substr(kTick.size()));
  if (!time) throw Violation("ticks has " + label);
  ledger_.Ticked(*time);
  if (!ledger_.Knows(label)) ledger_.Add({.label = label, .duties = {{"ticks"}}, .due = *time});
}

/// From one queue, one that keeps an order more often, perhaps twice.
void Clients::ReceiveSome() {
  const std::string queue =
      world_.Chance(30) ? "ordered.fifo" : kQueues[world_.Draw(std::size(kQueues))];
  const int64_t most = world_.Chance(50) ? 10 : 1;
  Receive(queue, most);
  if (world_.Chance(50)) Receive(queue, most);
}

/// Takes the same messages until they are put aside.
void Clients::WearOut() {
  const int64_t visibility = world_.Chance(50) ? 0 : 1;
  for (int i = 0; i < 4; ++i) {
    Receive("inbox", 10, visibility);
    if (visibility > 0) world_.Advance(seconds(visibility));
  }
}

void Clients::Receive(const std::string& queue, int64_t most, int64_t visibility) {
  const auto reply = world_.Call("sqs", "ReceiveMessage",
                                 {{"QueueUrl", QueueUrl(queue)},
                                  {"MaxNumberOfMessages", most},
                                  {"VisibilityTimeout", visibility},
                                  {"MessageAttributeNames", Array{"All"}}});
  if (reply.kind == World::Reply::Kind::kUnknown) ledger_.MaybeReceived(queue);
  if (const Array* messages = json::GetArray(reply.output, "Messages")) {
    ++batches_;
    for (const json::Value& message : *messages) {
      if (queue == "ticks") Tick(message.as_object());
      ledger_.Received(queue, batches_, message.as_object(), seconds(visibility));
    }
  }
}

/// With any receipt ever given, the latest more often.
void Clients::Delete() {
  const auto& receipts = ledger_.receipts();
  if (receipts.empty()) return;
  const size_t back = world_.Chance(70) ? world_.Draw(std::min<size_t>(5, receipts.size()))
                                        : world_.Draw(receipts.size());
  DeleteWith(receipts[receipts.size() - 1 - back]);
}

void Clients::DeleteWith(const Ledger::Receipt& receipt) {
  const Ledger::Receipt copy = receipt;
  const auto reply = world_.Call(
      "sqs", "DeleteMessage", {{"QueueUrl", QueueUrl(copy.queue)}, {"ReceiptHandle", copy.handle}});
  ledger_.Deleted(copy, reply.kind);
}

}  // namespace riposte::app::testing::simulation
