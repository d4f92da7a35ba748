// Applying a pack: its steps one after another, each as the caller.
#pragma once

#include <deque>
#include <memory>

#include "api/invoker.h"
#include "response/compile.h"

namespace riposte::native {

/// Runs `steps` in order and replies with what became of each, or with the first error that no
/// step expected (what was applied before it stays: applying again completes it).
/// Keeps itself alive until then.
class PackApplication : public std::enable_shared_from_this<PackApplication> {
 public:
  PackApplication(api::Invoker& invoker, api::Call call, std::vector<response::Step> steps,
                  json::Object result, api::Reply reply);
  void Next();

 private:
  void Finished(response::Step step, api::Outcome outcome);
  void Note(const response::Step& step, std::string_view result);

  api::Invoker& invoker_;
  api::Call call_;
  std::deque<response::Step> steps_;
  json::Object result_;
  json::Array done_;
  api::Reply reply_;
};

/// What a step is about: the name in its input.
[[nodiscard]] std::string NameOf(const response::Step& step);

}  // namespace riposte::native
