// The audit trail: a record for every operation, chained by hash.
//
// Data path:     api::Pipeline -> Record (in the call's own commit), or
//                api::Pipeline -> RecordLater (memory) -> within a second, one write -> store
//                LookupEvents -> Flush -> Lookup
// Thread safety: all methods, any thread; those with a Transaction on its thread.
// Cost:          RecordLater of a call without shown parameters (the data plane) about 0.5 µs; with
//                parameters their copy. Record: one row, about 10 µs.
//
// Each row holds the hash of the row before it; a row's hash is SHA-256 over that and its own
// columns, so that a row which is changed, taken out or put in breaks the chain (Verify). Removing
// the oldest rows, as retention does, leaves the rest verifiable.
// Calls of the data plane that differ only in time and request share one row, a chunk: the record
// once, and time and request id of each call in a compact form. Lookup shows them one by one.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "api/sinks.h"
#include "observe/audit_record.h"
#include "observe/write_behind.h"

namespace riposte::observe {

class Audit final : public api::AuditSink {
 public:
  /// `catalog` may be null (tests): then no parameters are shown.
  Audit(store::Store& store, Executor& loop, const Clock& clock, const telemetry::Log& log,
        const wire::Catalog* catalog);

  void Record(store::Transaction& tx, const api::AuditRecord& record) override;
  void RecordLater(const api::AuditRecord& record) override;
  /// See WriteBehind::Flush: call it before Lookup.
  void Flush(Task done) { buffer_.Flush(std::move(done)); }

  struct Event {
    std::string id, name, source, user, access_key_id;
    TimePoint time;
    bool readonly = false;
    std::vector<std::string> resources;  ///< ARNs.
    std::string record;                  ///< The whole record, a JSON text.
  };
  /// Where a page ended; {0, 0} is the newest.
  struct Cursor {
    int64_t row = 0;
    int64_t index = 0;  ///< Within a chunk.
  };
  struct Query {
    Scope scope;
    TimePoint from = FromMillis(0);
    TimePoint to = FromMillis(INT64_MAX / 2);
    std::string attribute;  ///< "EventName", "Username", … as LookupEvents names them; "" is none.
    std::string value;
    size_t limit = 50;
    Cursor after;
  };
  struct Page {
    std::vector<Event> events;  ///< Newest first.
    Cursor next;
    bool more = false;  ///< The scan stopped before the end; `events` may be few or none.
  };
  [[nodiscard]] static Page Lookup(store::Transaction& tx, const Query& query);

  struct Verification {
    int64_t rows = 0;
    int64_t calls = 0;
    int64_t broken_row = 0;  ///< Id of the first row that does not fit; 0 when all do.
  };
  [[nodiscard]] static Verification Verify(store::Transaction& tx);

  void Stop() { buffer_.FlushAndWait(); }  ///< Writes what is in memory. Not on the writer thread.
  void Reset() { buffer_.Clear(); }

 private:
  struct Single {
    AuditHead head;
    json::Value request;
    TimePoint time;
    std::string request_id;
  };
  struct Entry {
    TimePoint time;
    uint8_t size = 0;
    std::array<char, 39> request_id;
  };
  struct Chunk {
    AuditHead head;
    std::vector<Entry> entries;
  };
  struct Buffer {
    std::vector<Single> singles;
    std::unordered_map<std::string, Chunk> chunks;
    size_t weight = 0;
  };
  [[nodiscard]] const wire::OperationModel* Model(const api::Call& call) const;
  void Write(store::Transaction& tx, const Buffer& buffer) const;
  static void Insert(store::Transaction& tx, const AuditHead& head, TimePoint first, TimePoint last,
                     int64_t calls, const json::Object& record, std::string_view chunk);
  static void AddToTimeline(store::Transaction& tx, const AuditHead& head, TimePoint time,
                            const std::string& event_id);

  const wire::Catalog* catalog_;
  WriteBehind<Buffer> buffer_;
};

}  // namespace riposte::observe
