// How much does the engine do with the requests that its own HTTP server can carry?
//
// Signed PutEvents over keep-alive connections against the engine, and the same bytes against the
// same http::Server with a constant answer, in alternating rounds. One event in ten matches a rule
// with a queue as its target. Every reply of the engine comes after an fsync of what is owed.
//
//   bench_load [--engine=build-release/riposte] [--dir=.] [--rounds=5] [--seconds=4]
//              [--connections=64] [--bytes=3000]
//   bench_load --constant --port=N          the constant server (started by the above)
#include <unistd.h>

#include <cstdio>
#include <semaphore>
#include <thread>

#include "bench/engine.h"
#include "bench/load_generator.h"
#include "bench/options.h"
#include "bench/stats.h"
#include "http/server.h"

namespace riposte::bench {
namespace {

constexpr std::string_view kExpect = R"("FailedEntryCount":0)";

int ServeConstant(uint16_t port) {
  const auto server = http::Server::Start({.port = port, .threads = 2}, [](http::Request,
                                                                           http::Responder
                                                                               responder) {
    http::Response response;
    response.headers.Add("Content-Type", "application/x-amz-json-1.1");
    response.body =
        R"({"FailedEntryCount":0,"Entries":[{"EventId":"00000000-0000-4000-8000-000000000000"}]})";
    responder.Send(std::move(response));
  });
  if (!server) Die(server.error().message);
  pause();
  return 0;
}

/// A rule that matches one event in ten and owes it to a queue.
void MakeRule(Engine& engine) {
  const json::Value queue =
      engine.Call("sqs", "AmazonSQS.CreateQueue", "1.0", json::Object{{"QueueName", "bench"}});
  const json::Value attributes =
      engine.Call("sqs", "AmazonSQS.GetQueueAttributes", "1.0",
                  json::Object{{"QueueUrl", queue.at("QueueUrl")},
                               {"AttributeNames", json::Array{"QueueArn"}}});
  const json::Value arn = attributes.at("Attributes").at("QueueArn");
  const json::Object policy{
      {"Version", "2012-10-17"},
      {"Statement",
       json::Array{json::Object{{"Effect", "Allow"},
                                {"Principal", json::Object{{"Service", "events.amazonaws.com"}}},
                                {"Action", "sqs:SendMessage"},
                                {"Resource", arn}}}}};
  engine.Call("sqs", "AmazonSQS.SetQueueAttributes", "1.0",
              json::Object{{"QueueUrl", queue.at("QueueUrl")},
                           {"Attributes", json::Object{{"Policy", json::Serialize(policy)}}}});
  engine.Call("events", "AWSEvents.PutRule", "1.1",
              json::Object{{"Name", "bench"},
                           {"EventPattern", R"({"source":["bench"],"detail":{"kind":["hit"]}})"}});
  engine.Call("events", "AWSEvents.PutTargets", "1.1",
              json::Object{{"Rule", "bench"},
                           {"Targets", json::Array{json::Object{{"Id", "q"}, {"Arn", arn}}}}});
}

/// Signed calls of `entries` events each. A signature is good for some minutes, so they are made
/// before the round and used in turn.
std::vector<std::string> MakeRequests(const Engine& engine, int entries, size_t bytes) {
  std::vector<std::string> requests;
  int number = 0;
  for (int i = 0; i < 1000; ++i) {
    json::Array list;
    for (int e = 0; e < entries; ++e, ++number) {
      const json::Object detail{{"kind", number % 10 == 0 ? "hit" : "other"},
                                {"number", number},
                                {"text", std::string(bytes, 'x')}};
      list.push_back(json::Object{
          {"Source", "bench"}, {"DetailType", "Load"}, {"Detail", json::Serialize(detail)}});
    }
    requests.push_back(
        AsBytes(engine.Signed("events", "AWSEvents.PutEvents", "1.1",
                              json::Serialize(json::Object{{"Entries", std::move(list)}}))));
  }
  return requests;
}

struct Rounds {
  std::vector<double> rates;
  std::vector<double> cpu_us;
  std::vector<float> latencies_ms;

  void Add(Child& child, const LoadOptions& options) {
    const double cpu = child.CpuSeconds();
    const Stopwatch watch;
    LoadResult result = RunLoad(options);
    cpu_us.push_back((child.CpuSeconds() - cpu) / watch.Seconds() / result.requests_per_second *
                     1e6);
    rates.push_back(result.requests_per_second);
    latencies_ms.insert(latencies_ms.end(), result.latencies_ms.begin(), result.latencies_ms.end());
  }
  void Print(const char* name, int entries) const {
    std::printf(
        "  %-9s %8.0f requests/s  %8.0f events/s  p50 %6.2f  p99 %6.2f  p99.9 %6.2f ms  "
        "%5.0f us of CPU a request\n",
        name, Median(rates), Median(rates) * entries, Percentile(latencies_ms, 0.5),
        Percentile(latencies_ms, 0.99), Percentile(latencies_ms, 0.999), Median(cpu_us));
  }
};

int Run(const CommandLine& options, const char* self) {
  const int rounds = options.Number("--rounds=", 5);
  const auto bytes = static_cast<size_t>(options.Number("--bytes=", 3000));
  Engine engine(options.Text("--engine=", "build-release/riposte"), options.Text("--dir=", "."));
  MakeRule(engine);
  const uint16_t port = FreePort();
  Child constant({self, "--constant", "--port=" + std::to_string(port)}, port, true);
  constant.WaitReady("/");
  LoadOptions load{.connections = options.Number("--connections=", 64),
                   .seconds = static_cast<double>(options.Number("--seconds=", 4)),
                   .expect = kExpect};
  std::printf("PutEvents, signed, %zu bytes an event, %d connections, one event in ten matches\n",
              bytes, load.connections);
  for (const int entries : {1, 10}) {
    Rounds by_engine;
    Rounds by_constant;
    std::vector<double> ratios;
    for (int i = 0; i < rounds; ++i) {
      const std::vector<std::string> requests = MakeRequests(engine, entries, bytes);
      load.requests = &requests;
      load.port = engine.child().port();
      by_engine.Add(engine.child(), load);
      load.port = port;
      by_constant.Add(constant, load);
      ratios.push_back(by_engine.rates.back() / by_constant.rates.back());
    }
    std::printf("%d %s a call, %d rounds of %.0f s\n", entries, entries == 1 ? "entry" : "entries",
                rounds, load.seconds);
    by_engine.Print("engine", entries);
    by_constant.Print("constant", entries);
    std::printf("  ratio engine / constant %.2f\n", Median(ratios));
    std::fflush(stdout);
  }
  std::printf("resident after the load: %.0f MiB\n", engine.child().ResidentMib());
  return 0;
}

}  // namespace
}  // namespace riposte::bench

int main(int argc, char** argv) {
  const riposte::bench::CommandLine options(argc, argv);
  if (argc > 1 && std::string_view(argv[1]) == "--constant") {
    return riposte::bench::ServeConstant(static_cast<uint16_t>(options.Number("--port=", 0)));
  }
  return riposte::bench::Run(options, argv[0]);
}
