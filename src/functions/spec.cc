#include "functions/spec.h"

#include <algorithm>

#include "json/json.h"

namespace riposte::functions {

std::string ErrorPayload(std::string_view error_type, std::string_view message,
                         std::string_view request_id) {
  json::Object error{{"errorMessage", message}};
  if (!error_type.empty()) error["errorType"] = error_type;
  if (!request_id.empty()) error["requestId"] = request_id;
  return json::Serialize(error);
}

const std::vector<std::string>& SupportedRuntimes() {
  static const std::vector<std::string> runtimes = {
      "nodejs18.x", "nodejs20.x", "nodejs22.x", "python3.8",  "python3.9",
      "python3.10", "python3.11", "python3.12", "python3.13",
  };
  return runtimes;
}

bool IsPython(std::string_view runtime) {
  return runtime.starts_with("python");
}

bool IsNode(std::string_view runtime) {
  return runtime.starts_with("nodejs");
}

}  // namespace riposte::functions
