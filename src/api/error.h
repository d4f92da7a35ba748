// The error that a caller sees: an AWS error code, a message, and where needed an HTTP status.
//
// Handlers throw it; api::Pipeline is the one place that turns it (and everything else that can
// go wrong) into a reply. The model of the operation gives the status and the query-protocol code
// of a modelled error, so most throws name only code and message.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "base/result.h"
#include "json/json.h"

namespace riposte::api {

class Error : public std::exception {
 public:
  /// `code` is the error's shape name or code, exactly as clients test it.
  Error(std::string code, std::string message, int http_status = 0, json::Object fields = {})
      : code_(std::move(code)),
        message_(std::move(message)),
        http_status_(http_status),
        fields_(std::move(fields)) {}
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
  [[nodiscard]] const std::string& code() const { return code_; }
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] int http_status() const { return http_status_; }  ///< 0: the model's, else 400.
  [[nodiscard]] const json::Object& fields() const { return fields_; }  ///< Extra error members.

 private:
  std::string code_;
  std::string message_;
  int http_status_;
  json::Object fields_;
};

/// The generic AWS error of an internal kind, for what no handler has named: exhaustive.
[[nodiscard]] Error ToApiError(const riposte::Error& error);
/// Throws ToApiError(result.error()) when there is one, else yields the value.
template <class T>
T OrThrow(Result<T> result) {
  if (!result) throw ToApiError(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace riposte::api
