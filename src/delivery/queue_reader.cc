#include "delivery/queue_reader.h"

#include <algorithm>

#include "base/arn.h"

namespace riposte::delivery {
namespace {

constexpr Millis kLongPoll{20'000};
constexpr size_t kMostAtOnce = 10;  ///< ReceiveMessage's bound, and DeleteMessageBatch's.

bool Holds(const std::vector<std::string>& ids, std::string_view id) {
  return std::ranges::find(ids, id) != ids.end();
}

}  // namespace

void QueueReader::Start() {
  PollLater();
}

riposte::Result<api::Invocation> QueueReader::Call(const char* operation,
                                                   json::Object input) const {
  const auto queue = Arn::Parse(options_.queue_arn);
  if (!queue) return std::unexpected(queue.error());
  auto principal = work_.act_as();
  if (!principal) return std::unexpected(principal.error());
  api::Invocation call;
  call.service = "sqs";
  call.operation = operation;
  call.input = std::move(input);
  call.input["QueueUrl"] = "http://localhost/" + queue->account.str() + "/" + queue->resource;
  call.principal = std::move(*principal);
  call.scope = queue->scope();
  return call;
}

void QueueReader::Poll() {
  if (state_ != State::kReading || polling_ || in_flight_ >= options_.max_in_flight) return;
  Millis wait = kLongPoll;
  if (!gathered_.empty()) {
    const TimePoint end = gathering_since_ + options_.window;
    wait = std::clamp(end - parts_.clock.Now(), Millis(0), kLongPoll);
  }
  auto call =
      Call("ReceiveMessage",
           {{"MaxNumberOfMessages", std::min(kMostAtOnce, options_.batch_size - gathered_.size())},
            {"WaitTimeSeconds", wait.count() / 1000},
            {"AttributeNames", json::Array{"All"}},
            {"MessageAttributeNames", json::Array{"All"}}});
  if (!call) return BackOff(call.error().message);
  polling_ = true;
  parts_.invoker.Invoke(std::move(*call), [self = shared_from_this()](const api::Outcome& outcome) {
    self->polling_ = false;
    self->OnReceived(outcome);
  });
}

/// Never from inside a reply: an endless chain of them would not leave the loop to others.
void QueueReader::PollLater() {
  parts_.loop.Post([self = shared_from_this()] { self->Poll(); });
}

void QueueReader::BackOff(const std::string& why) {
  back_off_ = std::clamp(back_off_ * 2, options_.first_back_off, options_.max_back_off);
  parts_.log.Warning("queue is not readable",
                     {{"reader", options_.name}, {"queue", options_.queue_arn}, {"error", why}});
  parts_.loop.PostAt(parts_.clock.Now() + back_off_, [self = shared_from_this()] { self->Poll(); });
}

void QueueReader::Retire() {
  state_ = State::kRetired;
  const Group held = std::move(gathered_);
  gathered_.clear();
  CallForEach("ChangeMessageVisibilityBatch", held, {{"VisibilityTimeout", 0}}, "");
}

void QueueReader::OnReceived(const api::Outcome& outcome) {
  if (state_ == State::kStopped) return;
  if (state_ == State::kRetired) {
    if (!outcome.ok()) return;
    if (const json::Array* messages = json::GetArray(outcome.output.as_object(), "Messages")) {
      for (const json::Value& message : *messages) gathered_.push_back(message.as_object());
    }
    return Retire();
  }
  if (!outcome.ok()) return BackOff(outcome.error->message());
  back_off_ = Millis(0);
  if (const json::Array* messages = json::GetArray(outcome.output.as_object(), "Messages")) {
    Group unwanted;
    for (const json::Value& message : *messages) {
      if (!work_.wants || work_.wants(message.as_object())) {
        Gather(message.as_object());
      } else {
        unwanted.push_back(message.as_object());
      }
    }
    Delete(unwanted, {});
  }
  if (gathered_.size() >= options_.batch_size ||
      parts_.clock.Now() >= gathering_since_ + options_.window) {
    Flush();
  }
  PollLater();
}

void QueueReader::Gather(const json::Object& message) {
  const size_t bytes = json::GetString(message, "Body").size();
  if (gathered_bytes_ + bytes > kMaxBatchBytes) Flush();
  if (gathered_.empty()) gathering_since_ = parts_.clock.Now();
  gathered_.push_back(message);
  gathered_bytes_ += bytes;
}

void QueueReader::Flush() {
  auto batch = std::make_shared<Batch>();
  const size_t received = gathered_.size();
  for (json::Object& message : gathered_) {
    Trace trace = TraceOf(message);
    if (trace.hops > Trace::kMaxHops) continue;
    if (trace.hops > batch->trace.hops) batch->trace = std::move(trace);
    batch->messages.push_back(std::move(message));
  }
  gathered_.clear();
  gathered_bytes_ = 0;
  if (const size_t looped = received - batch->messages.size(); looped > 0) {
    parts_.log.Warning("messages are the last of a chain that the engine itself caused",
                       {{"queue", options_.queue_arn}, {"messages", looped}});
    if (work_.on_looped) work_.on_looped(looped);
  }
  if (batch->messages.empty()) return;
  ++in_flight_;
  work_.handle(batch, [self = shared_from_this(), batch](std::vector<std::string> failed) {
    self->parts_.loop.Post([self, batch, failed = std::move(failed)] {
      --self->in_flight_;
      // Also when it has been stopped meanwhile: done is done.
      self->Delete(batch->messages, failed);
      self->Poll();
    });
  });
}

void QueueReader::Delete(const Group& messages, const std::vector<std::string>& failed) {
  Group done;
  for (const json::Object& message : messages) {
    if (!Holds(failed, json::GetString(message, "MessageId"))) done.push_back(message);
  }
  CallForEach("DeleteMessageBatch", done, {}, "messages could not be deleted");
}

void QueueReader::CallForEach(const char* operation, const Group& messages,
                              const json::Object& more, const char* complaint) {
  for (size_t first = 0; first < messages.size(); first += kMostAtOnce) {
    json::Array entries;
    for (size_t i = first; i < std::min(messages.size(), first + kMostAtOnce); ++i) {
      json::Object entry = more;
      entry["Id"] = std::to_string(i - first);
      entry["ReceiptHandle"] = json::GetString(messages[i], "ReceiptHandle");
      entries.push_back(std::move(entry));
    }
    auto call = Call(operation, {{"Entries", std::move(entries)}});
    if (!call) return;
    parts_.invoker.Invoke(
        std::move(*call), [self = shared_from_this(), complaint](const api::Outcome& outcome) {
          if (outcome.ok() || *complaint == '\0') return;
          self->parts_.log.Warning(
              complaint, {{"reader", self->options_.name}, {"error", outcome.error->message()}});
        });
  }
}

std::vector<std::string> QueueReader::Batch::MessageIds() const {
  std::vector<std::string> ids;
  for (const json::Object& message : messages) {
    ids.emplace_back(json::GetString(message, "MessageId"));
  }
  return ids;
}

Trace TraceOf(const json::Object& message) {
  const json::Object* system = json::GetObject(message, "Attributes");
  Trace trace = ParseTrace(system ? json::GetString(*system, "AWSTraceHeader") : "");
  if (trace.correlation.empty()) trace.correlation = json::GetString(message, "MessageId");
  ++trace.hops;
  return trace;
}

json::Object RecordOf(const json::Object& message, const std::string& queue_arn,
                      const std::string& region) {
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
          {"eventSourceARN", queue_arn},
          {"awsRegion", region}};
}

std::vector<std::string> ReportedFailures(const QueueReader::Batch& batch,
                                          const std::string& payload) {
  std::vector<std::string> all = batch.MessageIds();
  const auto document = json::Parse(payload);
  if (!document) return all;
  if (document->is_null()) return {};
  if (!document->is_object()) return all;
  const json::Value* list = json::Find(document->as_object(), "batchItemFailures");
  if (!list) return {};
  if (!list->is_array()) return all;
  std::vector<std::string> failed;
  for (const json::Value& item : list->as_array()) {
    const std::string_view id =
        item.is_object() ? json::GetString(item.as_object(), "itemIdentifier") : "";
    if (!Holds(all, id)) return all;
    failed.emplace_back(id);
  }
  return failed;
}

}  // namespace riposte::delivery
