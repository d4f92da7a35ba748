// Durable publishes a second, against the peers that one would otherwise pick.
//
//   bench_peers [--engine=build/release/riposte] [--dir=.] [--rounds=3] [--seconds=2]
//               [--connections=64] [--outstanding=1|10] [--bytes=1000|3000] [--only=NAME]
//               [--nats=PROGRAM] [--redis=PROGRAM]
//
// Each candidate has a server of its own on loopback with its data below --dir, the same client
// (publishers.h), messages of the same size, and as many messages outstanding. Candidates take
// turns within each round, and only the one whose turn it is runs. Without --outstanding and
// --bytes all four combinations. With more than one outstanding a connection of ours has one
// SendMessageBatch (PutEvents) with so many entries under way; a connection of a peer has as many
// single publishes, and sends the next as soon as one is confirmed.
// A peer that is not installed or does not start is reported as skipped, with the reason.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "bench/engine.h"
#include "bench/load_generator.h"
#include "bench/options.h"
#include "bench/peers.h"
#include "bench/publishers.h"
#include "bench/resources.h"
#include "bench/stats.h"

namespace riposte::bench {
namespace {

/// The engine, through its real door: signed requests over HTTP.
class Own final : public Candidate {
 public:
  enum class Way { kSendMessage, kPutEvents };
  Own(Engine& engine, Way way) : engine_(engine), way_(way) {}

  std::string name() const override {
    return way_ == Way::kSendMessage ? "Riposte SendMessage" : "Riposte PutEvents -> queue";
  }
  std::string durability() const override { return "one sync for what all connections sent"; }
  double CpuSeconds() const override { return engine_.child().CpuSeconds(); }
  void Freeze(bool frozen) override { engine_.child().Freeze(frozen); }

  void NewTarget(size_t bytes, int batch) override {
    batch_ = batch;
    const std::string name = "bench-" + std::to_string(++targets_);
    requests_.clear();
    next_ = 0;
    if (way_ == Way::kSendMessage) {
      requests_ = {SendBytes(engine_, MakeQueue(engine_, "s-" + name).url, batch, bytes)};
      return;
    }
    // The rule stays, its queue is a new one.
    const QueueRef queue = MakeQueue(engine_, "e-" + name, "events.amazonaws.com");
    MakeRule(engine_, "bench", "bench", {json::Object{{"Arn", queue.arn}}});
    for (int i = 0; i < 100; ++i) {
      requests_.push_back(EventBytes(engine_, i * batch, batch, bytes));
    }
  }
  int Open(size_t /*index*/) override { return ConnectTo(engine_.child().port()); }
  int Append(size_t /*index*/, std::string& out) override {
    out += requests_[next_++ % requests_.size()];
    return batch_;
  }
  int Take(size_t /*index*/, std::string& in, std::string& /*out*/) override {
    const size_t whole = WholeReply(in);
    if (whole == 0) return 0;
    const std::string_view reply = std::string_view(in).substr(0, whole);
    const bool stored = way_ == Way::kPutEvents
                            ? reply.find(R"("FailedEntryCount":0)") != std::string_view::npos
                            : reply.find("\"MessageId\"") != std::string_view::npos &&
                                  reply.find("\"Failed\"") == std::string_view::npos;
    if (!reply.starts_with("HTTP/1.1 200") || !stored) Die("refused: " + in.substr(0, 1000));
    in.erase(0, whole);
    return batch_;
  }

 private:
  Engine& engine_;
  Way way_;
  int batch_ = 1;
  int targets_ = 0;
  std::vector<std::string> requests_;
  size_t next_ = 0;
};

struct Figures {
  std::vector<double> rates;
  std::vector<double> cpu_us;
  std::vector<float> latencies_ms;
};

/// Of the rounds' ratios.
double Ratio(const Figures& ours, const Figures& theirs) {
  std::vector<double> ratios;
  for (size_t i = 0; i < ours.rates.size(); ++i) {
    ratios.push_back(ours.rates[i] / theirs.rates[i]);
  }
  return Median(ratios);
}

void Compare(const std::vector<Candidate*>& candidates, size_t own, const PublishOptions& options,
             size_t bytes, int rounds) {
  std::vector<Figures> figures(candidates.size());
  for (int round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < candidates.size(); ++i) {
      Candidate& candidate = *candidates[i];
      candidate.Freeze(false);
      candidate.NewTarget(bytes, options.outstanding);
      const double cpu = candidate.CpuSeconds();
      const Stopwatch watch;
      PublishResult result = RunPublishers(candidate, options);
      const double messages = result.messages_per_second * watch.Seconds();
      figures[i].cpu_us.push_back((candidate.CpuSeconds() - cpu) / messages * 1e6);
      figures[i].rates.push_back(result.messages_per_second);
      auto& latencies = figures[i].latencies_ms;
      latencies.insert(latencies.end(), result.latencies_ms.begin(), result.latencies_ms.end());
      candidate.Freeze(true);
    }
  }
  std::printf(
      "%zu bytes, %d connections, %d outstanding on each, %d rounds of %.0f s (medians)\n"
      "  %-28s %10s %8s %8s %12s",
      bytes, options.connections, options.outstanding, rounds, options.seconds, "", "messages/s",
      "p50 ms", "p99 ms", "CPU us each");
  for (size_t i = 0; i < own; ++i) std::printf("  %s / it", i == 0 ? "send" : "events");
  std::printf("\n");
  for (size_t i = 0; i < candidates.size(); ++i) {
    const Figures& its = figures[i];
    std::printf("  %-28s %10.0f %8.2f %8.2f %12.0f", candidates[i]->name().c_str(),
                Median(its.rates), static_cast<double>(Median(its.latencies_ms)),
                static_cast<double>(Percentile(its.latencies_ms, 0.99)), Median(its.cpu_us));
    for (size_t k = 0; k < own && i >= own; ++k) {
      std::printf(" %10.2f", Ratio(figures[k], its));
    }
    std::printf("\n");
  }
  std::fflush(stdout);
}

int Run(const CommandLine& options) {
  // Servers have working directories of their own.
  const std::string parent = std::filesystem::absolute(options.Text("--dir=", ".")).string();
  const std::string only = options.Text("--only=", "");
  Engine engine(options.Text("--engine=", "build/release/riposte"), parent);
  Own send(engine, Own::Way::kSendMessage);
  Own events(engine, Own::Way::kPutEvents);
  std::vector<Candidate*> candidates{&send, &events};
  std::vector<Started> peers;
  peers.push_back(StartNats(options.Text("--nats=", ""), parent, /*synced=*/true));
  peers.push_back(StartRabbitMq(parent, /*quorum=*/true));
  peers.push_back(StartRabbitMq(parent, /*quorum=*/false));
  peers.push_back(StartRedis(options.Text("--redis=", ""), parent));
  peers.push_back(StartNats(options.Text("--nats=", ""), parent, /*synced=*/false));
  const size_t own = candidates.size();
  for (const Started& started : peers) {
    if (!started.peer) {
      std::printf("skipped: %s: %s\n", started.name.c_str(), started.skipped.c_str());
    } else if (only.empty() || started.name.starts_with(only)) {
      candidates.push_back(started.peer.get());
    }
  }
  std::printf("what \"yes\" means:\n");
  for (Candidate* candidate : candidates) {
    std::printf("  %-28s %s\n", candidate->name().c_str(), candidate->durability().c_str());
    candidate->Freeze(true);
  }
  const int bytes_given = options.Number("--bytes=", 0);
  const int outstanding_given = options.Number("--outstanding=", 0);
  PublishOptions publish{.connections = options.Number("--connections=", 64),
                         .seconds = static_cast<double>(options.Number("--seconds=", 2))};
  for (const int bytes : {1000, 3000}) {
    if (bytes_given != 0 && bytes != 1000) continue;
    for (const int outstanding : {1, 10}) {
      if (outstanding_given != 0 && outstanding != 1) continue;
      publish.outstanding = outstanding_given != 0 ? std::min(outstanding_given, 10) : outstanding;
      Compare(candidates, own, publish, static_cast<size_t>(bytes_given != 0 ? bytes_given : bytes),
              options.Number("--rounds=", 3));
    }
  }
  for (Candidate* candidate : candidates) candidate->Freeze(false);
  return 0;
}

}  // namespace
}  // namespace riposte::bench

int main(int argc, char** argv) {
  return riposte::bench::Run(riposte::bench::CommandLine(argc, argv));
}
