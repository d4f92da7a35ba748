// What the benchmarks of deliveries need in an engine: queues, rules, topics, and signed calls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/engine.h"

namespace riposte::bench {

struct QueueRef {
  std::string url;
  std::string arn;
};

/// A standard queue that `service` ("events.amazonaws.com") may send to; "": nobody but its owner.
/// What is received stays hidden for ten minutes.
[[nodiscard]] QueueRef MakeQueue(Engine& engine, const std::string& name,
                                 std::string_view service = "");

/// A rule on the default bus for events with this source, and its targets.
void MakeRule(Engine& engine, const std::string& name, const std::string& source,
              const std::vector<json::Object>& targets);

/// One signed call in the JSON protocol, as bytes.
[[nodiscard]] std::string CallBytes(const Engine& engine, std::string_view service,
                                    std::string_view target, std::string_view version,
                                    const json::Value& input);
/// SendMessage, or SendMessageBatch when `count` is more than one, with bodies of `bytes`.
[[nodiscard]] std::string SendBytes(const Engine& engine, const std::string& url, int count,
                                    size_t bytes);
/// PutEvents with `count` events of source "bench", numbered from `first`.
[[nodiscard]] std::string EventBytes(const Engine& engine, int first, int count, size_t bytes);

/// Of the files in a data directory.
[[nodiscard]] double MibOnDisk(const std::string& directory);

/// Every value of the member `name` ("ReceiptHandle") in a JSON text, where values need no escapes.
[[nodiscard]] std::vector<std::string_view> ValuesOf(std::string_view text, std::string_view name);

}  // namespace riposte::bench
