// Previews: what an execution would do, how many targets it would have, and where, without it.
//
// Data path: StartExecutionPreview -> target locations, where they lie in a file -> document and
// targets over a snapshot -> targets found by tag or group, place by place, as whom the execution
// would find them -> the result as a row -> reply. So a preview that has an id has its end, too.
// Whom: the caller; with target locations, the execution itself (the document's role, else the
// caller), and in other accounts the location's role, which it takes on. A place that cannot be
// looked at fails the preview. Source: spec 2.9. Thread rule: as api/registry.h says.
#pragma once

#include "api/invoker.h"
#include "api/registry.h"
#include "services/ssm/ssm.h"
#include "workflow/automation/action.h"

namespace riposte::ssm {

class Previews {
 public:
  struct Parts {
    store::Store& store;
    api::Invoker& invoker;
    Random& random;
    automation::FindApi find_api;
    const wire::Catalog& catalog;
    const SsmService& documents;
  };
  explicit Previews(Parts parts) : parts_(std::move(parts)) {}
  void Register(api::Registry& registry);

 private:
  class Search;

  void StartExecutionPreview(api::SharedCall call, api::Reply reply);
  json::Value GetExecutionPreview(const api::Call& call, store::Transaction& tx);

  Parts parts_;
};

}  // namespace riposte::ssm
