// The engine's own log: one line a record, UTC RFC 3339, text or JSON, on standard error.
//
// Values go in as fields, never into the message, so that event data cannot forge a record:
//   log.Info("rule target failed", {{"rule", arn}, {"attempt", attempts}});
// Thread safety: a Log may be used from any thread. Cost: about 2 µs a line that is written.
#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace riposte::telemetry {

enum class Level { kDebug, kInfo, kWarning, kError };

/// A named value; numbers are turned into text by the constructors.
struct Field {
  std::string_view name;
  std::string value;
  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const std::string& v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(v) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  Field(std::string_view n, Number v) : name(n), value(std::to_string(v)) {}
};

class Log {
 public:
  struct Options {
    Level level = Level::kInfo;
    bool as_json = false;
    bool silent = false;  ///< For tests.
  };
  explicit Log(const Options& options);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void Debug(std::string_view message, std::initializer_list<Field> fields = {}) const;
  void Info(std::string_view message, std::initializer_list<Field> fields = {}) const;
  void Warning(std::string_view message, std::initializer_list<Field> fields = {}) const;
  void Error(std::string_view message, std::initializer_list<Field> fields = {}) const;

 private:
  void Write(Level level, std::string_view message, std::initializer_list<Field> fields) const;

  Options options_;
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace riposte::telemetry
