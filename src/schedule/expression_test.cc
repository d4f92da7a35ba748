#include "schedule/expression.h"

#include <gtest/gtest.h>

namespace riposte::schedule {
namespace {

std::string Next(std::string_view expression, std::string_view after,
                 std::string_view anchor = "2026-01-01T00:00:30Z") {
  const auto schedule = ScheduleExpression::Parse(expression);
  if (!schedule) return "refused";
  const auto next = schedule->Next(*ParseIso8601(after), *ParseIso8601(anchor));
  return next ? FormatIso8601(*next) : "never";
}

TEST(ScheduleExpression, Next) {
  struct Case {
    const char* expression;
    const char* after;
    const char* next;
  };
  const Case kCases[] = {
      {"rate(1 minute)", "2026-01-01T00:00:30Z", "2026-01-01T00:01:30Z"},
      {"rate(5 minutes)", "2026-01-01T00:12:00Z", "2026-01-01T00:15:30Z"},
      {"rate(2 hours)", "2025-12-01T00:00:00Z", "2026-01-01T02:00:30Z"},
      {"rate(1 day)", "2026-01-05T00:00:30Z", "2026-01-06T00:00:30Z"},
      {"cron(0 10 * * ? *)", "2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z"},
      {"cron(15 12 * * ? *)", "2026-03-01T10:00:00Z", "2026-03-01T12:15:00Z"},
      {"cron(0 18 ? * MON-FRI *)", "2026-11-20T18:00:00Z", "2026-11-23T18:00:00Z"},
      {"cron(0 8 1 * ? *)", "2026-01-01T08:00:00Z", "2026-02-01T08:00:00Z"},
      {"cron(0/15 * * * ? *)", "2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z"},
      {"cron(0/10 * ? * MON-FRI *)", "2026-11-20T23:55:00Z", "2026-11-23T00:00:00Z"},
      {"cron(0/5 8-17 ? * 2-6 *)", "2026-11-20T17:55:00Z", "2026-11-23T08:00:00Z"},
      {"cron(0 0 L * ? *)", "2026-02-01T00:00:00Z", "2026-02-28T00:00:00Z"},
      {"cron(0 0 L 2 ? *)", "2027-03-01T00:00:00Z", "2028-02-29T00:00:00Z"},
      {"cron(0 0 LW * ? *)", "2026-02-01T00:00:00Z", "2026-02-27T00:00:00Z"},   // 28th: Saturday
      {"cron(0 0 1W * ? *)", "2026-07-31T01:00:00Z", "2026-08-03T00:00:00Z"},   // 1st: Saturday
      {"cron(0 0 15W * ? *)", "2026-11-01T00:00:00Z", "2026-11-16T00:00:00Z"},  // 15th: Sunday
      {"cron(0 0 ? * 6L *)", "2026-11-01T00:00:00Z", "2026-11-27T00:00:00Z"},
      {"cron(0 0 ? * FRI#2 *)", "2026-11-01T00:00:00Z", "2026-11-13T00:00:00Z"},
      {"cron(0 0 ? * FRI-MON *)", "2026-11-17T00:00:00Z", "2026-11-20T00:00:00Z"},
      {"cron(0 0 1 jan ? 2027)", "2026-11-17T00:00:00Z", "2027-01-01T00:00:00Z"},
      {"cron(0 0 1 JAN ? 2026)", "2026-11-17T00:00:00Z", "never"},
      {"cron(0 0 30 2 ? *)", "2026-11-17T00:00:00Z", "never"},
      {"cron(59 23 31 12 ? 2199)", "2026-11-17T00:00:00Z", "2199-12-31T23:59:00Z"},
  };
  for (const Case& c : kCases) EXPECT_EQ(Next(c.expression, c.after), c.next) << c.expression;
}

TEST(ScheduleExpression, Refusals) {
  for (const char* text : {"",
                           "rate()",
                           "rate(0 minutes)",
                           "rate(1 minutes)",
                           "rate(5 minute)",
                           "rate(-1 minutes)",
                           "rate(1.5 hours)",
                           "rate(5 weeks)",
                           "rate(5  minutes)",
                           "rate(5 minutes",
                           "cron()",
                           "cron(0 10 * * * *)",
                           "cron(0 10 ? * ? *)",
                           "cron(60 10 * * ? *)",
                           "cron(0 24 * * ? *)",
                           "cron(0 10 32 * ? *)",
                           "cron(0 10 * 13 ? *)",
                           "cron(0 10 ? * 8 *)",
                           "cron(0 10 * * ?)",
                           "cron(0 10 * * ? 2200)",
                           "cron(0/0 10 * * ? *)",
                           "cron(a 10 * * ? *)",
                           "cron(0 10 ? * FRI#6 *)",
                           "at(2026-01-01T00:00:00)"}) {
    EXPECT_FALSE(ScheduleExpression::Parse(text)) << text;
  }
}

}  // namespace
}  // namespace riposte::schedule
