#include "functions/catalog.h"

#include "base/arn.h"

namespace riposte::functions {
namespace {

bool IsName(std::string_view text) {
  return !text.empty() && text.size() <= 140 &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
             std::string_view::npos;
}

bool IsQualifier(std::string_view text) {
  return text == kLatest || IsName(text);
}

}  // namespace

std::string FunctionRef::Arn() const {
  return MakeArn("lambda", scope, "function:" + name);
}

std::string FunctionRef::QualifiedArn() const {
  return qualifier.empty() ? Arn() : Arn() + ":" + qualifier;
}

Result<FunctionRef> ParseFunctionRef(std::string_view text, const Scope& scope) {
  FunctionRef ref{.scope = scope};
  std::string_view rest = text;
  const auto take = [&rest] {
    const size_t colon = std::min(rest.find(':'), rest.size());
    const std::string_view part = rest.substr(0, colon);
    rest.remove_prefix(std::min(colon + 1, rest.size()));
    return part;
  };
  const auto invalid = [&] {
    return Fail(Code::kInvalidArgument, "Invalid function name: " + std::string(text));
  };
  if (text.starts_with("arn:")) {
    Result<riposte::Arn> arn = riposte::Arn::Parse(text);
    if (!arn || arn->service != "lambda" || !arn->resource.starts_with("function:")) {
      return invalid();
    }
    ref.scope = arn->scope();
    rest = text.substr(text.find(":function:") + 10);
  } else if (rest.size() > 13 && rest[12] == ':' && IsAccountId(rest.substr(0, 12))) {
    // Only an ARN may name another account: it is what the call was authorised for.
    if (take() != scope.account.str()) return invalid();
    if (rest.starts_with("function:")) take();
  } else if (rest.starts_with("function:")) {
    take();
  }
  ref.name = take();
  if (!IsName(ref.name)) return invalid();
  if (!rest.empty()) {
    if (!IsQualifier(rest)) return invalid();
    ref.qualifier = rest;
  }
  return ref;
}

FunctionSpec MakeSpec(const Scope& scope, const json::Object& config,
                      std::optional<int> reserved_concurrency) {
  FunctionSpec spec;
  spec.scope = scope;
  spec.name = json::GetString(config, "FunctionName");
  spec.version = json::GetString(config, "Version", kLatest);
  spec.arn = MakeArn("lambda", scope, "function:" + spec.name);
  spec.runtime = json::GetString(config, "Runtime");
  spec.handler = json::GetString(config, "Handler");
  spec.role_arn = json::GetString(config, "Role");
  spec.memory_mb = static_cast<int>(json::GetInt(config, "MemorySize", 128));
  spec.timeout = std::chrono::seconds(json::GetInt(config, "Timeout", 3));
  if (const json::Object* storage = json::GetObject(config, "EphemeralStorage")) {
    spec.ephemeral_storage_mb = static_cast<int>(json::GetInt(*storage, "Size", 512));
  }
  if (const json::Object* environment = json::GetObject(config, "Environment")) {
    if (const json::Object* variables = json::GetObject(*environment, "Variables")) {
      for (const auto& [name, value] : *variables) {
        if (value.is_string()) spec.environment.emplace_back(name, json::View(value));
      }
    }
  }
  spec.code_sha256 = json::GetString(config, "CodeSha256");
  spec.revision = json::GetString(config, "RevisionId");
  spec.log_group = "/aws/lambda/" + spec.name;
  if (const json::Object* logging = json::GetObject(config, "LoggingConfig")) {
    const std::string_view group = json::GetString(*logging, "LogGroup");
    if (!group.empty()) spec.log_group = group;
  }
  spec.reserved_concurrency = reserved_concurrency;
  return spec;
}

Result<Catalog::Resolved> Catalog::Load(const FunctionRef& ref) {
  Resolved out;
  store_.Read([&](store::Transaction& tx) {
    const auto function = tables::FindFunction(tx, ref.scope, ref.name);
    if (!function) return;
    const auto version = [&](std::string_view number) -> std::shared_ptr<const FunctionSpec> {
      const auto config = tables::FindVersion(tx, ref.scope, ref.name, number);
      if (!config) return nullptr;
      return std::make_shared<const FunctionSpec>(
          MakeSpec(ref.scope, *config, function->reserved_concurrency));
    };
    const std::string_view qualifier = ref.qualifier.empty() ? kLatest : ref.qualifier;
    if (tables::VersionNumber(qualifier) >= 0) {
      out.primary = version(qualifier);
      return;
    }
    const auto alias = tables::FindAlias(tx, ref.scope, ref.name, qualifier);
    if (!alias) return;
    out.primary = version(json::GetString(*alias, "FunctionVersion"));
    if (const json::Object* routing = json::GetObject(*alias, "RoutingConfig")) {
      const json::Object* weights = json::GetObject(*routing, "AdditionalVersionWeights");
      if (weights && !weights->empty()) {
        out.additional = version(weights->begin()->key());
        out.additional_weight = json::GetDouble(*weights, weights->begin()->key());
      }
    }
  });
  if (!out.primary) {
    return Fail(Code::kNotFound, "Function not found: " + ref.QualifiedArn());
  }
  return out;
}

std::shared_ptr<const FunctionSpec> Catalog::Pick(const Resolved& resolved) {
  if (!resolved.additional) return resolved.primary;
  const auto draw = static_cast<double>(random_.Below(1'000'000)) / 1'000'000;
  return draw < resolved.additional_weight ? resolved.additional : resolved.primary;
}

Result<std::shared_ptr<const FunctionSpec>> Catalog::Find(const FunctionRef& ref) {
  const std::string arn = ref.Arn();
  uint64_t generation = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto function = cache_.find(arn);
    if (function != cache_.end()) {
      const auto found = function->second.find(ref.qualifier);
      if (found != function->second.end()) return Pick(found->second);
    }
    generation = generation_;
  }
  Result<Resolved> loaded = Load(ref);
  if (!loaded) return std::unexpected(loaded.error());
  const std::lock_guard lock(mutex_);
  if (generation == generation_) cache_[arn][ref.qualifier] = *loaded;
  return Pick(*loaded);
}

void Catalog::ForgetOnCommit(store::Transaction& tx, const Scope& scope, std::string_view name) {
  tx.OnCommit([this, arn = MakeArn("lambda", scope, "function:" + std::string(name))] {
    const std::lock_guard lock(mutex_);
    ++generation_;
    cache_.erase(arn);
  });
}

void Catalog::Reset() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  cache_.clear();
}

Result<std::string> Catalog::LoadPackage(const std::string& sha256_base64) {
  std::optional<std::string> zip;
  store_.Read([&](store::Transaction& tx) { zip = tables::FindPackage(tx, sha256_base64); });
  if (!zip) return Fail(Code::kNotFound, "The code of this function is gone.");
  return std::move(*zip);
}

}  // namespace riposte::functions
