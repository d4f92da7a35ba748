// Lines for log groups: taken in at any rate, written within a second, counted by metric filters.
//
// Data path:     functions, targets -> Append (memory) -> within a second, one write -> store
//                PutLogEvents -> Ingest (in the call's own transaction) -> store
// Thread safety: Append and Flush, any thread; Ingest on its transaction's thread.
// Cost:          Append about 0.3 µs and the copy of the line.
// Appending creates the group and the stream when they are missing, as the services that write
// logs do. Order within a stream is kept.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "api/sinks.h"
#include "observe/log_tables.h"
#include "observe/metrics.h"
#include "observe/write_behind.h"

namespace riposte::observe {

class Logs final : public api::LogSink {
 public:
  static constexpr size_t kMaxLineBytes = 256 * 1024;  ///< A longer line is cut.
  /// What may wait in memory while the store is slow; lines beyond it are dropped, and counted in
  /// a line of their own.
  static constexpr size_t kMaxBufferedBytes = 64 * 1024 * 1024;

  Logs(store::Store& store, Executor& loop, const Clock& clock, const telemetry::Log& log,
       Metrics& metrics);

  void Append(const Scope& scope, const std::string& group, const std::string& stream,
              TimePoint time, std::string message) override;
  /// See WriteBehind::Flush: call it before reading.
  void Flush(Task done) { buffer_.Flush(std::move(done)); }

  /// Stores `events` and feeds the metric filters of the group, as durable as `tx`.
  void Ingest(store::Transaction& tx, const LogGroup& group, const LogStream& stream,
              std::span<const LogEvent> events, TimePoint now);

  void Stop() { buffer_.FlushAndWait(); }  ///< Writes what is in memory. Not on the writer thread.
  void Reset() { buffer_.Clear(); }

 private:
  struct Line {
    Scope scope;
    std::string group, stream;
    LogEvent event;
  };
  struct Buffer {
    std::vector<Line> lines;
    size_t bytes = 0;
    size_t dropped = 0;
  };
  void Write(store::Transaction& tx, const Buffer& buffer);
  void ApplyMetricFilters(store::Transaction& tx, const LogGroup& group,
                          std::span<const LogEvent> events);

  const Clock& clock_;
  const telemetry::Log& log_;
  Metrics& metrics_;
  WriteBehind<Buffer> buffer_;
};

}  // namespace riposte::observe
