// What is there: the operations that only read.
#include "services/lambda/common.h"
#include "services/lambda/lambda_service.h"

namespace riposte::lambda {

using functions::FunctionRef;
namespace tables = functions::tables;

namespace {

constexpr int kPage = 50;

/// A marker is "name:number" of the last item shown.
std::pair<std::string, int64_t> ParseMarker(std::string_view marker) {
  if (marker.empty()) return {"", -1};
  const size_t colon = marker.rfind(':');
  if (colon == std::string_view::npos) throw InvalidParameter("Invalid Marker.");
  const std::string_view number = marker.substr(colon + 1);
  const int64_t value = number == "0" ? 0 : tables::VersionNumber(number);
  if (number.empty() || value < 0) throw InvalidParameter("Invalid Marker.");
  return {std::string(marker.substr(0, colon)), value};
}

std::string MarkerOf(const json::Object& config) {
  return std::string(json::GetString(config, "FunctionName")) + ":" +
         std::to_string(tables::VersionNumber(json::GetString(config, "Version")));
}

/// A page of at most `limit` of `items`, which hold one more when there is a next page.
json::Value Page(std::vector<json::Object> items, const char* name, int limit) {
  json::Object out;
  if (items.size() > static_cast<size_t>(limit)) {
    items.resize(static_cast<size_t>(limit));
    out["NextMarker"] = MarkerOf(items.back());
  }
  json::Array list;
  for (json::Object& item : items) {
    if (json::GetString(item, "Version") == functions::kLatest &&
        std::string_view(name) == "Versions") {
      item["FunctionArn"] =
          std::string(json::GetString(item, "FunctionArn")) + ":" + std::string(functions::kLatest);
    }
    list.push_back(std::move(item));
  }
  out[name] = std::move(list);
  return out;
}

}  // namespace

json::Value LambdaService::GetFunction(const api::Call& call, Tx& tx) {
  const FunctionRef ref = RefOf(call);
  const tables::Function function = RequireFunction(tx, ref);
  json::Object out = {{"Configuration", RequireConfig(tx, ref)},
                      {"Code", json::Object{{"RepositoryType", "S3"}}}};
  if (!function.tags.empty()) out["Tags"] = function.tags;
  if (function.reserved_concurrency) {
    out["Concurrency"] =
        json::Object{{"ReservedConcurrentExecutions", *function.reserved_concurrency}};
  }
  return out;
}

json::Value LambdaService::GetFunctionConfiguration(const api::Call& call, Tx& tx) {
  const FunctionRef ref = RefOf(call);
  (void)RequireFunction(tx, ref);
  return RequireConfig(tx, ref);
}

json::Value LambdaService::ListFunctions(const api::Call& call, Tx& tx) {
  const int limit = MaxItems(call, kPage);
  const auto [name, number] = ParseMarker(json::GetString(call.input, "Marker"));
  if (json::GetString(call.input, "FunctionVersion") == "ALL") {
    return Page(tables::ListAllVersions(tx, call.scope, name, number, limit + 1), "Functions",
                limit);
  }
  return Page(tables::ListLatest(tx, call.scope, name, limit + 1), "Functions", limit);
}

json::Value LambdaService::ListVersionsByFunction(const api::Call& call, Tx& tx) {
  const FunctionRef ref = UnqualifiedRefOf(call);
  (void)RequireFunction(tx, ref);
  const int limit = MaxItems(call, kPage);
  const int64_t after = ParseMarker(json::GetString(call.input, "Marker")).second;
  return Page(tables::ListVersions(tx, ref.scope, ref.name, after, limit + 1), "Versions", limit);
}

json::Value LambdaService::GetAccountSettings(const api::Call& call, Tx& tx) {
  const Limits& limits = parts_.limits;
  const int64_t reserved = tables::ReservedConcurrency(tx, call.scope, "");
  return json::Object{
      {"AccountLimit",
       json::Object{{"TotalCodeSize", limits.total_code_bytes},
                    {"CodeSizeUnzipped", limits.package.max_unzipped_bytes},
                    {"CodeSizeZipped", limits.package.max_zipped_bytes},
                    {"ConcurrentExecutions", limits.concurrent_executions},
                    {"UnreservedConcurrentExecutions", limits.concurrent_executions - reserved}}},
      {"AccountUsage", json::Object{{"TotalCodeSize", tables::TotalCodeSize(tx, call.scope)},
                                    {"FunctionCount", tables::CountFunctions(tx, call.scope)}}}};
}

}  // namespace riposte::lambda
