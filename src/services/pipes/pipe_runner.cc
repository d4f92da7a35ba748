#include "services/pipes/pipe_runner.h"

#include <algorithm>

#include "services/pipes/checks.h"

namespace riposte::pipes {

void PipeRunner::Start() {
  running_ = true;
  parts_.pipe.loop.Post([this] { Load(); });
}

void PipeRunner::Stop() {
  running_ = false;
  for (auto& [key, pipe] : pipes_) pipe.reader->Stop();
  pipes_.clear();
}

void PipeRunner::Changed(store::Transaction& tx) {
  tx.OnCommit([this] { parts_.pipe.loop.Post([this] { Load(); }); });
}

PipeRunner::Running PipeRunner::Make(Pipe pipe) const {
  delivery::QueueReader::Options options;
  options.queue_arn = pipe.Text("Source");
  options.name = pipe.key.Arn();
  const auto* parameters = json::GetObject(pipe.document, "SourceParameters");
  const auto* queue = parameters ? json::GetObject(*parameters, "SqsQueueParameters") : nullptr;
  if (queue) {
    options.window = std::chrono::seconds(json::GetInt(*queue, "MaximumBatchingWindowInSeconds"));
  }
  options.batch_size = static_cast<size_t>(BatchSizeOf(pipe));
  auto compiled = std::make_shared<CompiledPipe>(std::move(pipe), parts_.pipe);
  delivery::QueueReader::Work work{
      [compiled] { return compiled->ActAs(); },
      [compiled](const CompiledPipe::BatchPtr& batch, CompiledPipe::Done done) {
        compiled->Handle(batch, std::move(done));
      },
      [compiled](const json::Object& message) { return compiled->Wants(message); }};
  auto reader = std::make_shared<delivery::QueueReader>(
      std::move(options),
      delivery::QueueReader::Parts{parts_.pipe.invoker, parts_.pipe.loop, parts_.pipe.clock,
                                   parts_.pipe.log},
      std::move(work));
  return {std::move(compiled), std::move(reader)};
}

void PipeRunner::Load() {
  if (!running_) return;
  std::vector<Pipe> rows;
  parts_.store.Read([&](store::Transaction& tx) { rows = tables::All(tx); });
  const bool unsettled = std::ranges::any_of(rows, &Pipe::transitional);
  std::map<PipeKey, Running> now;
  std::vector<std::shared_ptr<delivery::QueueReader>> fresh;
  for (Pipe& row : rows) {
    if (row.state != "RUNNING") continue;
    const PipeKey key = row.key;
    const auto known = pipes_.find(key);
    if (known != pipes_.end() && known->second.pipe->pipe().document == row.document) {
      now[key] = known->second;
      continue;
    }
    now[key] = Make(std::move(row));
    fresh.push_back(now[key].reader);
  }
  for (const auto& [key, pipe] : pipes_) {
    const auto kept = now.find(key);
    if (kept == now.end() || kept->second.reader != pipe.reader) pipe.reader->Retire();
  }
  pipes_ = std::move(now);
  for (const auto& reader : fresh) reader->Start();
  if (unsettled) Settle();
}

void PipeRunner::Settle() {
  parts_.store.Write(
      [this](store::Transaction& tx) {
        for (Pipe& pipe : tables::All(tx)) {
          if (!pipe.transitional()) continue;
          if (pipe.state == "DELETING") {
            tables::Delete(tx, pipe.key);
            continue;
          }
          pipe.state = pipe.desired;
          tables::Put(tx, pipe);
        }
        Changed(tx);
      },
      [this](std::exception_ptr failure) {
        if (failure) parts_.pipe.log.Error("pipes could not be brought to their states");
      });
}

}  // namespace riposte::pipes
