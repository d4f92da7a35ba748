// Which code does a name mean right now? Functions, versions and aliases as the invoke path needs
// them: resolved specs, kept in memory until the function changes.
//
// Data path:     Invoke -> Catalog::Find -> Runner::Invoke
// Thread safety: any thread. Find reads the store on a miss only.
// Names:         "name", "name:qualifier", "account:function:name", or an ARN with or without
//                qualifier (developer guide, "Lambda function names").
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "functions/spec.h"
#include "functions/tables.h"
#include "store/store.h"

namespace riposte::functions {

/// What a FunctionName parameter says.
struct FunctionRef {
  Scope scope;
  std::string name;
  std::string qualifier;                           ///< Version, alias, or "".
  [[nodiscard]] std::string Arn() const;           ///< Without qualifier.
  [[nodiscard]] std::string QualifiedArn() const;  ///< With it, when there is one.
};

/// `scope` fills in what the name leaves out. Errors: kInvalidArgument.
[[nodiscard]] Result<FunctionRef> ParseFunctionRef(std::string_view text, const Scope& scope);

/// The spec that a version's configuration document describes.
[[nodiscard]] FunctionSpec MakeSpec(const Scope& scope, const json::Object& config,
                                    std::optional<int> reserved_concurrency);

class Catalog {
 public:
  Catalog(store::Store& store, Random& random) : store_(store), random_(random) {}

  /// Errors: kNotFound, with the service's message.
  [[nodiscard]] Result<std::shared_ptr<const FunctionSpec>> Find(const FunctionRef& ref);
  /// From a Write handler: forgets the function when `tx` commits.
  void ForgetOnCommit(store::Transaction& tx, const Scope& scope, std::string_view name);
  void Reset();  ///< Forgets everything.
  /// The bytes of a package. Errors: kNotFound.
  [[nodiscard]] Result<std::string> LoadPackage(const std::string& sha256_base64);

 private:
  /// What a qualifier stands for: one version, or two by weight.
  struct Resolved {
    std::shared_ptr<const FunctionSpec> primary;
    std::shared_ptr<const FunctionSpec> additional;
    double additional_weight = 0;
  };
  [[nodiscard]] Result<Resolved> Load(const FunctionRef& ref);
  [[nodiscard]] std::shared_ptr<const FunctionSpec> Pick(const Resolved& resolved);

  store::Store& store_;
  Random& random_;
  std::mutex mutex_;
  /// Goes up with every change, so that a load that began before it is not kept.
  uint64_t generation_ = 0;
  std::map<std::string, std::map<std::string, Resolved>> cache_;  ///< ARN -> qualifier.
};

}  // namespace riposte::functions
