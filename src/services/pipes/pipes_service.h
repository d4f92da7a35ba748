// The EventBridge Pipes API.
//
// Data path:     api::Pipeline -> PipesService -> tables; PipeRunner hears of each change
// Thread safety: as api/registry.h says. Source: "Amazon EventBridge Pipes API Reference".
#pragma once

#include <span>

#include "access/authorizer.h"
#include "api/registry.h"
#include "services/pipes/pipe_runner.h"
#include "services/pipes/tables.h"
#include "wire/catalog.h"

namespace riposte::pipes {

class PipesService {
 public:
  struct Options {
    int64_t max_pipes = 1000;
    int64_t max_tags = 50;
    bool authorize = true;  ///< false: serve --open; nobody asks who may pass a role.
  };
  struct Parts {
    PipeRunner& runner;
    const wire::Catalog& catalog;
    const access::Authorizer& authorizer;
  };
  PipesService(const Options& options, const Parts& parts) : options_(options), parts_(parts) {}

  [[nodiscard]] static std::span<const store::Migration> Migrations() {
    return tables::Migrations();
  }
  void Register(api::Registry& registry);

 private:
  using Call = api::Call;
  using Tx = store::Transaction;

  json::Value CreatePipe(const Call& call, Tx& tx);
  json::Value DescribePipe(const Call& call, Tx& tx);
  json::Value UpdatePipe(const Call& call, Tx& tx);
  json::Value DeletePipe(const Call& call, Tx& tx);
  json::Value ListPipes(const Call& call, Tx& tx);
  json::Value StartPipe(const Call& call, Tx& tx);
  json::Value StopPipe(const Call& call, Tx& tx);
  json::Value TagResource(const Call& call, Tx& tx);
  json::Value UntagResource(const Call& call, Tx& tx);
  json::Value ListTagsForResource(const Call& call, Tx& tx);

  void Check(const Call& call, const Pipe& pipe) const;
  json::Value SetState(const Call& call, Tx& tx, const char* desired, const char* state);
  json::Value Save(Tx& tx, const Pipe& pipe);
  void AddTags(Tx& tx, const std::string& arn, const json::Object& tags) const;

  Options options_;
  Parts parts_;
};

}  // namespace riposte::pipes
