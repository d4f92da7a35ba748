// Consumers of a queue: long polls on connections of their own, each message deleted once its time
// of arrival is noted. One thread.
#pragma once

#include <atomic>
#include <thread>
#include <unordered_map>

#include "bench/engine.h"
#include "bench/resources.h"

namespace riposte::bench {

class Consumers {
 public:
  /// Messages are events made by EventBytes: noted by their number.
  Consumers(const Engine& engine, const QueueRef& queue, int connections);
  ~Consumers() { Stop(); }
  Consumers(const Consumers&) = delete;
  Consumers& operator=(const Consumers&) = delete;

  /// How many have arrived so far, repetitions too.
  [[nodiscard]] size_t count() const { return count_; }
  void Stop();
  /// SteadySeconds() of each number's first arrival. REQUIRES: Stop().
  [[nodiscard]] const std::unordered_map<int, double>& arrivals() const { return arrivals_; }

 private:
  std::string Next(std::string_view reply);

  const Engine& engine_;
  const QueueRef queue_;
  std::string receive_;
  std::atomic<bool> stop_ = false;
  std::atomic<size_t> count_ = 0;
  std::unordered_map<int, double> arrivals_;
  std::thread thread_;
};

}  // namespace riposte::bench
