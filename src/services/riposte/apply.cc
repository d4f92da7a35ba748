#include "services/riposte/apply.h"

#include <iterator>

namespace riposte::native {

std::string NameOf(const response::Step& step) {
  for (const char* member : {"Name", "RoleName", "Rule"}) {
    const auto name = json::GetString(step.input, member);
    if (!name.empty()) return std::string(name);
  }
  return "";
}

PackApplication::PackApplication(api::Invoker& invoker, api::Call call,
                                 std::vector<response::Step> steps, json::Object result,
                                 api::Reply reply)
    : invoker_(invoker),
      call_(std::move(call)),
      steps_(std::make_move_iterator(steps.begin()), std::make_move_iterator(steps.end())),
      result_(std::move(result)),
      reply_(std::move(reply)) {}

void PackApplication::Next() {
  if (steps_.empty()) {
    result_["Steps"] = std::move(done_);
    return reply_({std::move(result_), std::nullopt});
  }
  response::Step step = std::move(steps_.front());
  steps_.pop_front();
  api::Invocation invocation{step.service, step.operation, step.input,      call_.caller,
                             call_.scope,  call_.trace,    call_.user_agent};
  invoker_.Invoke(std::move(invocation), [self = shared_from_this(),
                                          step = std::move(step)](api::Outcome outcome) mutable {
    self->Finished(std::move(step), std::move(outcome));
  });
}

void PackApplication::Finished(response::Step step, api::Outcome outcome) {
  if (outcome.ok()) {
    Note(step, "done");
  } else if (!step.if_error.empty() && outcome.error->code() == step.if_error) {
    Note(step, "there already");
    steps_.insert(steps_.begin(), std::make_move_iterator(step.otherwise.begin()),
                  std::make_move_iterator(step.otherwise.end()));
  } else {
    return reply_(
        {{},
         api::Error(outcome.error->code(), step.service + ":" + step.operation + " of " +
                                               NameOf(step) + ": " + outcome.error->message())});
  }
  Next();
}

void PackApplication::Note(const response::Step& step, std::string_view result) {
  json::Object entry{{"Service", step.service}, {"Operation", step.operation}, {"Result", result}};
  json::SetIfNotEmpty(entry, "Name", NameOf(step));
  done_.push_back(std::move(entry));
}

}  // namespace riposte::native
