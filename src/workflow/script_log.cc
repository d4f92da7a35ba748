#include "workflow/script_log.h"

#include <algorithm>
#include <utility>

namespace riposte::workflow {
namespace {

/// Of one PutLogEvents call: "The maximum number of log events in a batch is 10,000."
constexpr size_t kMaxEvents = 10'000;

class Sending : public std::enable_shared_from_this<Sending> {
 public:
  Sending(api::Invoker& invoker, std::weak_ptr<const void> alive, Actor actor, ScriptLogPlace place,
          json::Array events)
      : invoker_(invoker),
        alive_(std::move(alive)),
        actor_(std::move(actor)),
        place_(std::move(place)),
        events_(std::move(events)) {}

  void Put(bool first) {
    Call("PutLogEvents",
         {{"logGroupName", place_.group}, {"logStreamName", place_.stream}, {"logEvents", events_}},
         [first](Sending& self, const api::Outcome& outcome) {
           if (first && !outcome.ok() && outcome.error->code() == "ResourceNotFoundException") {
             self.MakePlace();
           }
         });
  }

 private:
  /// What is there already is no trouble; what cannot be made shows when the events are put.
  void MakePlace() {
    Call("CreateLogGroup", {{"logGroupName", place_.group}},
         [](Sending& group, const api::Outcome&) {
           group.Call(
               "CreateLogStream",
               {{"logGroupName", group.place_.group}, {"logStreamName", group.place_.stream}},
               [](Sending& stream, const api::Outcome&) { stream.Put(false); });
         });
  }

  template <class Then>
  void Call(std::string operation, json::Object input, Then then) {
    api::Invocation call;
    call.service = "logs";
    call.operation = std::move(operation);
    call.input = std::move(input);
    call.principal = actor_.principal;
    call.scope = actor_.scope;
    call.trace = actor_.trace;
    invoker_.Invoke(std::move(call),
                    [self = shared_from_this(), then](const api::Outcome& outcome) {
                      if (self->alive_.lock()) then(*self, outcome);
                    });
  }

  api::Invoker& invoker_;
  std::weak_ptr<const void> alive_;
  Actor actor_;
  ScriptLogPlace place_;
  json::Array events_;
};

}  // namespace

void SendScriptLog(api::Invoker& invoker, std::weak_ptr<const void> alive, const Actor& actor,
                   const ScriptLogPlace& place, TimePoint time, std::string_view text) {
  json::Array events;
  while (!text.empty()) {
    // The last one has whatever lines are left.
    const size_t end =
        events.size() + 1 == kMaxEvents ? text.size() : std::min(text.find('\n'), text.size());
    if (end > 0) {
      events.push_back(
          json::Object{{"timestamp", ToMillis(time)}, {"message", text.substr(0, end)}});
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (events.empty()) return;
  std::make_shared<Sending>(invoker, std::move(alive), actor, place, std::move(events))->Put(true);
}

}  // namespace riposte::workflow
