#include "app/testing/simulation/ending.h"

namespace riposte::app::testing::simulation {
namespace {

using json::Array;
using json::Object;
using std::chrono::hours;
using Kind = World::Reply::Kind;

constexpr Millis kYear = hours(24 * 365);
/// A little less than that, so that the hour of a jump does not matter.
constexpr Millis kExecutionsKept = hours(24 * 29);

}  // namespace

void Ending::Replay() {
  Object input{
      {"ReplayName", "again"},
      {"EventSourceArn", script_.Arn("events", "archive/kept")},
      {"EventStartTime", ToSeconds(world_.now() - 10 * kYear)},
      {"EventEndTime", ToSeconds(world_.now() + 10 * kYear)},
      {"Destination", Object{{"Arn", script_.Arn("events", "event-bus/default")},
                             {"FilterArns", Array{script_.Arn("events", "rule/replayed")}}}}};
  if (world_.Call("events", "StartReplay", std::move(input)).kind != Kind::kDone) {
    throw Violation("the replay did not start");
  }
  for (int round = 0; round < 60; ++round) {
    const auto reply = world_.Call("events", "DescribeReplay", {{"ReplayName", "again"}});
    if (json::GetString(reply.output, "State") == "COMPLETED") return;
    if (script_.crashes > 0 && world_.Chance(20)) world_.Restart(world_.Chance(50));
    world_.Advance(Millis(world_.Draw(60'000)));
  }
  throw Violation("the replay did not end");
}

void Ending::Drain() {
  const auto owed = world_.harness->engine().dispatcher().owed();
  if (owed.works != 0) {
    throw Violation(std::to_string(owed.works) + " deliveries are still owed");
  }
  for (int round = 0; round < 40; ++round) {
    const size_t before = ledger_.receipts().size();
    for (const char* queue : kQueues) clients_.Receive(queue, 10, 3600);
    const auto& receipts = ledger_.receipts();
    if (receipts.size() == before) break;
    for (size_t i = before; i < ledger_.receipts().size(); ++i) {
      clients_.DeleteWith(ledger_.receipts()[i]);
    }
  }
  // What came to a pipe has left it.
  for (const char* queue : {"piped", "sorted.fifo"}) {
    const auto reply = world_.Call("sqs", "ReceiveMessage", {{"QueueUrl", QueueUrl(queue)}});
    if (json::GetArray(reply.output, "Messages") != nullptr) {
      throw Violation(std::string(queue) + " still has messages");
    }
  }
  ListExecutions();
  ListDead();
}

void Ending::ListExecutions() {
  Object input;
  for (;;) {
    const auto reply = world_.Call("ssm", "DescribeAutomationExecutions", input);
    for (const json::Value& one :
         *json::GetArray(reply.output, "AutomationExecutionMetadataList")) {
      const std::string id(json::GetString(one.as_object(), "AutomationExecutionId"));
      const auto got =
          world_.Call("ssm", "GetAutomationExecution", {{"AutomationExecutionId", id}});
      const Object& execution = *json::GetObject(got.output, "AutomationExecution");
      const std::string label(
          execution.at("Parameters").as_object().at("E").as_array().at(0).as_string());
      const std::string status(json::GetString(execution, "AutomationExecutionStatus"));
      if (status == "Failed" || status == "TimedOut") failed_.insert(id);
      ledger_.Execution(label, status, targets_.FailuresOf(label) > 3);
    }
    const std::string next(json::GetString(reply.output, "NextToken"));
    if (next.empty()) return;
    input["NextToken"] = next;
  }
}

void Ending::ListDead() {
  Object input;
  for (;;) {
    const auto reply = world_.Call("riposte", "ListDeadLetters", input);
    for (const json::Value& one : *json::GetArray(reply.output, "DeadLetters")) {
      const Object& letter = one.as_object();
      if (json::GetString(letter, "Kind") == "execution") {
        const std::string arn(json::GetString(letter, "SourceArn"));
        const std::string id = arn.substr(arn.rfind('/') + 1);
        // The list of executions forgets those that ended more than thirty days ago.
        const bool owed = failed_.erase(id) == 1 ||
                          (world_.moved_forward() > kExecutionsKept && lettered_.insert(id).second);
        if (!owed) throw Violation("a letter of " + arn + ", which is not owed");
        lettered_.insert(id);
        continue;
      }
      if (json::GetString(letter, "TargetArn") != script_.Arn("sqs", "nobody")) continue;
      const auto got = world_.Call("riposte", "DescribeDeadLetter", {{"Id", letter.at("Id")}});
      const auto work = json::Parse(json::GetString(got.output, "Body"));
      ledger_.DeadWithoutQueue(LabelOf(json::GetString(work->as_object(), "event")));
    }
    const std::string next(json::GetString(reply.output, "NextToken"));
    if (next.empty()) break;
    input["NextToken"] = next;
  }
  // They are kept for fourteen days.
  if (!failed_.empty() && world_.moved_forward() == Millis(0)) {
    throw Violation("execution " + *failed_.begin() + " failed, and there is no dead letter");
  }
}

}  // namespace riposte::app::testing::simulation
