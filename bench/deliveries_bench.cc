// How long from an event to a consumer of a queue, and what does it cost to owe many deliveries?
//
//   bench_deliveries [--engine=build/release/riposte] [--dir=.] [--rate=1000] [--seconds=8]
//                    [--consumers=8] [--bytes=1000] [--owed=1000000] [--only=latency|owed]
//
// Latency: signed PutEvents of one event, a rule that matches all, a queue, long polls. It runs
// from when the event was due at a client until a consumer holds the reply with it, so that it
// contains two calls over HTTP, the durable commit of the message, and the durable commit that
// hides it from others. First the highest rate is measured (as fast as replies come), then the
// latency at --rate and at half of the highest.
// Owed: ten targets an event, HTTP endpoints that refuse every connection; the engine keeps trying
// all the while. Resident memory (from /proc) and files, as more and more is owed.
#include <cstdio>
#include <thread>

#include "bench/consumers.h"
#include "bench/engine.h"
#include "bench/load_generator.h"
#include "bench/options.h"
#include "bench/resources.h"
#include "bench/stats.h"

namespace riposte::bench {
namespace {

constexpr std::string_view kAccepted = R"("FailedEntryCount":0)";

void PrintLatencies(const char* what, const std::vector<double>& ms) {
  std::printf("  %-24s p50 %7.2f  p99 %7.2f  p99.9 %7.2f  max %7.2f ms\n", what, Median(ms),
              Percentile(ms, 0.99), Percentile(ms, 0.999), Percentile(ms, 1));
}

class LatencyBench {
 public:
  LatencyBench(Engine& engine, const CommandLine& options)
      : engine_(engine),
        seconds_(options.Number("--seconds=", 8)),
        consumers_(options.Number("--consumers=", 8)),
        bytes_(static_cast<size_t>(options.Number("--bytes=", 1000))),
        queue_(MakeQueue(engine, "latency", "events.amazonaws.com")) {
    MakeRule(engine, "latency", "bench", {json::Object{{"Arn", queue_.arn}}});
  }

  /// Events a second that consumers get while clients send as fast as replies come.
  double Highest() {
    const double seconds = std::max(2, seconds_ / 2);
    const std::vector<std::string> requests = Requests(1000);
    Consumers consumers(engine_, queue_, consumers_);
    const double cpu = engine_.child().CpuSeconds();
    const LoadResult result = RunLoad(Load(requests, seconds));
    const auto consumed = static_cast<double>(consumers.count()) / seconds;
    const double cpu_us =
        (engine_.child().CpuSeconds() - cpu) / (result.requests_per_second * seconds) * 1e6;
    // What was under way when the time was over arrives too, before the next measurement.
    const Stopwatch watch;
    for (size_t before = 0; before != consumers.count();) {
      before = consumers.count();
      std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
    std::printf(
        "  highest rate: %.0f events/s accepted, %.0f/s received by then, all within %.1f s; %.0f "
        "us "
        "of CPU an event\n",
        result.requests_per_second, consumed, watch.Seconds(), cpu_us);
    std::fflush(stdout);
    return std::min(result.requests_per_second, consumed);
  }

  void At(int rate) {
    constexpr double kWarmUp = 1;
    const int total = static_cast<int>(rate * (seconds_ + kWarmUp));
    const std::vector<std::string> requests = Requests(total);
    Consumers consumers(engine_, queue_, consumers_);
    LoadOptions load = Load(requests, seconds_);
    load.warm_up_seconds = kWarmUp;
    load.rate = rate;
    load.replies = requests.size();
    load.seconds += 10;  // It ends with the last reply.
    const double cpu = engine_.child().CpuSeconds();
    const LoadResult result = RunLoad(load);
    const double cpu_us = (engine_.child().CpuSeconds() - cpu) / total * 1e6;
    const Stopwatch patience;
    while (consumers.count() < requests.size() && patience.Seconds() < 20) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    consumers.Stop();
    std::vector<double> ms;
    for (const auto& [number, at] : consumers.arrivals()) {
      if (number < rate * kWarmUp) continue;
      ms.push_back((at - result.began - static_cast<double>(number) / rate) * 1e3);
    }
    std::printf("at %d events/s: %zu of %zu events received, %.0f us of CPU an event\n", rate,
                consumers.arrivals().size(), requests.size(), cpu_us);
    PrintLatencies("event -> consumer", ms);
    PrintLatencies("PutEvents -> its reply",
                   {result.latencies_ms.begin(), result.latencies_ms.end()});
    std::fflush(stdout);
  }

 private:
  std::vector<std::string> Requests(int count) const {
    std::vector<std::string> requests;
    for (int i = 0; i < count; ++i) requests.push_back(EventBytes(engine_, i, 1, bytes_));
    return requests;
  }
  LoadOptions Load(const std::vector<std::string>& requests, double seconds) const {
    return {.port = engine_.child().port(),
            .connections = 64,
            .warm_up_seconds = 0,
            .seconds = seconds,
            .requests = &requests,
            .expect = kAccepted};
  }

  Engine& engine_;
  const int seconds_;
  const int consumers_;
  const size_t bytes_;
  const QueueRef queue_;
};

/// Ten targets that cannot be reached, for each event: two rules of five.
void MakeUnreachable(Engine& engine) {
  constexpr int kRules = 2;
  constexpr int kTargets = 5;
  constexpr char kTrust[] = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
                            R"("Principal":{"Service":"events.amazonaws.com"},)"
                            R"("Action":"sts:AssumeRole"}]})";
  constexpr char kAllow[] = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
                            R"("Action":"events:InvokeApiDestination","Resource":"*"}]})";
  engine.Query("iam", "CreateRole", "2010-05-08",
               {{"RoleName", "bench"}, {"AssumeRolePolicyDocument", kTrust}});
  engine.Query("iam", "PutRolePolicy", "2010-05-08",
               {{"RoleName", "bench"}, {"PolicyName", "call"}, {"PolicyDocument", kAllow}});
  const json::Value connection = engine.Call(
      "events", "AWSEvents.CreateConnection", "1.1",
      json::Object{{"Name", "c"},
                   {"AuthorizationType", "API_KEY"},
                   {"AuthParameters",
                    json::Object{{"ApiKeyAuthParameters",
                                  json::Object{{"ApiKeyName", "X-Key"}, {"ApiKeyValue", "k"}}}}}});
  // Nothing listens there.
  const std::string endpoint = "https://127.0.0.1:" + std::to_string(FreePort()) + "/";
  for (int rule = 0; rule < kRules; ++rule) {
    std::vector<json::Object> targets;
    for (int i = 0; i < kTargets; ++i) {
      const std::string name = "d" + std::to_string(rule) + "-" + std::to_string(i);
      const json::Value made =
          engine.Call("events", "AWSEvents.CreateApiDestination", "1.1",
                      json::Object{{"Name", name},
                                   {"ConnectionArn", connection.at("ConnectionArn")},
                                   {"InvocationEndpoint", endpoint},
                                   {"HttpMethod", "POST"}});
      targets.push_back({{"Arn", made.at("ApiDestinationArn")},
                         {"RoleArn", "arn:aws:iam::000000000000:role/bench"}});
    }
    MakeRule(engine, "owed-" + std::to_string(rule), "bench", targets);
  }
}

void Owed(const std::string& program, const std::string& parent, const CommandLine& options) {
  constexpr int kEventsACall = 10;
  constexpr int kTargets = 10;
  const auto goal = static_cast<double>(options.Number("--owed=", 1'000'000));
  const auto bytes = static_cast<size_t>(options.Number("--bytes=", 1000));
  Engine engine(program, parent, {"--allow-private", "127.0.0.1"});
  MakeUnreachable(engine);
  std::vector<std::string> requests;
  for (int i = 0; i < 1000; ++i) {
    requests.push_back(EventBytes(engine, i * kEventsACall, kEventsACall, bytes));
  }
  std::printf("owed to ten targets that refuse connections, %zu bytes an event\n", bytes);
  std::printf("  %9s %12s %9s %14s %12s %14s\n", "owed", "resident MiB", "files MiB",
              "bytes each: memory", "files", "deliveries/s");
  double first_owed = 0;
  double first_resident = 0;
  // The first tenth fills caches of a fixed size; what grows after it belongs to what is owed.
  for (const double share : {0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0}) {
    const double before = engine.Metric("riposte_deliveries_owed");
    const Stopwatch watch;
    double rate = 0;
    if (share > 0) {
      const auto calls =
          static_cast<size_t>((share * goal - before) / (kEventsACall * kTargets) + 1);
      const LoadOptions load{.port = engine.child().port(),
                             .connections = 16,
                             .warm_up_seconds = 0,
                             .seconds = 3600,
                             .requests = &requests,
                             .expect = kAccepted,
                             .replies = calls};
      (void)RunLoad(load);
      rate = static_cast<double>(calls) * kEventsACall * kTargets / watch.Seconds();
    }
    const double owed = engine.Metric("riposte_deliveries_owed");
    const double resident = engine.child().ResidentMib();
    const double files = MibOnDisk(engine.data());
    if (share <= 0.1) {
      first_owed = owed;
      first_resident = resident;
    }
    const double grown = owed - first_owed;
    std::printf("  %9.0f %12.1f %9.0f %18.1f %12.0f %14.0f\n", owed, resident, files,
                grown > 0 ? (resident - first_resident) * (1 << 20) / grown : 0.0,
                owed > 0 ? files * (1 << 20) / owed : 0.0, rate);
    std::fflush(stdout);
  }
  // While it goes on trying, for a while.
  std::this_thread::sleep_for(std::chrono::seconds(5));
  std::printf("  five seconds later: %.0f owed, %.1f MiB resident\n",
              engine.Metric("riposte_deliveries_owed"), engine.child().ResidentMib());
}

int Run(const CommandLine& options) {
  const std::string program = options.Text("--engine=", "build/release/riposte");
  const std::string parent = options.Text("--dir=", ".");
  const std::string only = options.Text("--only=", "");
  if (only != "owed") {
    Engine engine(program, parent);
    LatencyBench bench(engine, options);
    std::printf("PutEvents -> rule -> queue -> %d consumers, %d bytes an event\n",
                options.Number("--consumers=", 8), options.Number("--bytes=", 1000));
    const double highest = bench.Highest();
    bench.At(options.Number("--rate=", 1000));
    bench.At(static_cast<int>(highest / 2));
  }
  if (only != "latency") Owed(program, parent, options);
  return 0;
}

}  // namespace
}  // namespace riposte::bench

int main(int argc, char** argv) {
  return riposte::bench::Run(riposte::bench::CommandLine(argc, argv));
}
