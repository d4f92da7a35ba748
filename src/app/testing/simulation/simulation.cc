#include "app/testing/simulation/simulation.h"

#include <algorithm>
#include <filesystem>

#include "app/testing/simulation/ledger.h"
#include "base/encoding.h"
#include "store/testing/fault_vfs.h"

namespace riposte::app::testing::simulation {
namespace {

using json::Array;
using json::Object;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using store::testing::FaultVfs;
using Kind = World::Reply::Kind;

constexpr const char* kQueues[] = {"inbox",
                                   "inbox-dead",
                                   "other-inbox",
                                   "topic-inbox",
                                   "runbook-inbox",
                                   "ordered.fifo",
                                   "topic-ordered.fifo",
                                   "dead-rules",
                                   "dead-subscriptions",
                                   "dead-functions",
                                   "kept",
                                   "replayed",
                                   "scheduled",
                                   "ticks"};
constexpr const char* kHook = "https://hook.example/";
constexpr std::string_view kTick = "tick-";
constexpr Millis kTickEvery = minutes(7);
constexpr Millis kYear = hours(24 * 365);

/// Where an event of this kind must arrive: what the rules of template.cc say.
std::vector<Ledger::Duty> Duties(char kind) {
  switch (kind) {
    case 'a':
      return {{"inbox", true}};
    case 'b':
      return {{"inbox", true}, {"function", true}};
    case 'c':
      return {{"function", true}, {"topic-inbox", false, 2}, {std::string(kHook) + "alerts"}};
    case 'd':
      return {{"topic-inbox", false, 2}, {std::string(kHook) + "alerts"}, {"dead-rules"}};
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

Ledger::Policy WebPolicy() {
  return {.most_failures = 4, .waits = {seconds(20), seconds(20), seconds(20)}};
}
/// An API destination's waits are drawn between nothing and a bound.
Ledger::Policy DestinationPolicy() {
  return {.most_failures = 4, .waits = {}};
}
Ledger::Policy FunctionPolicy() {
  return {.most_failures = 3, .waits = {minutes(1), minutes(2)}, .max_age = hours(6)};
}

class Run {
 public:
  Run(uint64_t seed, const std::string& folder, bool keeps_trace)
      : world_({.seed = seed, .folder = folder, .keeps_trace = keeps_trace}) {
    world_.on_request = [this](http::OutgoingRequest request, http::Client::Completion done) {
      OnRequest(request, std::move(done));
    };
    world_.on_function = [this](const functions::Invocation& invocation,
                                functions::InvokeCompletion done) {
      OnFunction(invocation, std::move(done));
    };
    world_.on_script = [this](const functions::ScriptJob& job) { return OnScript(job); };
  }

  void Play() {
    // Some runs have few faults and some have many; some have none of a kind.
    trouble_ = world_.Draw(4) * 20;
    crashes_ = world_.Draw(3) * 4;
    jumps_ = world_.Chance(30) ? 3 : 0;
    const uint64_t steps = 20 + world_.Draw(40);
    for (uint64_t i = 0; i < steps; ++i) Step();
    Heal();
    Replay();
    Drain();
    ledger_.Check();
    // A recurring schedule does not make up for the times that the machine slept through.
    const bool could = !filled_ && !world_.was_down() && world_.moved_forward() == Millis(0) &&
                       world_.moved_back() == Millis(0);
    if (could) ledger_.CheckTicks(kTickEvery);
  }
  World& world() { return world_; }

 private:
  // --- Clients ---------------------------------------------------------------------------------

  void Step() {
    if (world_.Chance(30)) world_.MakeRoom();
    if (world_.Chance(crashes_)) Arm();
    if (world_.Chance(jumps_)) Jump();
    switch (world_.Draw(13)) {
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
      case 10:
        return Schedule();
      default:
        world_.Advance(world_.Chance(70) ? Millis(world_.Draw(30'000))
                                         : Millis(world_.Draw(600'000)));
    }
  }

  Ledger::Item NewItem(char prefix, std::vector<Ledger::Duty> duties) {
    Ledger::Item item;
    item.label = std::string(1, prefix) + std::to_string(++items_);
    item.duties = std::move(duties);
    item.at = world_.now();
    item.restarts = world_.restarts();
    item.moved_forward = world_.moved_forward();
    item.moved_back = world_.moved_back();
    return item;
  }
  static std::string Body(const std::string& label) { return R"({"id":")" + label + "\"}"; }
  /// Notes what became of the call that sent `item`; a repeat of it may follow.
  void Sent(Ledger::Item& item, const World::Reply& reply) {
    if (reply.kind == Kind::kRefused || json::GetInt(reply.output, "FailedEntryCount") > 0) {
      throw Violation(item.label + " was refused: " + reply.error);
    }
    item.accepted = reply.kind == Kind::kDone;
    ledger_.Add(item);
  }
  void Send(Ledger::Item item, const std::string& service, const std::string& operation,
            const Object& input) {
    // Known before it is sent: its consequences come within the call.
    ledger_.Add(item);
    Sent(item, world_.Call(service, operation, input));
  }

  void PutEvents() {
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
  void PublishAlert() {
    Ledger::Item item = NewItem('p', {{"topic-inbox"}, {std::string(kHook) + "alerts"}});
    Send(item, "sns", "Publish",
         {{"TopicArn", Arn("sns", "alerts")}, {"Message", Body(item.label)}});
  }
  void PublishPaced() {
    for (uint64_t i = world_.Draw(8) + 1; i > 0; --i) {
      Ledger::Item item = NewItem('q', {{std::string(kHook) + "paced"}});
      Send(item, "sns", "Publish",
           {{"TopicArn", Arn("sns", "paced")}, {"Message", Body(item.label)}});
    }
  }
  void PublishOrdered() {
    for (uint64_t i = world_.Draw(3) + 1; i > 0; --i) {
      Ledger::Item item = NewItem('o', {{"topic-ordered.fifo"}});
      item.group = "g" + std::to_string(world_.Draw(2));
      Send(item, "sns", "Publish",
           {{"TopicArn", Arn("sns", "ordered.fifo")},
            {"Message", Body(item.label)},
            {"MessageGroupId", item.group},
            {"MessageDeduplicationId", item.label}});
    }
  }
  void SendOrdered() {
    Ledger::Item item = NewItem('m', {{"ordered.fifo", true}});
    item.group = "g" + std::to_string(world_.Draw(2));
    Send(item, "sqs", "SendMessage",
         {{"QueueUrl", Url("ordered.fifo")},
          {"MessageBody", Body(item.label)},
          {"MessageGroupId", item.group},
          {"MessageDeduplicationId", item.label}});
  }
  void Invoke() {
    Ledger::Item item = NewItem('i', {{"function", true}});
    Send(item, "lambda", "Invoke",
         {{"FunctionName", "triage"},
          {"InvocationType", "Event"},
          {"Payload", Base64Encode(Body(item.label))}});
  }
  /// Once, within the next half hour.
  void Schedule() {
    Ledger::Item item = NewItem('s', {{"scheduled"}});
    item.due = std::chrono::ceil<seconds>(world_.now() + seconds(world_.Draw(1800)));
    std::string time = FormatIso8601(*item.due);
    time.pop_back();  // The zone is another member.
    Send(item, "scheduler", "CreateSchedule",
         {{"Name", item.label},
          {"ScheduleExpression", "at(" + time + ")"},
          {"FlexibleTimeWindow", Object{{"Mode", "OFF"}}},
          {"ActionAfterCompletion", "DELETE"},
          {"Target", Object{{"Arn", Arn("sqs", "scheduled")},
                            {"RoleArn", "arn:aws:iam::123456789012:role/simulation"},
                            {"Input", Body(item.label)}}}});
  }
  /// Who fired a regular schedule is known by what came of it.
  void Tick(const Object& message) {
    const std::string label = LabelOf(json::GetString(message, "Body"));
    if (!label.starts_with(kTick)) throw Violation("ticks has " + label);
    const auto time = ParseIso8601(label.substr(kTick.size()));
    if (!time) throw Violation("ticks has " + label);
    ledger_.Ticked(*time);
    if (!ledger_.Knows(label)) ledger_.Add({.label = label, .duties = {{"ticks"}}, .due = *time});
  }
  /// From one queue, one that keeps an order more often, perhaps twice.
  void ReceiveSome() {
    const std::string queue =
        world_.Chance(30) ? "ordered.fifo" : kQueues[world_.Draw(std::size(kQueues))];
    const int64_t most = world_.Chance(50) ? 10 : 1;
    Receive(queue, most);
    if (world_.Chance(50)) Receive(queue, most);
  }
  void Receive(const std::string& queue, int64_t most, int64_t visibility = 30) {
    const auto reply = world_.Call("sqs", "ReceiveMessage",
                                   {{"QueueUrl", Url(queue)},
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
  void Delete() {
    const auto& receipts = ledger_.receipts();
    if (receipts.empty()) return;
    const size_t back = world_.Chance(70) ? world_.Draw(std::min<size_t>(5, receipts.size()))
                                          : world_.Draw(receipts.size());
    DeleteWith(receipts[receipts.size() - 1 - back]);
  }
  void DeleteWith(const Ledger::Receipt& receipt) {
    const Ledger::Receipt copy = receipt;
    const auto reply = world_.Call("sqs", "DeleteMessage",
                                   {{"QueueUrl", Url(copy.queue)}, {"ReceiptHandle", copy.handle}});
    ledger_.Deleted(copy, reply.kind);
  }

  // --- Targets ---------------------------------------------------------------------------------

  void OnRequest(const http::OutgoingRequest& request, http::Client::Completion done) {
    const std::string label = LabelOf(request.body);
    const bool topic = !request.url.ends_with("/destination");
    const std::string life =
        topic ? std::string(request.headers.Get("x-amz-sns-message-id")) : label;
    ledger_.Attempted(request.url, life, label);
    const auto answer = [this, url = request.url, life, topic](Answer what, Millis wait,
                                                               bool counts = true) {
      ledger_.Answered(url, life, what, wait, counts, topic ? WebPolicy() : DestinationPolicy());
    };
    if (!world_.Chance(trouble_)) {
      answer(Answer::kDone, Millis(0));
      return done(http::Response{});
    }
    switch (world_.Draw(7)) {
      case 0:
        answer(Answer::kAgain, Millis(0));
        return done(http::Response{500, {}, ""});
      case 1: {
        const auto wait = seconds(1 + world_.Draw(100));
        http::Response busy{world_.Chance(50) ? 503 : 429, {}, ""};
        busy.headers.Set("Retry-After", std::to_string(wait.count()));
        answer(Answer::kAgain, wait);
        return done(std::move(busy));
      }
      case 2:
        answer(Answer::kNever, Millis(0));
        return done(http::Response{403, {}, ""});
      case 3:  // Refused connections.
        answer(Answer::kAgain, Millis(0));
        return done(Fail(Code::kUnavailable, "connection refused"));
      case 4:  // Dealt with, but the answer is lost; or never heard of: the same to us.
        return Later(
            seconds(15), std::move(done), [answer] { answer(Answer::kAgain, Millis(0)); },
            Fail(Code::kTimeout, "no answer in 15 s"));
      default:  // Late.
        return Later(
            Millis(world_.Draw(14'000)), std::move(done),
            [answer] { answer(Answer::kDone, Millis(0)); }, http::Response{});
    }
  }
  template <class Done, class Note, class Outcome>
  void Later(Millis wait, Done done, Note answer, Outcome outcome) {
    world_.harness->loop.PostAt(world_.now() + wait, [this, done = std::move(done), answer,
                                                      outcome = std::move(outcome)]() mutable {
      if (!world_.alive()) return;
      answer();
      done(std::move(outcome));
    });
  }

  void OnFunction(const functions::Invocation& invocation, functions::InvokeCompletion done) {
    const std::string label = LabelOf(invocation.payload);
    ledger_.Attempted("function", label, label);
    const auto answer = [this, label](Answer what, bool counts) {
      ledger_.Answered("function", label, what, Millis(0), counts, FunctionPolicy());
    };
    const functions::InvokeResult fine{.payload = "null"};
    if (!world_.Chance(trouble_)) {
      answer(Answer::kDone, true);
      return done(fine);
    }
    switch (world_.Draw(5)) {
      case 0:
      case 1:
        answer(Answer::kAgain, true);
        return done(functions::testing::FakeRunner::Raise("KeyError", "no"));
      case 2:
        answer(Answer::kAgain, false);
        return done(Fail(Code::kThrottled, "busy"));
      case 3:
        answer(Answer::kAgain, false);
        return done(Fail(Code::kUnavailable, "its process died"));
      default:
        return Later(
            Millis(world_.Draw(60'000)), std::move(done), [answer] { answer(Answer::kDone, true); },
            fine);
    }
  }

  /// How often the first step fails before it succeeds: a property of the item.
  int FailuresOf(const std::string& label) {
    const auto [at, made] = failures_.try_emplace(label, 0);
    if (made && trouble_ > 0) at->second = static_cast<int>(world_.Draw(5));
    return at->second >= 3 ? 1000 : at->second;
  }
  functions::ScriptResult OnScript(const functions::ScriptJob& job) {
    const std::string label(json::GetString(job.input.as_object(), "id"));
    const bool last = job.handler == "last";
    const bool ok = last || ++runs_[label] > FailuresOf(label);
    ledger_.Stepped(label, last, ok);
    if (!ok) return {.failure = "KeyError: 'x'", .failure_type = "KeyError"};
    return {.ok = true, .payload = job.input};
  }

  // --- Faults ----------------------------------------------------------------------------------

  void Arm() {
    const int when = static_cast<int>(world_.Draw(12)) + 1;
    world_.Note("arm");
    switch (world_.Draw(6)) {
      case 0:
        return world_.Restart(false);
      case 1:
        return FaultVfs::FailSyncsFrom(when);
      case 2:
        filled_ = true;
        return world_.FillDisk(when);
      default:
        return FaultVfs::PowerCutAt(when, world_.Chance(50));
    }
  }
  void Jump() {
    const Millis most = world_.Chance(30) ? kYear : Millis(hours(24));
    const Millis by(static_cast<int64_t>(world_.Draw(static_cast<uint64_t>(most.count()))));
    world_.SetClockBy(world_.Chance(50) ? by : -by);
  }
  void Heal() {
    trouble_ = 0;
    world_.Note("heal");
    world_.MakeRoom();
    FaultVfs::Heal();
    world_.ReviveIfDead();
    if (world_.Chance(50)) world_.Restart(world_.Chance(50));
    for (int i = 0; i < 15; ++i) world_.Advance(minutes(1));
  }

  // --- The end ---------------------------------------------------------------------------------

  /// The whole archive once more, with an engine that ends and starts meanwhile.
  void Replay() {
    Object input{{"ReplayName", "again"},
                 {"EventSourceArn", Arn("events", "archive/kept")},
                 {"EventStartTime", ToSeconds(world_.now() - 10 * kYear)},
                 {"EventEndTime", ToSeconds(world_.now() + 10 * kYear)},
                 {"Destination", Object{{"Arn", Arn("events", "event-bus/default")},
                                        {"FilterArns", Array{Arn("events", "rule/replayed")}}}}};
    if (world_.Call("events", "StartReplay", std::move(input)).kind != Kind::kDone) {
      throw Violation("the replay did not start");
    }
    for (int round = 0; round < 60; ++round) {
      const auto reply = world_.Call("events", "DescribeReplay", {{"ReplayName", "again"}});
      if (json::GetString(reply.output, "State") == "COMPLETED") return;
      if (crashes_ > 0 && world_.Chance(20)) world_.Restart(world_.Chance(50));
      world_.Advance(Millis(world_.Draw(60'000)));
    }
    throw Violation("the replay did not end");
  }

  void Drain() {
    const auto owed = world_.harness->engine().dispatcher().owed();
    if (owed.works != 0) {
      throw Violation(std::to_string(owed.works) + " deliveries are still owed");
    }
    for (int round = 0; round < 40; ++round) {
      const size_t before = ledger_.receipts().size();
      for (const char* queue : kQueues) Receive(queue, 10, 3600);
      const auto& receipts = ledger_.receipts();
      if (receipts.size() == before) break;
      for (size_t i = before; i < ledger_.receipts().size(); ++i) DeleteWith(ledger_.receipts()[i]);
    }
    ListExecutions();
    ListDead();
  }
  void ListExecutions() {
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
        ledger_.Execution(label,
                          std::string(json::GetString(execution, "AutomationExecutionStatus")),
                          FailuresOf(label) > 3);
      }
      const std::string next(json::GetString(reply.output, "NextToken"));
      if (next.empty()) return;
      input["NextToken"] = next;
    }
  }
  void ListDead() {
    Object input;
    for (;;) {
      const auto reply = world_.Call("riposte", "ListDeadLetters", input);
      for (const json::Value& one : *json::GetArray(reply.output, "DeadLetters")) {
        const Object& letter = one.as_object();
        if (json::GetString(letter, "TargetArn") != Arn("sqs", "nobody")) continue;
        const auto got = world_.Call("riposte", "DescribeDeadLetter", {{"Id", letter.at("Id")}});
        const auto work = json::Parse(json::GetString(got.output, "Body"));
        ledger_.DeadWithoutQueue(LabelOf(json::GetString(work->as_object(), "event")));
      }
      const std::string next(json::GetString(reply.output, "NextToken"));
      if (next.empty()) return;
      input["NextToken"] = next;
    }
  }

  [[nodiscard]] std::string Arn(std::string_view service, std::string_view resource) const {
    return world_.harness->Arn(service, resource);
  }
  static std::string Url(const std::string& queue) {
    return "http://localhost/123456789012/" + queue;
  }
  static std::unexpected<Error> Fail(Code code, std::string message) {
    return riposte::Fail(code, std::move(message));
  }

  World world_;
  Ledger ledger_{world_};
  uint64_t trouble_ = 0;  ///< Percent of answers that are not what one hopes for.
  uint64_t crashes_ = 0;  ///< Percent of steps that arm a fault of the disk or the machine.
  uint64_t jumps_ = 0;    ///< Percent of steps at which the clock is set.
  bool filled_ = false;   ///< The disk was full at some time.
  int items_ = 0;
  int batches_ = 0;
  std::map<std::string, int> failures_;
  std::map<std::string, int> runs_;
};

}  // namespace

Report RunSeed(uint64_t seed, const std::string& template_folder, const std::string& folder,
               bool keeps_trace) {
  namespace fs = std::filesystem;
  fs::remove_all(folder);
  fs::copy(template_folder, folder, fs::copy_options::recursive);
  Report report{.seed = seed};
  Run run(seed, folder, keeps_trace);
  try {
    run.Play();
  } catch (const std::exception& error) {
    report.violation = error.what();
    FaultVfs::Heal();
  }
  report.hash = run.world().hash();
  report.restarts = run.world().restarts();
  report.trace = run.world().trace();
  return report;
}

}  // namespace riposte::app::testing::simulation
