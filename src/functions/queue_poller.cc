#include "functions/queue_poller.h"

#include <algorithm>

namespace riposte::functions {

using delivery::QueueReader;

void QueuePoller::Start() {
  running_ = true;
  Load();
}

void QueuePoller::Stop() {
  running_ = false;
  for (auto& [uuid, source] : sources_) source->reader->Stop();
  sources_.clear();
}

void QueuePoller::ChangedOnCommit(store::Transaction& tx) {
  tx.OnCommit([this] {
    parts_.loop.Post([this] {
      if (running_) Load();
    });
  });
}

QueuePoller::SourcePtr QueuePoller::MakeSource(tables::EventSource mapping) {
  auto source = std::make_shared<Source>();
  source->function = {mapping.scope, mapping.function, mapping.qualifier};
  const auto types = json::GetStrings(mapping.document, "FunctionResponseTypes");
  source->reports_failures = std::ranges::find(types, "ReportBatchItemFailures") != types.end();
  QueueReader::Options options;
  options.queue_arn = mapping.queue_arn;
  options.name = mapping.uuid;
  options.batch_size =
      static_cast<size_t>(std::max<int64_t>(1, json::GetInt(mapping.document, "BatchSize", 10)));
  options.window =
      std::chrono::seconds(json::GetInt(mapping.document, "MaximumBatchingWindowInSeconds", 0));
  source->mapping = std::move(mapping);
  const auto act_as = [this, function = source->function]() -> Result<access::Principal> {
    const auto spec = parts_.catalog.Find(function);
    if (!spec) return std::unexpected(spec.error());
    return parts_.role((*spec)->role_arn, "event-source");
  };
  const auto handle = [this, weak = std::weak_ptr(source)](const QueueReader::BatchPtr& batch,
                                                           QueueReader::Done done) {
    if (const auto kept = weak.lock()) return Invoke(*kept, batch, std::move(done));
    done(batch->MessageIds());
  };
  const auto on_looped = [this, scope = source->mapping.scope,
                          function = source->mapping.function](size_t messages) {
    if (parts_.metrics == nullptr) return;
    parts_.metrics->Put(scope, "AWS/Lambda", "RecursiveInvocationsDropped",
                        {{"FunctionName", function}}, static_cast<double>(messages), "Count");
  };
  source->reader = std::make_shared<QueueReader>(
      options, QueueReader::Parts{parts_.invoker, parts_.loop, parts_.clock, parts_.log},
      QueueReader::Work{act_as, handle, {}, on_looped});
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
    if (kept == now.end() || kept->second != source) source->reader->Retire();
  }
  sources_ = std::move(now);
  for (const SourcePtr& source : fresh) source->reader->Start();
}

void QueuePoller::Invoke(const Source& source, const QueueReader::BatchPtr& batch,
                         QueueReader::Done done) {
  const auto spec = parts_.catalog.Find(source.function);
  // Deleted; its messages are seen again by who reads the queue next.
  if (!spec) return done(batch->MessageIds());
  json::Array records;
  for (const json::Object& message : batch->messages) {
    records.push_back(
        delivery::RecordOf(message, source.mapping.queue_arn, source.mapping.scope.region.str()));
  }
  Invocation invocation;
  invocation.spec = *spec;
  invocation.payload = json::Serialize(json::Object{{"Records", std::move(records)}});
  invocation.request_id = parts_.random.Uuid();
  invocation.invoked_arn = source.function.QualifiedArn();
  invocation.trace = batch->trace;
  parts_.runner.Invoke(std::move(invocation),
                       [batch, reports = source.reports_failures,
                        done = std::move(done)](const InvokeOutcome& outcome) mutable {
                         if (!outcome || !outcome->function_error.empty())
                           return done(batch->MessageIds());
                         done(reports ? delivery::ReportedFailures(*batch, outcome->payload)
                                      : std::vector<std::string>());
                       });
}

}  // namespace riposte::functions
