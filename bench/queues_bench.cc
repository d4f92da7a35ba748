// How many messages a second do queues and topics carry, each acknowledged only once it is synced?
//
//   bench_queues [--engine=build/release/riposte] [--dir=.] [--rounds=3] [--seconds=3]
//                [--connections=64] [--bytes=1000] [--only=queue|topic]
//
// Signed requests over keep-alive connections, one outstanding on each. Send, receive and delete
// alternate with 1 and with 10 messages a call, over a new queue in each round. Then one topic with
// 1, 10 and 100 queues: publishes accepted a second, and deliveries made a second until nothing is
// owed any more; raw messages, and the service's signed envelope around them.
#include <cstdio>
#include <thread>

#include "bench/engine.h"
#include "bench/load_generator.h"
#include "bench/options.h"
#include "bench/resources.h"
#include "bench/stats.h"

namespace riposte::bench {
namespace {

struct Settings {
  int rounds;
  double seconds;
  int connections;
  size_t bytes;
};

/// Messages a second, in each round, and the engine's CPU time for one.
struct Rates {
  std::vector<double> values;
  std::vector<double> cpu_us;
  void Print(const char* what, int batch) const {
    std::printf("  %-8s %3d a call %9.0f messages/s %8.0f calls/s %6.0f us of CPU a message\n",
                what, batch, Median(values), Median(values) / batch, Median(cpu_us));
  }
};

class QueueBench {
 public:
  QueueBench(Engine& engine, const Settings& settings) : engine_(engine), settings_(settings) {}

  void Run() {
    const int batches[] = {1, 10};
    Rates sent[2], received[2], deleted[2];
    for (int round = 0; round < settings_.rounds; ++round) {
      for (int which = 0; which < 2; ++which) {
        const int batch = batches[which];
        const QueueRef queue =
            MakeQueue(engine_, "q-" + std::to_string(round) + "-" + std::to_string(batch));
        Send(queue, batch, sent[which]);
        const std::vector<std::string> handles = Receive(queue, batch, received[which]);
        Delete(queue, batch, handles, deleted[which]);
      }
    }
    for (int which = 0; which < 2; ++which) {
      sent[which].Print("send", batches[which]);
      received[which].Print("receive", batches[which]);
      deleted[which].Print("delete", batches[which]);
    }
    const auto ratio = [](const Rates& one, const Rates& ten) {
      return Median(ten.values) / Median(one.values);
    };
    std::printf("  ratio 10 / 1 a call: send %.2f  receive %.2f  delete %.2f\n",
                ratio(sent[0], sent[1]), ratio(received[0], received[1]),
                ratio(deleted[0], deleted[1]));
    std::fflush(stdout);
  }

 private:
  LoadOptions Load() const {
    return {.port = engine_.child().port(),
            .connections = settings_.connections,
            .warm_up_seconds = 0,
            .seconds = settings_.seconds};
  }
  /// `batch` messages a request were meant; `messages` of them in all, when that is known.
  void Measure(const LoadOptions& load, int batch, Rates& rates, const size_t* messages = nullptr) {
    const double cpu = engine_.child().CpuSeconds();
    const Stopwatch watch;
    const LoadResult result = RunLoad(load);
    const double seconds = watch.Seconds();
    const double count =
        messages ? static_cast<double>(*messages) : result.requests_per_second * seconds * batch;
    rates.values.push_back(count / seconds);
    rates.cpu_us.push_back((engine_.child().CpuSeconds() - cpu) / count * 1e6);
  }

  void Send(const QueueRef& queue, int batch, Rates& rates) {
    const std::vector<std::string> requests{SendBytes(engine_, queue.url, batch, settings_.bytes)};
    LoadOptions load = Load();
    load.requests = &requests;
    load.expect = batch == 1 ? "MessageId" : "Successful";
    Measure(load, batch, rates);
  }

  std::vector<std::string> Receive(const QueueRef& queue, int batch, Rates& rates) {
    const std::string request =
        CallBytes(engine_, "sqs", "AmazonSQS.ReceiveMessage", "1.0",
                  json::Object{{"QueueUrl", queue.url}, {"MaxNumberOfMessages", batch}});
    std::vector<std::string> handles;
    size_t messages = 0;
    std::atomic<bool> empty = false;
    LoadOptions load = Load();
    load.stop = &empty;
    // So many of a queue may be hidden at a time.
    constexpr size_t kMostInFlight = 100'000;
    load.replies = kMostInFlight / static_cast<size_t>(batch);
    bool first = true;
    load.next = [&](size_t, std::string_view reply) {
      const auto found = ValuesOf(reply, "ReceiptHandle");
      handles.insert(handles.end(), found.begin(), found.end());
      messages = handles.size();
      if (found.empty() && !reply.empty() && !first) empty = true;
      if (!reply.empty()) first = false;
      return request;
    };
    Measure(load, batch, rates, &messages);
    return handles;
  }

  void Delete(const QueueRef& queue, int batch, const std::vector<std::string>& handles,
              Rates& rates) {
    std::vector<std::string> requests;
    for (size_t at = 0; at + static_cast<size_t>(batch) <= handles.size();
         at += static_cast<size_t>(batch)) {
      if (batch == 1) {
        requests.push_back(
            CallBytes(engine_, "sqs", "AmazonSQS.DeleteMessage", "1.0",
                      json::Object{{"QueueUrl", queue.url}, {"ReceiptHandle", handles[at]}}));
        continue;
      }
      json::Array entries;
      for (size_t i = 0; i < static_cast<size_t>(batch); ++i) {
        entries.push_back(
            json::Object{{"Id", std::to_string(i)}, {"ReceiptHandle", handles[at + i]}});
      }
      requests.push_back(
          CallBytes(engine_, "sqs", "AmazonSQS.DeleteMessageBatch", "1.0",
                    json::Object{{"QueueUrl", queue.url}, {"Entries", std::move(entries)}}));
    }
    if (requests.empty()) Die("nothing was received");
    LoadOptions load = Load();
    load.requests = &requests;
    load.replies = requests.size();
    Measure(load, batch, rates);
  }

  Engine& engine_;
  const Settings& settings_;
};

/// How many messages are in the queue, hidden ones too.
int64_t Depth(Engine& engine, const QueueRef& queue) {
  const json::Value shown =
      engine.Call("sqs", "AmazonSQS.GetQueueAttributes", "1.0",
                  json::Object{{"QueueUrl", queue.url},
                               {"AttributeNames", json::Array{"ApproximateNumberOfMessages"}}});
  return std::atoll(shown.at("Attributes").at("ApproximateNumberOfMessages").as_string().c_str());
}

void FanOut(Engine& engine, const Settings& settings, int queues, bool raw) {
  const std::string name = (raw ? "raw-" : "signed-") + std::to_string(queues);
  const std::string topic = "arn:aws:sns:us-east-1:000000000000:" + name;
  engine.Query("sns", "CreateTopic", "2010-03-31", {{"Name", name}});
  std::vector<QueueRef> list;
  for (int i = 0; i < queues; ++i) {
    list.push_back(MakeQueue(engine, name + "-" + std::to_string(i), "sns.amazonaws.com"));
    engine.Query("sns", "Subscribe", "2010-03-31",
                 {{"TopicArn", topic},
                  {"Protocol", "sqs"},
                  {"Endpoint", list.back().arn},
                  {"Attributes.entry.1.key", "RawMessageDelivery"},
                  {"Attributes.entry.1.value", raw ? "true" : "false"}});
  }
  const std::vector<std::string> requests{AsBytes(
      engine.SignedQuery("sns", "Publish", "2010-03-31",
                         {{"TopicArn", topic}, {"Message", std::string(settings.bytes, 'x')}}))};
  const LoadOptions load{.port = engine.child().port(),
                         .connections = settings.connections,
                         .warm_up_seconds = 0,
                         .seconds = settings.seconds,
                         .requests = &requests,
                         .expect = "MessageId"};
  const double cpu = engine.child().CpuSeconds();
  const Stopwatch watch;
  const LoadResult result = RunLoad(load);
  const double owed = engine.Metric("riposte_deliveries_owed");
  while (engine.Metric("riposte_deliveries_owed") > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  const double delivered_in = watch.Seconds();
  const int64_t each = Depth(engine, list.front());
  const double delivered = static_cast<double>(each) * queues;
  const double cpu_us = (engine.child().CpuSeconds() - cpu) / delivered * 1e6;
  // What was under way at the end has arrived too.
  if (Depth(engine, list.back()) != each ||
      each < static_cast<int64_t>(result.latencies_ms.size())) {
    Die("messages are missing in a queue");
  }
  std::printf(
      "  %3d queues, %s %7.0f publishes/s %8.0f deliveries/s  p99 of a publish %6.1f ms, owed at "
      "the end %.0f, %.0f us of CPU a delivery\n",
      queues, raw ? "raw   " : "signed", result.requests_per_second, delivered / delivered_in,
      static_cast<double>(Percentile(result.latencies_ms, 0.99)), owed, cpu_us);
  std::fflush(stdout);
}

int Run(const CommandLine& options) {
  const Settings settings{.rounds = options.Number("--rounds=", 3),
                          .seconds = static_cast<double>(options.Number("--seconds=", 3)),
                          .connections = options.Number("--connections=", 64),
                          .bytes = static_cast<size_t>(options.Number("--bytes=", 1000))};
  const std::string only = options.Text("--only=", "");
  Engine engine(options.Text("--engine=", "build/release/riposte"), options.Text("--dir=", "."));
  std::printf("%zu bytes a message, %d connections with one request outstanding on each\n",
              settings.bytes, settings.connections);
  if (only != "topic") {
    std::printf("queue, %d rounds of %.0f s each\n", settings.rounds, settings.seconds);
    QueueBench(engine, settings).Run();
  }
  if (only != "queue") {
    std::printf("topic, %.0f s of publishing, then until nothing is owed\n", settings.seconds);
    for (const bool raw : {true, false}) {
      for (const int queues : {1, 10, 100}) FanOut(engine, settings, queues, raw);
    }
  }
  std::printf("resident after the load: %.0f MiB\n", engine.child().ResidentMib());
  return 0;
}

}  // namespace
}  // namespace riposte::bench

int main(int argc, char** argv) {
  return riposte::bench::Run(riposte::bench::CommandLine(argc, argv));
}
