// HTTP requests and replies as plain values, for servers and clients alike. No Asio here.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riposte::http {

/// Header fields in order; names compare without case.
class Headers {
 public:
  void Add(std::string_view name, std::string_view value) { list_.emplace_back(name, value); }
  void Set(std::string_view name, std::string_view value);  ///< Replaces every value.
  void Remove(std::string_view name);
  /// The first value, or "" when absent.
  [[nodiscard]] std::string_view Get(std::string_view name) const;
  [[nodiscard]] bool Has(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& list() const {
    return list_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> list_;
};

/// True when the two are equal without regard to ASCII case.
[[nodiscard]] bool EqualsIgnoreCase(std::string_view a, std::string_view b);

struct Request {
  std::string method;  ///< Upper case.
  std::string target;  ///< As sent: path and query, still percent-encoded.
  Headers headers;
  std::string body;
  std::string peer;  ///< Address of the other end without port; "unix" or what Listen() was told.

  [[nodiscard]] std::string_view path() const;   ///< Still encoded, without the query.
  [[nodiscard]] std::string_view query() const;  ///< Without the '?'.
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

}  // namespace riposte::http
