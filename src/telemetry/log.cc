#include "telemetry/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "json/json.h"

namespace riposte::telemetry {

struct Log::Sink {
  std::shared_ptr<spdlog::logger> logger;
};

namespace {

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// A value fits on its line: quoted when it holds anything that could be taken for structure.
std::string Quote(const std::string& value) {
  const bool plain = !value.empty() && value.find_first_of(" =\"\\\n\r\t") == std::string::npos &&
                     value.find_first_of('\x1b') == std::string::npos;
  return plain ? value : boost::json::serialize(json::Value(value));
}

}  // namespace

Log::Log(const Options& options) : options_(options), sink_(std::make_unique<Sink>()) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink_->logger = std::make_shared<spdlog::logger>("riposte", std::move(sink));
  sink_->logger->set_level(options.silent ? spdlog::level::off : ToSpdlog(options.level));
  sink_->logger->flush_on(spdlog::level::debug);
  sink_->logger->set_pattern(options.as_json ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                             spdlog::pattern_time_type::utc);
}

Log::~Log() = default;

void Log::Write(Level level, std::string_view message, std::initializer_list<Field> fields) const {
  const auto spd_level = ToSpdlog(level);
  if (!sink_->logger->should_log(spd_level)) return;
  if (options_.as_json) {
    json::Object record;
    record["level"] = std::string_view(spdlog::level::to_string_view(spd_level).data(),
                                       spdlog::level::to_string_view(spd_level).size());
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    record["time_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    record["message"] = message;
    for (const Field& field : fields) record[field.name] = field.value;
    sink_->logger->log(spd_level, json::Serialize(record));
    return;
  }
  std::string line(message);
  for (const Field& field : fields) {
    line += ' ';
    line += field.name;
    line += '=';
    line += Quote(field.value);
  }
  sink_->logger->log(spd_level, line);
}

void Log::Debug(std::string_view message, std::initializer_list<Field> fields) const {
  Write(Level::kDebug, message, fields);
}
void Log::Info(std::string_view message, std::initializer_list<Field> fields) const {
  Write(Level::kInfo, message, fields);
}
void Log::Warning(std::string_view message, std::initializer_list<Field> fields) const {
  Write(Level::kWarning, message, fields);
}
void Log::Error(std::string_view message, std::initializer_list<Field> fields) const {
  Write(Level::kError, message, fields);
}

}  // namespace riposte::telemetry
