#include "observe/audit.h"

#include <algorithm>
#include <cstring>

#include "access/crypto.h"
#include "base/encoding.h"
#include "observe/timeline.h"

namespace riposte::observe {
namespace {

/// A page of Lookup looks at this many rows or chunk entries at most: it runs on the loop.
constexpr size_t kMaxScanned = 20'000;
/// Rows stay below some 100 KB.
constexpr size_t kMaxChunkCalls = 4'096;

const std::string& Genesis() {
  static const std::string kZeros(32, '\0');
  return kZeros;
}

std::string LastHash(store::Transaction& tx) {
  return tx.QueryText("SELECT hash FROM observe_audit ORDER BY id DESC LIMIT 1")
      .value_or(Genesis());
}

void AppendField(std::string& out, std::string_view field) {
  out += std::to_string(field.size());
  out += ':';
  out += field;
}

std::string RowHash(std::string_view previous, std::string_view account, std::string_view region,
                    int64_t first_ms, int64_t last_ms, int64_t calls, std::string_view name,
                    std::string_view source, std::string_view record, std::string_view chunk) {
  std::string bytes;
  bytes.reserve(record.size() + chunk.size() + 256);
  // Named: temporaries inside the list of a range-for are gone before its first turn.
  const std::string first = std::to_string(first_ms);
  const std::string last = std::to_string(last_ms);
  const std::string count = std::to_string(calls);
  for (const std::string_view field : std::initializer_list<std::string_view>{
           previous, account, region, first, last, count, name, source, record, chunk}) {
    AppendField(bytes, field);
  }
  return access::Sha256(bytes);
}

void PutVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

bool GetVarint(std::string_view& in, uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

int Nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// The 16 bytes of a UUID; false when the text is no lower-case UUID. Runs once a call of the data
/// plane, so it does not allocate.
bool PackUuid(std::string_view text, std::array<char, 16>& bytes) {
  if (text.size() != 36) return false;
  size_t at = 0;
  for (size_t i = 0; i < text.size();) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i++] != '-') return false;
      continue;
    }
    const int high = Nibble(text[i]);
    const int low = Nibble(text[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[at++] = static_cast<char>(high * 16 + low);
    i += 2;
  }
  return true;
}

std::string UnpackUuid(std::string_view bytes) {
  const std::string hex = HexEncode(bytes);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" +
         hex.substr(16, 4) + "-" + hex.substr(20);
}

/// Chunk format, one entry a call: varint milliseconds since first_ms; varint n; when n is 0 the
/// 16 bytes of a UUID, else n bytes of text: the request id.
void AppendEntry(std::string& chunk, int64_t since_first_ms, std::string_view request_id) {
  PutVarint(chunk, static_cast<uint64_t>(since_first_ms));
  std::array<char, 16> uuid;
  if (PackUuid(request_id, uuid)) {
    PutVarint(chunk, 0);
    chunk.append(uuid.data(), uuid.size());
  } else {
    PutVarint(chunk, request_id.size());
    chunk += request_id;
  }
}

std::vector<std::pair<TimePoint, std::string>> ReadChunk(std::string_view chunk, TimePoint first) {
  std::vector<std::pair<TimePoint, std::string>> out;
  while (!chunk.empty()) {
    uint64_t since = 0;
    uint64_t size = 0;
    if (!GetVarint(chunk, since) || !GetVarint(chunk, size)) break;
    const bool uuid = size == 0;
    if (uuid) size = 16;
    if (chunk.size() < size) break;
    const std::string_view bytes = chunk.substr(0, size);
    chunk.remove_prefix(size);
    out.emplace_back(first + Millis(since), uuid ? UnpackUuid(bytes) : std::string(bytes));
  }
  return out;
}

std::string NestedText(const json::Object& record, const char* outer, const char* inner) {
  const json::Object* object = json::GetObject(record, outer);
  return object ? std::string(json::GetString(*object, inner)) : std::string();
}

Audit::Event MakeEvent(const json::Object& record, TimePoint time) {
  Audit::Event event;
  event.id = json::GetString(record, "eventID");
  event.name = json::GetString(record, "eventName");
  event.source = json::GetString(record, "eventSource");
  event.readonly = json::GetBool(record, "readOnly");
  event.time = time;
  event.access_key_id = NestedText(record, "userIdentity", "accessKeyId");
  const std::string type = NestedText(record, "userIdentity", "type");
  const std::string arn = NestedText(record, "userIdentity", "arn");
  if (type == "Root") {
    event.user = "root";
  } else if (type == "AWSService") {
    event.user = NestedText(record, "userIdentity", "invokedBy");
  } else {
    event.user = arn.substr(std::min(arn.rfind('/') + 1, arn.size()));
  }
  if (const json::Array* resources = json::GetArray(record, "resources")) {
    for (const json::Value& one : *resources) {
      event.resources.emplace_back(json::GetString(one.as_object(), "ARN"));
    }
  }
  return event;
}

/// "vpc" for arn:aws:ec2:…:vpc/vpc-1: what LookupEvents' ResourceType is compared with.
std::string ResourceName(const std::string& arn) {
  const auto parsed = Arn::Parse(arn);
  return parsed ? std::string(parsed->ResourceName()) : arn;
}

bool Wanted(const Audit::Query& query, const Audit::Event& event) {
  const std::string& value = query.value;
  if (query.attribute.empty()) return true;
  if (query.attribute == "EventName") return event.name == value;
  if (query.attribute == "EventSource") return event.source == value;
  if (query.attribute == "EventId") return event.id == value;
  if (query.attribute == "Username") return event.user == value;
  if (query.attribute == "AccessKeyId") return event.access_key_id == value;
  if (query.attribute == "ReadOnly") return value == (event.readonly ? "true" : "false");
  if (query.attribute == "ResourceName") {
    return std::any_of(event.resources.begin(), event.resources.end(),
                       [&](const auto& arn) { return arn == value || ResourceName(arn) == value; });
  }
  if (query.attribute == "ResourceType") {
    return std::any_of(event.resources.begin(), event.resources.end(), [&](const auto& arn) {
      const auto parsed = Arn::Parse(arn);
      return parsed && value.size() > 5 &&
             std::equal(
                 parsed->service.begin(), parsed->service.end(), value.begin() + 5,
                 value.begin() + 5 +
                     static_cast<int64_t>(std::min(parsed->service.size(), value.size() - 5)),
                 [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
    });
  }
  return false;
}

}  // namespace

Audit::Audit(store::Store& store, Executor& loop, const Clock& clock, const telemetry::Log& log,
             const wire::Catalog* catalog)
    : catalog_(catalog),
      buffer_({.name = "audit", .flush_at = 20'000}, store, loop, clock, log,
              [this](store::Transaction& tx, const Buffer& buffer) { Write(tx, buffer); }) {}

const wire::OperationModel* Audit::Model(const api::Call& call) const {
  const wire::ServiceModel* service = catalog_ ? catalog_->Find(call.service) : nullptr;
  if (!service) return nullptr;
  const auto at = service->operations.find(call.operation);
  return at == service->operations.end() ? nullptr : &at->second;
}

void Audit::Record(store::Transaction& tx, const api::AuditRecord& record) {
  const api::Call& call = *record.call;
  const wire::OperationModel* model = Model(call);
  const AuditHead head = MakeHead(record);
  const std::string event_id = EventId(call.request_id, call.service, call.operation);
  json::Object document = MakeRecord(
      head, model ? Presentable(model->input, call.input) : json::Value(),
      model && record.output ? Presentable(model->output, *record.output) : json::Value());
  Complete(document, call.now, call.request_id, event_id);
  Insert(tx, head, call.now, call.now, 1, document, {});
  AddToTimeline(tx, head, call.now, event_id);
}

void Audit::RecordLater(const api::AuditRecord& record) {
  const api::Call& call = *record.call;
  const bool shown = !record.data_plane && !call.input.empty();
  const bool alike = !shown && record.error_code.empty() && !record.output &&
                     (call.trace.correlation.empty() || record.data_plane) &&
                     !call.trace.in_incident() &&
                     call.request_id.size() <= Entry{}.request_id.size();
  if (!alike) {
    const wire::OperationModel* model = shown ? Model(call) : nullptr;
    Single single{MakeHead(record), model ? Presentable(model->input, call.input) : json::Value(),
                  call.now, call.request_id};
    buffer_.Add([&](Buffer& buffer) {
      buffer.singles.push_back(std::move(single));
      return buffer.weight += 10;
    });
    return;
  }
  thread_local std::string key;
  key.clear();
  const auto add = [](std::string_view part) {
    key.append(part);
    key.push_back('\x1f');
  };
  add(call.scope.account.str());
  add(call.scope.region.str());
  add(call.service);
  add(call.operation);
  add(call.caller.arn);
  add(call.caller.id);
  add(call.caller.access_key_id);
  add(call.caller.source_arn);
  add(call.source_ip);
  add(call.user_agent);
  add(record.evidence);
  for (const std::string& resource : record.resources) add(resource);
  Entry entry;
  entry.time = call.now;
  entry.size = static_cast<uint8_t>(call.request_id.size());
  std::memcpy(entry.request_id.data(), call.request_id.data(), call.request_id.size());
  buffer_.Add([&](Buffer& buffer) {
    const auto [at, created] = buffer.chunks.try_emplace(key);
    if (created) {
      at->second.head = MakeHead(record);
      at->second.head.correlation.clear();  // Each call has its own.
      buffer.weight += 10;
    }
    at->second.entries.push_back(entry);
    return ++buffer.weight;
  });
}

void Audit::Write(store::Transaction& tx, const Buffer& buffer) const {
  for (const Single& single : buffer.singles) {
    const std::string event_id =
        EventId(single.request_id, single.head.service, single.head.operation);
    json::Object record = MakeRecord(single.head, single.request, nullptr);
    Complete(record, single.time, single.request_id, event_id);
    Insert(tx, single.head, single.time, single.time, 1, record, {});
    if (!single.head.readonly || !single.head.error_code.empty()) {
      AddToTimeline(tx, single.head, single.time, event_id);
    }
  }
  for (const auto& [key, chunk] : buffer.chunks) {
    const json::Object record = MakeRecord(chunk.head, nullptr, nullptr);
    std::vector<Entry> entries = chunk.entries;
    std::stable_sort(entries.begin(), entries.end(),
                     [](const Entry& a, const Entry& b) { return a.time < b.time; });
    for (size_t at = 0; at < entries.size(); at += kMaxChunkCalls) {
      const size_t end = std::min(entries.size(), at + kMaxChunkCalls);
      const TimePoint first = entries[at].time;
      std::string packed;
      packed.reserve((end - at) * 20);
      for (size_t i = at; i < end; ++i) {
        AppendEntry(packed, (entries[i].time - first).count(),
                    {entries[i].request_id.data(), entries[i].size});
      }
      Insert(tx, chunk.head, first, entries[end - 1].time, static_cast<int64_t>(end - at), record,
             packed);
    }
  }
}

void Audit::Insert(store::Transaction& tx, const AuditHead& head, TimePoint first, TimePoint last,
                   int64_t calls, const json::Object& record, std::string_view chunk) {
  const std::string previous = LastHash(tx);
  const std::string text = json::Serialize(record);
  const std::string source = EventSource(head.service);
  const std::string hash =
      RowHash(previous, head.scope.account.str(), head.scope.region.str(), ToMillis(first),
              ToMillis(last), calls, head.operation, source, text, chunk);
  tx.Execute(
      "INSERT INTO observe_audit (account, region, first_ms, last_ms, calls, event_name,"
      " event_source, record, chunk, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {head.scope.account.str(), head.scope.region.str(), first, last, calls, head.operation,
       source, text, store::Blob{chunk}, store::Blob{previous}, store::Blob{hash}});
}

void Audit::AddToTimeline(store::Transaction& tx, const AuditHead& head, TimePoint time,
                          const std::string& event_id) {
  if (head.correlation.empty()) return;
  json::Object detail{{"service", head.service},
                      {"operation", head.operation},
                      {"caller", head.caller.arn},
                      {"eventId", event_id}};
  json::Array resources;
  for (const std::string& arn : head.resources) {
    if (arn != "*") resources.emplace_back(arn);
  }
  if (!resources.empty()) detail["resources"] = std::move(resources);
  json::SetIfNotEmpty(detail, "errorCode", head.error_code);
  json::SetIfNotEmpty(detail, "errorMessage", head.error_message);
  std::string text = head.service + " " + head.operation;
  if (!head.error_code.empty()) text += " failed: " + head.error_code;
  Timeline::Append(tx, head.scope, head.correlation, time, "api-call", text, detail);
}

Audit::Page Audit::Lookup(store::Transaction& tx, const Query& query) {
  Page page;
  size_t scanned = 0;
  const std::string name = query.attribute == "EventName" ? query.value : "";
  const std::string source = query.attribute == "EventSource" ? query.value : "";
  const int64_t from_row = query.after.row == 0 ? INT64_MAX : query.after.row;
  const auto row = [&](const store::Row& r) {
    const int64_t id = r.Int(0);
    const TimePoint first = r.Time(1);
    json::Object record = r.Json(3).as_object();
    std::vector<std::pair<TimePoint, std::string>> calls;
    if (r.Text(4).empty()) {
      calls.emplace_back(first, json::GetString(record, "requestID"));
    } else {
      calls = ReadChunk(r.Text(4), first);
    }
    int64_t index = static_cast<int64_t>(calls.size());
    if (id == query.after.row) index = std::min(index, query.after.index);
    while (--index >= 0) {
      if (page.events.size() >= query.limit || ++scanned > kMaxScanned) {
        page.more = true;
        page.next = {id, index + 1};
        return false;
      }
      const auto& [time, request_id] = calls[static_cast<size_t>(index)];
      if (time < query.from || time > query.to) continue;
      if (calls.size() > 1 || json::GetString(record, "eventID").empty()) {
        const std::string_view full = r.Text(5);
        const std::string service(full.substr(0, full.find('.')));
        Complete(record, time, request_id,
                 EventId(request_id, service, json::GetString(record, "eventName")));
      }
      Event event = MakeEvent(record, time);
      if (!Wanted(query, event)) continue;
      event.record = json::Serialize(record);
      page.events.push_back(std::move(event));
    }
    page.next = {id, 0};
    return true;
  };
  if (!name.empty()) {
    tx.Query(
        "SELECT id, first_ms, last_ms, record, chunk, event_source FROM observe_audit"
        " WHERE account = ? AND region = ? AND event_name = ? AND id <= ?"
        " AND last_ms >= ? AND first_ms <= ? ORDER BY id DESC",
        {query.scope.account.str(), query.scope.region.str(), name, from_row, query.from, query.to},
        row);
  } else {
    tx.Query(
        "SELECT id, first_ms, last_ms, record, chunk, event_source FROM observe_audit"
        " WHERE account = ? AND region = ? AND (? = '' OR event_source = ?) AND id <= ?"
        " AND last_ms >= ? AND first_ms <= ? ORDER BY id DESC",
        {query.scope.account.str(), query.scope.region.str(), source, source, from_row, query.from,
         query.to},
        row);
  }
  return page;
}

Audit::Verification Audit::Verify(store::Transaction& tx) {
  Verification out;
  std::string previous;
  tx.Query(
      "SELECT id, account, region, first_ms, last_ms, calls, event_name, event_source, record,"
      " chunk, prev_hash, hash FROM observe_audit ORDER BY id",
      {}, [&](const store::Row& row) {
        const std::string_view linked = row.Text(10);
        const bool fits = previous.empty() || linked == previous;
        const std::string hash =
            RowHash(linked, row.Text(1), row.Text(2), row.Int(3), row.Int(4), row.Int(5),
                    row.Text(6), row.Text(7), row.Text(8), row.Text(9));
        if (!fits || hash != row.Text(11)) {
          out.broken_row = row.Int(0);
          return false;
        }
        previous = hash;
        ++out.rows;
        out.calls += row.Int(5);
        return true;
      });
  return out;
}

}  // namespace riposte::observe
