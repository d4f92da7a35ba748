#include "app/testing/harness.h"

#include <filesystem>
#include <stdexcept>

namespace riposte::app::testing {

void FakeHttpClient::Send(http::OutgoingRequest request, Completion completion) {
  sent.push_back(request);
  completion(answer ? answer(request) : Result<http::Response>(http::Response{}));
}

Harness::Harness() : Harness(Options()) {}

Harness::Harness(const Options& options) : options_(options), log_({.silent = true}) {
  if (options_.config.account == AccountId("000000000000")) {
    options_.config.account = AccountId("123456789012");
  }
  options_.config.region = Region("eu-west-1");
  options_.config.open = !options_.authorize;
  scope_ = {options_.config.account, options_.config.region};
  if (options_.durable) {
    std::string pattern = (std::filesystem::temp_directory_path() / "riposte-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    options_.config.data_dir = folder_;
  }
  if (!options_.folder.empty()) options_.config.data_dir = options_.folder;
  Build();
}

Harness::~Harness() {
  engine_.reset();
  if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

void Harness::Build() {
  static const wire::Catalog catalog;  // The same for every engine of the process.
  http::Client& network = options_.network ? *options_.network : http;
  const World world{clock,
                    random,
                    loop,
                    network,
                    log_,
                    /*provider_http=*/nullptr,
                    /*threaded=*/false,
                    options_.runner ? options_.runner : &functions,
                    options_.script_runner ? options_.script_runner : &scripts,
                    &catalog,
                    options_.store_vfs};
  auto engine = Engine::Create(options_.config, world);
  if (!engine) throw std::runtime_error("engine: " + engine.error().message);
  engine_ = std::move(*engine);
  if (options_.start) engine_->Start();
  loop.RunUntilIdle();
}

void Harness::Restart(const std::function<void()>& between) {
  if (options_.config.data_dir.empty()) {
    throw std::logic_error("Restart needs Options::durable");
  }
  engine_.reset();
  loop.Clear();
  if (between) between();
  Build();
}

api::Outcome Harness::TryCallAs(const access::Principal& who, const std::string& service,
                                const std::string& operation, json::Object input) {
  auto result = std::make_shared<std::optional<api::Outcome>>();
  engine_->pipeline().Invoke({service, operation, std::move(input), who, scope_, {}, "harness"},
                             [result](api::Outcome outcome) { *result = std::move(outcome); });
  loop.RunUntilIdle();
  if (!*result) throw std::runtime_error(service + ":" + operation + " did not reply");
  return std::move(**result);
}

std::string Harness::CallFromOutside(const std::string& service, const std::string& operation,
                                     json::Object input) {
  auto result = std::make_shared<std::optional<api::Outcome>>();
  api::Invocation call{
      service, operation, std::move(input), access::Principal::Root(scope_.account),
      scope_,  {},        "harness"};
  call.internal = false;
  engine_->pipeline().Invoke(std::move(call),
                             [result](api::Outcome outcome) { *result = std::move(outcome); });
  loop.RunUntilIdle();
  if (!*result) throw std::runtime_error(service + ":" + operation + " did not reply");
  return (*result)->ok() ? "" : (*result)->error->code();
}

api::Outcome Harness::TryCall(const std::string& service, const std::string& operation,
                              json::Object input, Millis patience) {
  auto result = std::make_shared<std::optional<api::Outcome>>();
  engine_->pipeline().Invoke({service,
                              operation,
                              std::move(input),
                              access::Principal::Root(scope_.account),
                              scope_,
                              {},
                              "harness"},
                             [result](api::Outcome outcome) { *result = std::move(outcome); });
  loop.RunUntilIdle();
  const TimePoint limit = clock.Now() + patience;
  while (!*result && clock.Now() < limit && loop.pending() > 0) AdvanceTime(Millis(500));
  if (!*result) throw std::runtime_error(service + ":" + operation + " did not reply");
  return std::move(**result);
}

json::Object Harness::Call(const std::string& service, const std::string& operation,
                           json::Object input) {
  api::Outcome outcome = TryCall(service, operation, std::move(input));
  if (!outcome.ok()) {
    throw std::runtime_error(service + ":" + operation + ": " + outcome.error->code() + ": " +
                             outcome.error->message());
  }
  return outcome.output.is_object() ? outcome.output.as_object() : json::Object();
}

std::string Harness::CallError(const std::string& service, const std::string& operation,
                               json::Object input) {
  const api::Outcome outcome = TryCall(service, operation, std::move(input));
  return outcome.ok() ? "" : outcome.error->code();
}

void Harness::AdvanceTime(Millis by) {
  loop.Advance(by);
}
void Harness::RunUntilIdle() {
  loop.RunUntilIdle();
}

}  // namespace riposte::app::testing
