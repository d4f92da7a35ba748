#include "app/testing/simulation/targets.h"

namespace riposte::app::testing::simulation {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

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

}  // namespace

Targets::Targets(Script& script) : script_(script) {
  world_.on_request = [this](http::OutgoingRequest request, http::Client::Completion done) {
    OnRequest(request, std::move(done));
  };
  world_.on_function = [this](const functions::Invocation& invocation,
                              functions::InvokeCompletion done) {
    OnFunction(invocation, std::move(done));
  };
  world_.on_script = [this](const functions::ScriptJob& job) { return OnScript(job); };
}

template <class Done, class Note, class Outcome>
void Targets::Later(Millis wait, Done done, Note answer, Outcome outcome) {
  world_.harness->loop.PostAt(world_.now() + wait, [this, done = std::move(done), answer,
                                                    outcome = std::move(outcome)]() mutable {
    if (!world_.alive()) return;
    answer();
    done(std::move(outcome));
  });
}

void Targets::OnRequest(const http::OutgoingRequest& request, http::Client::Completion done) {
  const std::string label = LabelOf(request.body);
  const bool topic = !request.url.ends_with("/destination");
  const std::string life = topic ? std::string(request.headers.Get("x-amz-sns-message-id")) : label;
  ledger_.Attempted(request.url, life, label);
  const auto answer = [this, url = request.url, life, topic](Answer what, Millis wait,
                                                             bool counts = true) {
    ledger_.Answered(url, life, what, wait, counts, topic ? WebPolicy() : DestinationPolicy());
  };
  if (!world_.Chance(script_.trouble)) {
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
      return done(riposte::Fail(Code::kUnavailable, "connection refused"));
    case 4:  // Dealt with, but the answer is lost; or never heard of: the same to us.
      return Later(
          seconds(15), std::move(done), [answer] { answer(Answer::kAgain, Millis(0)); },
          riposte::Fail(Code::kTimeout, "no answer in 15 s"));
    default:  // Late.
      return Later(
          Millis(world_.Draw(14'000)), std::move(done),
          [answer] { answer(Answer::kDone, Millis(0)); }, http::Response{});
  }
}
void Targets::OnFunction(const functions::Invocation& invocation,
                         functions::InvokeCompletion done) {
  if (invocation.invoked_arn.find(":function:enrich") != std::string::npos) {
    return OnEnrichment(invocation, std::move(done));
  }
  const std::string label = LabelOf(invocation.payload);
  ledger_.Attempted("function", label, label);
  const auto answer = [this, label](Answer what, bool counts) {
    ledger_.Answered("function", label, what, Millis(0), counts, FunctionPolicy());
  };
  const functions::InvokeResult fine{.payload = "null"};
  if (!world_.Chance(script_.trouble)) {
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
      return done(riposte::Fail(Code::kThrottled, "busy"));
    case 3:
      answer(Answer::kAgain, false);
      return done(riposte::Fail(Code::kUnavailable, "its process died"));
    default:
      return Later(
          Millis(world_.Draw(60'000)), std::move(done), [answer] { answer(Answer::kDone, true); },
          fine);
  }
}

/// Makes of each record what is put to the bus; fails with all of them, now and then.
void Targets::OnEnrichment(const functions::Invocation& invocation,
                           functions::InvokeCompletion done) {
  const auto records = json::Parse(invocation.payload);
  std::vector<std::string> labels;
  json::Array made;
  for (const json::Value& record : records->as_array()) {
    labels.push_back(LabelOf(json::GetString(record.as_object(), "body")));
    made.push_back(json::Object{{"id", labels.back()}});
    world_.Note("enrich " + labels.back());
    if (labels.back().starts_with('u')) throw Violation(labels.back() + " has passed the filter");
  }
  functions::InvokeResult fine{.payload = json::Serialize(made)};
  if (!world_.Chance(script_.trouble)) return done(std::move(fine));
  switch (world_.Draw(3)) {
    case 0:
      // Well before anybody else may take the messages.
      return Later(Millis(world_.Draw(20'000)), std::move(done), [] {}, std::move(fine));
    default:
      for (const std::string& label : labels) ledger_.Failed(label);
      return done(functions::testing::FakeRunner::Raise("KeyError", "no"));
  }
}

int Targets::FailuresOf(const std::string& label) {
  const auto [at, made] = failures_.try_emplace(label, 0);
  if (made && script_.trouble > 0) at->second = static_cast<int>(world_.Draw(5));
  return at->second >= 3 ? 1000 : at->second;
}
functions::ScriptResult Targets::OnScript(const functions::ScriptJob& job) {
  const std::string label(json::GetString(job.input.as_object(), "id"));
  const bool last = job.handler == "last";
  const bool ok = last || ++runs_[label] > FailuresOf(label);
  ledger_.Stepped(label, last, ok);
  if (!ok) return {.failure = "KeyError: 'x'", .failure_type = "KeyError"};
  return {.ok = true, .payload = job.input};
}

}  // namespace riposte::app::testing::simulation
