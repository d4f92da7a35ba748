#include "telemetry/metrics.h"

#include <gtest/gtest.h>

namespace riposte::telemetry {
namespace {

TEST(Metrics, Exposition) {
  Registry registry;
  registry.GetCounter("riposte_calls_total", "Calls.", "service=\"events\"").Add(3);
  registry.GetGauge("riposte_owed", "Deliveries owed.").Set(-2);
  registry.GetHistogram("riposte_call_seconds", "Latency.").Observe(0.00015);
  const std::string text = registry.Exposition();
  EXPECT_NE(text.find("riposte_calls_total{service=\"events\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("# TYPE riposte_owed gauge\nriposte_owed -2\n"), std::string::npos);
  EXPECT_NE(text.find("riposte_call_seconds_bucket{le=\"0.0001\"} 0\n"), std::string::npos);
  EXPECT_NE(text.find("riposte_call_seconds_bucket{le=\"0.0002\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("riposte_call_seconds_count 1\n"), std::string::npos);
}

}  // namespace
}  // namespace riposte::telemetry
