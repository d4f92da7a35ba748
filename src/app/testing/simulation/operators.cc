#include "app/testing/simulation/operators.h"

#include <algorithm>

namespace riposte::app::testing::simulation {
namespace {

using json::Array;
using json::Object;
using std::chrono::minutes;
using std::chrono::seconds;
using Kind = World::Reply::Kind;

/// A task that takes longer fails, says the documentation; a clock may be set by as much.
constexpr Millis kLongestMove = std::chrono::hours(36);

/// Who may send, by queue: nobody of the services, or nobody at all.
struct Door {
  const char* queue;
  bool opens = false;  ///< It is closed at first.
  bool denies = false;
};
constexpr Door kDoors[] = {{.queue = "denied", .opens = true},
                           {.queue = "topic-ordered.fifo"},
                           {.queue = "sorted-out.fifo", .denies = true}};

/// What would have got the letter.
std::string PlaceOf(const std::string& target_arn) {
  if (target_arn.starts_with("http")) return target_arn;
  if (target_arn.find(":api-destination/") != std::string::npos) {
    return std::string(kHook) + "destination";
  }
  if (target_arn.find(":function:") != std::string::npos) return "function";
  const std::string name = target_arn.substr(target_arn.rfind(':') + 1);
  return name == "nobody" ? "nowhere" : name;
}

std::string NameOf(const std::string& arn) {
  return arn.substr(arn.rfind(':') + 1);
}

}  // namespace

// --- Moves -------------------------------------------------------------------------------------

std::string Operators::StatusOf(const std::string& dead_queue) {
  const auto reply =
      world_.Call("sqs", "ListMessageMoveTasks", {{"SourceArn", script_.Arn("sqs", dead_queue)}});
  if (reply.kind != Kind::kDone) return "?";
  const Array* results = json::GetArray(reply.output, "Results");
  if (results == nullptr || results->empty()) return "";
  const Object& latest = results->at(0).as_object();
  handle_ = json::GetString(latest, "TaskHandle");
  const std::string status(json::GetString(latest, "Status"));
  if (status == "FAILED" && world_.moved_forward() < kLongestMove) {
    throw Violation("a move from " + dead_queue +
                    " failed: " + std::string(json::GetString(latest, "FailureReason")));
  }
  return status;
}

void Operators::MoveBack() {
  const std::string dead = script_.pipes && world_.Chance(50) ? "piped-dead" : "inbox-dead";
  if (world_.Chance(20)) {
    const std::string status = StatusOf(dead);
    if (status == "RUNNING" && world_.Chance(50)) {
      world_.Call("sqs", "CancelMessageMoveTask", {{"TaskHandle", handle_}});
    } else if (status != "RUNNING" && status != "?") {
      ledger_.MovesEnded(dead);
    }
    return;
  }
  Object input{{"SourceArn", script_.Arn("sqs", dead)}};
  if (world_.Chance(50)) input["MaxNumberOfMessagesPerSecond"] = 1 + world_.Draw(5);
  if (world_.Chance(50)) {
    input["DestinationArn"] = script_.Arn("sqs", dead.substr(0, dead.find('-')));
  }
  const auto check = [](const World::Reply& reply) {
    // One at a time from a queue.
    if (reply.kind == Kind::kRefused &&
        reply.error.find("UnsupportedOperation") == std::string::npos) {
      throw Violation("a move was refused: " + reply.error);
    }
  };
  ledger_.MovesBegin(dead);
  if (world_.Chance(70)) return check(world_.Call("sqs", "StartMessageMoveTask", std::move(input)));
  const auto [first, second] = world_.CallTwice("sqs", "StartMessageMoveTask", input);
  check(first);
  check(second);
}

void Operators::AwaitMoves() {
  for (const char* dead : {"inbox-dead", "piped-dead"}) {
    for (int round = 0;; ++round) {
      const std::string status = StatusOf(dead);
      if (status != "RUNNING" && status != "?") break;
      if (round == 30) throw Violation("a move from " + std::string(dead) + " does not end");
      world_.Advance(seconds(30));
    }
    ledger_.MovesEnded(dead);
  }
}

// --- The list of dead letters ------------------------------------------------------------------

std::optional<Operators::Letters> Operators::List(const Object& filter) {
  Letters letters;
  executions_ = false;
  Object input = filter;
  for (;;) {
    const auto reply = world_.Call("riposte", "ListDeadLetters", input);
    if (reply.kind != Kind::kDone) return std::nullopt;
    for (const json::Value& one : *json::GetArray(reply.output, "DeadLetters")) {
      const Object& letter = one.as_object();
      if (json::GetString(letter, "Kind") == "execution") {
        executions_ = true;
        continue;
      }
      const auto text = [&](std::string_view name) {
        return std::string(json::GetString(letter, name));
      };
      letters.push_back({.id = text("Id"),
                         .place = PlaceOf(text("TargetArn")),
                         .label = {},
                         .queue = NameOf(text("QueueArn")),
                         .message_id = text("MessageId")});
    }
    const std::string next(json::GetString(reply.output, "NextToken"));
    if (next.empty()) return letters;
    input["NextToken"] = next;
  }
}

bool Operators::Describe(Ledger::Letter& letter) {
  const auto reply = world_.Call("riposte", "DescribeDeadLetter", {{"Id", letter.id}});
  if (reply.kind == Kind::kRefused) throw Violation(letter.id + " is listed and not there");
  if (reply.kind != Kind::kDone) return false;
  std::string body(json::GetString(reply.output, "Body"));
  if (letter.queue.empty()) {  // Then it is the work itself.
    const auto work = json::Parse(body);
    body = json::GetString(work->as_object(), "event");
  }
  letter.label = LabelOf(body);
  return true;
}

void Operators::Redrive() {
  const auto all = List({});
  if (!all || all->empty()) return;
  const uint64_t way = world_.Draw(4);  // One, some, all that one queue has, all.
  const Ledger::Letter& one = all->at(world_.Draw(all->size()));
  Letters chosen;
  for (const Ledger::Letter& letter : *all) {
    if (way == 0   ? letter.id == one.id
        : way == 1 ? world_.Chance(50)
        : way == 2 ? letter.queue == one.queue || one.queue.empty()
                   : true) {
      chosen.push_back(letter);
    }
  }
  for (Ledger::Letter& letter : chosen) {
    if (!Describe(letter)) return;
  }
  if (chosen.empty()) return;
  Object input;
  const bool by_id =
      way < 2 || world_.Chance(50) || (executions_ && (way == 3 || one.queue.empty()));
  if (by_id) {
    Array ids;
    for (const Ledger::Letter& letter : chosen) ids.push_back(json::Value(letter.id));
    input["Ids"] = std::move(ids);
  } else {
    input["All"] = true;
    if (way == 2 && !one.queue.empty()) input["QueueArn"] = script_.Arn("sqs", one.queue);
  }
  for (const Ledger::Letter& letter : chosen) ledger_.RedriveBegins(letter, ++script_.items);
  std::vector<World::Reply> replies;
  if (by_id && world_.Chance(30)) {
    auto [first, second] = world_.CallTwice("riposte", "RedriveDeadLetters", input);
    replies = {std::move(first), std::move(second)};
  } else {
    replies.push_back(world_.Call("riposte", "RedriveDeadLetters", input));
  }
  std::set<std::string> redriven;
  bool sure = true;
  for (const World::Reply& reply : replies) {
    if (reply.kind == Kind::kRefused) throw Violation("a redrive was refused: " + reply.error);
    if (reply.kind == Kind::kUnknown) {
      sure = false;
      continue;
    }
    std::set<std::string> failed;
    for (const json::Value& failure : *json::GetArray(reply.output, "Failed")) {
      failed.emplace(json::GetString(failure.as_object(), "Id"));
    }
    int64_t count = 0;
    for (const Ledger::Letter& letter : chosen) {
      if (failed.contains(letter.id)) continue;
      ++count;
      if (!redriven.insert(letter.id).second) {
        throw Violation(letter.label + " was redriven by two at a time");
      }
    }
    if (count != json::GetInt(reply.output, "Redriven")) {
      throw Violation("of " + std::to_string(chosen.size()) + " letters " + std::to_string(count) +
                      " were redriven, and it said " +
                      std::to_string(json::GetInt(reply.output, "Redriven")));
    }
  }
  // Nobody knows: what is listed still was not.
  for (int i = 0; i < 10 && !sure; ++i) {
    const auto now = List({});
    if (!now) {
      world_.MakeRoom();
      continue;
    }
    sure = true;
    for (const Ledger::Letter& letter : chosen) {
      if (std::ranges::none_of(*now, [&](const auto& at) { return at.id == letter.id; })) {
        redriven.insert(letter.id);
      }
    }
  }
  if (!sure) throw Violation("the list of dead letters cannot be read");
  for (const bool done : {true, false}) {
    for (const Ledger::Letter& letter : chosen) {
      if (redriven.contains(letter.id) == done) ledger_.RedriveEnds(letter, done);
    }
  }
}

// --- Who may send ------------------------------------------------------------------------------

bool Operators::SetPolicy(const std::string& queue, bool open) {
  const Door& door = *std::ranges::find(kDoors, queue, &Door::queue);
  Array statements;
  if (open || door.denies) {
    statements.push_back(Object{
        {"Effect", "Allow"},
        {"Principal", Object{{"Service", Array{"events.amazonaws.com", "sns.amazonaws.com"}}}},
        {"Action", "sqs:SendMessage"},
        {"Resource", script_.Arn("sqs", queue)}});
  }
  if (!open) {
    statements.push_back(Object{{"Effect", "Deny"},
                                {"Principal", "*"},
                                {"Action", "sqs:SendMessage"},
                                {"Resource", script_.Arn("sqs", queue)}});
  }
  const std::string policy =
      json::Serialize(Object{{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
  world_.Note((open ? "open " : "close ") + queue);
  ledger_.PolicyChanges(queue);
  const auto reply =
      world_.Call("sqs", "SetQueueAttributes",
                  {{"QueueUrl", QueueUrl(queue)}, {"Attributes", Object{{"Policy", policy}}}});
  if (reply.kind == Kind::kRefused) throw Violation("a policy was refused: " + reply.error);
  return reply.kind == Kind::kDone;
}

void Operators::ChangePolicy() {
  const Door& door = kDoors[world_.Draw(std::size(kDoors))];
  const bool open = closed_.contains(door.queue) || (door.opens && world_.Chance(50));
  if (SetPolicy(door.queue, open) && open) {
    closed_.erase(door.queue);
  } else {
    closed_.insert(door.queue);
  }
}

void Operators::OpenAll() {
  for (const std::string& queue : std::set<std::string>(closed_)) {
    for (int i = 0; !SetPolicy(queue, true); ++i) {
      if (i == 10) throw Violation(queue + " cannot be opened");
    }
  }
  closed_.clear();
}

void Operators::StartPipes() {
  for (const char* pipe : {"piped", "sorted"}) {
    if (world_.Call("pipes", "StartPipe", {{"Name", pipe}}).kind != Kind::kDone) {
      throw Violation("a pipe could not be started");
    }
  }
}

}  // namespace riposte::app::testing::simulation
