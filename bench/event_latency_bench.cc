// How long from an event on the wire to the first line of a warm function?
//
//   bench_event_latency [--engine=build-release/riposte] [--dir=.] [--rate=1000] [--seconds=5]
//
// Signed PutEvents at a fixed rate, each matched by a rule whose target is a Python function that
// prints when it began. The latency runs from when the request was due, so that a stall counts for
// all it delayed; it holds signature, match, both durable commits (the event's delivery, the
// invocation) and the way into the process.
#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

#include "base/encoding.h"
#include "bench/engine.h"
#include "bench/load_generator.h"
#include "bench/options.h"
#include "bench/stats.h"
#include "functions/testing/zip_writer.h"

namespace riposte::bench {
namespace {

constexpr char kHandler[] = R"py(
import time
def handler(event, context):
    now = time.time()
    print("AT", event["detail"]["number"], repr(now))
)py";
constexpr char kTrust[] =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
    R"("Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]})";

double WallSeconds() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

http::Request Sign(const Engine& engine, std::string_view service, std::string method,
                   std::string target, std::string_view type, std::string body) {
  http::Request request{.method = std::move(method), .target = std::move(target)};
  request.headers.Add("Content-Type", type);
  request.body = std::move(body);
  const os::SystemClock clock;
  access::SignRequest(request, engine.host(), engine.key(), kRegion, service, clock.Now());
  return request;
}

json::Value Lambda(Engine& engine, const std::string& path, const json::Value& input) {
  const std::string reply = engine.Send(Sign(engine, "lambda", "POST", "/2015-03-31" + path,
                                             "application/json", json::Serialize(input)));
  return json::Parse(reply).value_or(json::Value());
}

void MakeFunction(Engine& engine) {
  engine.Send(Sign(engine, "iam", "POST", "/", "application/x-www-form-urlencoded",
                   "Action=CreateRole&Version=2010-05-08&RoleName=bench&AssumeRolePolicyDocument=" +
                       PercentEncode(kTrust)));
  const std::string zip = functions::testing::MakeZip({{"app.py", kHandler}});
  const json::Value made =
      Lambda(engine, "/functions",
             json::Object{{"FunctionName", "bench"},
                          {"Runtime", "python3.11"},
                          {"Role", "arn:aws:iam::000000000000:role/bench"},
                          {"Handler", "app.handler"},
                          {"Code", json::Object{{"ZipFile", Base64Encode(zip)}}}});
  Lambda(engine, "/functions/bench/policy",
         json::Object{{"StatementId", "rule"},
                      {"Action", "lambda:InvokeFunction"},
                      {"Principal", "events.amazonaws.com"}});
  engine.Call("events", "AWSEvents.PutRule", "1.1",
              json::Object{{"Name", "bench"}, {"EventPattern", R"({"source":["bench"]})"}});
  engine.Call(
      "events", "AWSEvents.PutTargets", "1.1",
      json::Object{
          {"Rule", "bench"},
          {"Targets", json::Array{json::Object{{"Id", "f"}, {"Arn", made.at("FunctionArn")}}}}});
  // Warm before the clock runs.
  Lambda(engine, "/functions/bench/invocations",
         json::Object{{"detail", json::Object{{"number", -1}}}});
}

std::vector<std::string> MakeRequests(const Engine& engine, int count) {
  std::vector<std::string> requests;
  for (int i = 0; i < count; ++i) {
    const json::Object detail{{"number", i}, {"text", std::string(1000, 'x')}};
    const json::Object input{
        {"Entries", json::Array{json::Object{{"Source", "bench"},
                                             {"DetailType", "Latency"},
                                             {"Detail", json::Serialize(detail)}}}}};
    const http::Request request =
        engine.Signed("events", "AWSEvents.PutEvents", "1.1", json::Serialize(input));
    requests.push_back(AsBytes(request));
  }
  return requests;
}

/// Number of the event -> when its function began.
std::map<int, double> ReadLog(Engine& engine) {
  std::map<int, double> out;
  std::string token;
  do {
    json::Object input{
        {"logGroupName", "/aws/lambda/bench"}, {"filterPattern", "AT"}, {"limit", 10'000}};
    if (!token.empty()) input["nextToken"] = token;
    const json::Value page = engine.Call("logs", "Logs_20140328.FilterLogEvents", "1.1", input);
    for (const json::Value& event : page.at("events").as_array()) {
      int number = -1;
      double at = 0;
      if (std::sscanf(event.at("message").as_string().c_str(), "AT %d %lf", &number, &at) == 2 &&
          number >= 0) {
        out.try_emplace(number, at);
      }
    }
    token = json::GetString(page.as_object(), "nextToken");
  } while (!token.empty());
  return out;
}

int Run(const CommandLine& options) {
  const int rate = options.Number("--rate=", 1000);
  const int seconds = options.Number("--seconds=", 5);
  Engine engine(options.Text("--engine=", "build-release/riposte"), options.Text("--dir=", "."));
  MakeFunction(engine);
  const int total = rate * (seconds + 1);
  const std::vector<std::string> requests = MakeRequests(engine, total);
  LoadOptions load{.port = engine.child().port(),
                   .connections = 64,
                   .warm_up_seconds = 1,
                   .seconds = static_cast<double>(seconds),
                   .requests = &requests,
                   .expect = R"("FailedEntryCount":0)",
                   .rate = static_cast<double>(rate)};
  const double cpu = engine.child().CpuSeconds();
  const double begin = WallSeconds();
  const LoadResult result = RunLoad(load);
  const double cpu_us = (engine.child().CpuSeconds() - cpu) / total * 1e6;
  // What was accepted is delivered; its log lines follow within a second.
  std::map<int, double> started;
  const Stopwatch patience;
  while (patience.Seconds() < 30) {
    const size_t before = started.size();
    started = ReadLog(engine);
    if (started.size() >= static_cast<size_t>(total) * 99 / 100 && started.size() == before) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
  }
  std::vector<double> latencies;
  for (const auto& [number, at] : started) {
    if (number >= rate)
      latencies.push_back((at - begin - static_cast<double>(number) / rate) * 1e3);
  }
  std::printf("PutEvents at %d/s, all matched: reply p50 %.2f  p99 %.2f ms\n", rate,
              Percentile(result.latencies_ms, 0.5), Percentile(result.latencies_ms, 0.99));
  std::printf("event -> function start, %zu events: p50 %.2f  p90 %.2f  p99 %.2f  max %.2f ms\n",
              latencies.size(), Median(latencies), Percentile(latencies, 0.9),
              Percentile(latencies, 0.99), Percentile(latencies, 1));
  std::printf("engine: %.0f us of CPU an event, resident after: %.0f MiB\n", cpu_us,
              engine.child().ResidentMib());
  return 0;
}

}  // namespace
}  // namespace riposte::bench

int main(int argc, char** argv) {
  return riposte::bench::Run(riposte::bench::CommandLine(argc, argv));
}
