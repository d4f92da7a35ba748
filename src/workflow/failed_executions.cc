#include "workflow/failed_executions.h"

#include <utility>

namespace riposte::workflow {

using delivery::Work;

void FailedExecutions::Ended(store::Transaction& tx, const Execution& execution,
                             const Failure& failure) {
  // Its start was a hop, and one more led there: a person's call is none.
  if (execution.trace.hops < 2) return;
  Work work;
  work.kind = kKind;
  work.scope = execution.scope;
  work.source_arn = failure.execution_arn;
  work.target_arn = failure.definition_arn;
  work.detail = {{"execution_id", execution.id}, {"status", execution.status}};
  work.trace = execution.trace;
  --work.trace.hops;  // Its next start is the same hop again.
  work.created = work.due = execution.started;
  work.attempts = 1;
  letters_.Add(tx, std::move(work), delivery::Result::Dead(kErrorCode, failure.message),
               execution.ended);
}

riposte::Result<std::string> FailedExecutions::Restart(store::Transaction& tx, const Work& work) {
  const std::string id(json::GetString(work.detail, "execution_id"));
  // The same for every attempt of one redrive.
  return engine_.Restart(tx, id, "again-" + id + "-" + std::to_string(ToMillis(work.created)));
}

bool FailedExecutions::DeliverWithin(store::Transaction& tx, const Work& work) {
  return Restart(tx, work).has_value();
}

void FailedExecutions::Deliver(const Work& work, Completion completion) {
  struct Job {
    riposte::Result<std::string> started = std::string();
    Completion completion;
  };
  auto job = std::make_shared<Job>();
  job->completion = std::move(completion);
  store_.Write([this, work, job](store::Transaction& tx) { job->started = Restart(tx, work); },
               [job](std::exception_ptr failure) {
                 using Outcome = delivery::Result;
                 if (failure) {
                   return job->completion(Outcome::Retry("INTERNAL", "it could not be stored"));
                 }
                 if (job->started) return job->completion(Outcome::Done());
                 const Error& error = job->started.error();
                 const bool later = error.code == Code::kLimitExceeded && error.detail != "hops";
                 job->completion(later ? Outcome::Retry("THROTTLING", error.message)
                                       : Outcome::Dead("NO_RESOURCE", error.message));
               });
}

delivery::Target::DeadLetter FailedExecutions::MakeDeadLetter(const Work& work,
                                                              const delivery::Result& last,
                                                              const std::string& exhausted) const {
  return {json::Serialize(work.detail),
          {{"ERROR_CODE", last.error_code},
           {"ERROR_MESSAGE", last.error_message},
           {"EXHAUSTED_RETRY_CONDITION", exhausted}}};
}

}  // namespace riposte::workflow
