#include "functions/queue_poller.h"

#include <algorithm>
#include <set>

#include "base/arn.h"

namespace riposte::functions {
namespace {

constexpr Millis kLongPoll{20'000};
constexpr size_t kMostAtOnce = 10;  ///< ReceiveMessage's bound, and DeleteMessageBatch's.

/// A message as ReceiveMessage gives it -> a record of the event.
json::Object ToRecord(const json::Object& message, const tables::EventSource& mapping) {
  json::Object attributes;
  if (const json::Object* values = json::GetObject(message, "MessageAttributes")) {
    for (const auto& [name, value] : *values) {
      const json::Object* from = value.if_object();
      if (!from) continue;
      json::Object to = {{"dataType", json::GetString(*from, "DataType")},
                         {"stringListValues", json::Array()},
                         {"binaryListValues", json::Array()}};
      json::SetIfNotEmpty(to, "stringValue", json::GetString(*from, "StringValue"));
      json::SetIfNotEmpty(to, "binaryValue", json::GetString(*from, "BinaryValue"));
      attributes[name] = std::move(to);
    }
  }
  const json::Object* system = json::GetObject(message, "Attributes");
  return {{"messageId", json::GetString(message, "MessageId")},
          {"receiptHandle", json::GetString(message, "ReceiptHandle")},
          {"body", json::GetString(message, "Body")},
          {"attributes", system ? *system : json::Object()},
          {"messageAttributes", std::move(attributes)},
          {"md5OfBody", json::GetString(message, "MD5OfBody")},
          {"eventSource", "aws:sqs"},
          {"eventSourceARN", mapping.queue_arn},
          {"awsRegion", mapping.scope.region.str()}};
}

/// The ids that the function reports as failed. nullopt when the report is malformed: then all
/// count as failed, as the service does it.
std::optional<std::set<std::string>> FailedIds(const std::string& payload) {
  const auto document = json::Parse(payload);
  if (!document) return std::nullopt;
  if (document->is_null()) return std::set<std::string>();
  if (!document->is_object()) return std::nullopt;
  const json::Value* list = json::Find(document->as_object(), "batchItemFailures");
  if (!list) return std::set<std::string>();
  if (!list->is_array()) return std::nullopt;
  std::set<std::string> out;
  for (const json::Value& item : list->as_array()) {
    const std::string_view id =
        item.is_object() ? json::GetString(item.as_object(), "itemIdentifier") : "";
    if (id.empty()) return std::nullopt;
    out.emplace(id);
  }
  return out;
}

}  // namespace

void QueuePoller::Start() {
  running_ = true;
  Load();
}

void QueuePoller::Stop() {
  running_ = false;
  for (auto& [uuid, source] : sources_) source->stopped = true;
  sources_.clear();
}

void QueuePoller::ChangedOnCommit(store::Transaction& tx) {
  tx.OnCommit([this] {
    parts_.loop.Post([this] {
      if (running_) Load();
    });
  });
}

QueuePoller::SourcePtr QueuePoller::MakeSource(tables::EventSource mapping) const {
  auto source = std::make_shared<Source>();
  source->function = {mapping.scope, mapping.function, mapping.qualifier};
  const auto queue = Arn::Parse(mapping.queue_arn);
  if (queue) {
    source->queue_url = "http://localhost/" + queue->account.str() + "/" + queue->resource;
  }
  source->batch_size =
      static_cast<size_t>(std::max<int64_t>(1, json::GetInt(mapping.document, "BatchSize", 10)));
  source->window =
      std::chrono::seconds(json::GetInt(mapping.document, "MaximumBatchingWindowInSeconds", 0));
  const auto types = json::GetStrings(mapping.document, "FunctionResponseTypes");
  source->reports_failures =
      std::find(types.begin(), types.end(), "ReportBatchItemFailures") != types.end();
  source->mapping = std::move(mapping);
  return source;
}

/// Starts what is new or changed, stops what is gone or changed.
void QueuePoller::Load() {
  std::map<std::string, SourcePtr> now;
  std::vector<SourcePtr> fresh;
  parts_.store.Read([&](store::Transaction& tx) {
    for (tables::EventSource& mapping : tables::EnabledEventSources(tx)) {
      const std::string uuid = mapping.uuid;
      const auto known = sources_.find(uuid);
      if (known != sources_.end() && known->second->mapping.document == mapping.document) {
        now[uuid] = known->second;
        continue;
      }
      now[uuid] = MakeSource(std::move(mapping));
      fresh.push_back(now[uuid]);
    }
  });
  for (const auto& [uuid, source] : sources_) {
    const auto kept = now.find(uuid);
    if (kept == now.end() || kept->second != source) source->stopped = true;
  }
  sources_ = std::move(now);
  for (const SourcePtr& source : fresh) Poll(source);
}

Result<api::Invocation> QueuePoller::Call(const Source& source, const char* operation,
                                          json::Object input) const {
  const auto spec = parts_.catalog.Find(source.function);
  if (!spec) return std::unexpected(spec.error());
  auto principal = parts_.role((*spec)->role_arn, "event-source");
  if (!principal) return std::unexpected(principal.error());
  api::Invocation call;
  call.service = "sqs";
  call.operation = operation;
  call.input = std::move(input);
  call.input["QueueUrl"] = source.queue_url;
  call.principal = std::move(*principal);
  const auto queue = Arn::Parse(source.mapping.queue_arn);
  call.scope = queue ? queue->scope() : source.mapping.scope;
  return call;
}

void QueuePoller::Poll(const SourcePtr& source) {
  if (source->stopped || source->polling || source->in_flight >= options_.max_in_flight) return;
  Millis wait = kLongPoll;
  if (!source->gathered.empty()) {
    const TimePoint end = source->gathering_since + source->window;
    wait = std::clamp(std::chrono::duration_cast<Millis>(end - parts_.clock.Now()), Millis(0),
                      kLongPoll);
  }
  auto call = Call(
      *source, "ReceiveMessage",
      {{"MaxNumberOfMessages", std::min(kMostAtOnce, source->batch_size - source->gathered.size())},
       {"WaitTimeSeconds", wait.count() / 1000},
       {"AttributeNames", json::Array{"All"}},
       {"MessageAttributeNames", json::Array{"All"}}});
  if (!call) return BackOff(source, call.error().message);
  source->polling = true;
  parts_.invoker.Invoke(std::move(*call), [this, source](const api::Outcome& outcome) {
    source->polling = false;
    if (!source->stopped) OnReceived(source, outcome);
  });
}

/// Never from inside a reply: an endless chain of them would not leave the loop to others.
void QueuePoller::PollLater(const SourcePtr& source) {
  parts_.loop.Post([this, source] { Poll(source); });
}

void QueuePoller::BackOff(const SourcePtr& source, const std::string& why) {
  source->back_off =
      std::clamp(source->back_off * 2, options_.first_back_off, options_.max_back_off);
  parts_.log.Warning(
      "event source is not readable",
      {{"mapping", source->mapping.uuid}, {"queue", source->mapping.queue_arn}, {"error", why}});
  parts_.loop.PostAt(parts_.clock.Now() + source->back_off, [this, source] { Poll(source); });
}

void QueuePoller::OnReceived(const SourcePtr& source, const api::Outcome& outcome) {
  if (!outcome.ok()) return BackOff(source, outcome.error->message());
  source->back_off = Millis(0);
  const TimePoint now = parts_.clock.Now();
  if (const json::Array* messages = json::GetArray(outcome.output.as_object(), "Messages")) {
    if (source->gathered.empty()) source->gathering_since = now;
    for (const json::Value& message : *messages) source->gathered.push_back(message.as_object());
  }
  if (!source->gathered.empty() && (source->gathered.size() >= source->batch_size ||
                                    now >= source->gathering_since + source->window)) {
    Flush(source);
  }
  PollLater(source);
}

Trace QueuePoller::TakeTrace(std::vector<json::Object>& messages) {
  Trace longest;
  std::erase_if(messages, [&](const json::Object& message) {
    const json::Object* system = json::GetObject(message, "Attributes");
    Trace trace = ParseTrace(system ? json::GetString(*system, "AWSTraceHeader") : "");
    if (trace.correlation.empty()) trace.correlation = json::GetString(message, "MessageId");
    if (++trace.hops > longest.hops && trace.hops <= Trace::kMaxHops) longest = trace;
    return trace.hops > Trace::kMaxHops;
  });
  return longest;
}

void QueuePoller::Flush(const SourcePtr& source) {
  std::vector<json::Object> messages = std::move(source->gathered);
  source->gathered.clear();
  const size_t received = messages.size();
  const Trace trace = TakeTrace(messages);
  if (const size_t looped = received - messages.size(); looped > 0) {
    // They stay in the queue, whose redrive policy puts them aside.
    parts_.log.Warning("messages are the last of a chain that the engine itself caused",
                       {{"queue", source->mapping.queue_arn}, {"messages", looped}});
    if (parts_.metrics != nullptr) {
      parts_.metrics->Put(source->mapping.scope, "AWS/Lambda", "RecursiveInvocationsDropped",
                          {{"FunctionName", source->mapping.function}}, static_cast<double>(looped),
                          "Count");
    }
  }
  if (messages.empty()) return;
  const auto spec = parts_.catalog.Find(source->function);
  if (!spec) return;  // Deleted; its messages are seen again by who reads the queue next.
  json::Array records;
  for (const json::Object& message : messages) {
    records.push_back(ToRecord(message, source->mapping));
  }
  Invocation invocation;
  invocation.spec = *spec;
  invocation.payload = json::Serialize(json::Object{{"Records", std::move(records)}});
  invocation.request_id = parts_.random.Uuid();
  invocation.invoked_arn = source->function.QualifiedArn();
  invocation.trace = trace;
  ++source->in_flight;
  parts_.runner.Invoke(std::move(invocation), [this, source, messages = std::move(messages)](
                                                  InvokeOutcome outcome) mutable {
    parts_.loop.Post([this, source, messages = std::move(messages), outcome = std::move(outcome)] {
      --source->in_flight;
      // Also when the mapping has been stopped meanwhile: done is done.
      OnInvoked(source, messages, outcome);
      Poll(source);
    });
  });
}

void QueuePoller::OnInvoked(const SourcePtr& source, const std::vector<json::Object>& messages,
                            const InvokeOutcome& outcome) {
  if (!outcome || !outcome->function_error.empty()) return;
  std::set<std::string> failed;
  if (source->reports_failures) {
    auto reported = FailedIds(outcome->payload);
    if (!reported) return;
    failed = std::move(*reported);
  }
  std::vector<const json::Object*> done;
  for (const json::Object& message : messages) {
    if (!failed.contains(std::string(json::GetString(message, "MessageId")))) {
      done.push_back(&message);
    }
  }
  Delete(source, done);
}

void QueuePoller::Delete(const SourcePtr& source,
                         const std::vector<const json::Object*>& messages) {
  for (size_t first = 0; first < messages.size(); first += kMostAtOnce) {
    json::Array entries;
    for (size_t i = first; i < std::min(messages.size(), first + kMostAtOnce); ++i) {
      entries.push_back(
          json::Object{{"Id", std::to_string(i - first)},
                       {"ReceiptHandle", json::GetString(*messages[i], "ReceiptHandle")}});
    }
    auto call = Call(*source, "DeleteMessageBatch", {{"Entries", std::move(entries)}});
    if (!call) return;
    parts_.invoker.Invoke(
        std::move(*call), [this, uuid = source->mapping.uuid](const api::Outcome& outcome) {
          if (outcome.ok()) return;
          parts_.log.Warning("messages of an event source could not be deleted",
                             {{"mapping", uuid}, {"error", outcome.error->message()}});
        });
  }
}

}  // namespace riposte::functions
