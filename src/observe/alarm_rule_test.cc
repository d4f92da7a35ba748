#include "observe/alarm_rule.h"

#include <gtest/gtest.h>

namespace riposte::observe {
namespace {

/// "0 - X - X", oldest first as the documentation writes it, to slots newest first.
std::vector<Slot> Slots(std::string_view picture) {
  std::vector<Slot> slots;
  for (const char c : picture) {
    if (c == ' ') continue;
    Slot slot;
    slot.start = FromMillis(60'000 * static_cast<int64_t>(slots.size()));
    if (c == '0') slot.value = 0;
    if (c == 'X') slot.value = 10;
    slots.push_back(slot);
  }
  std::reverse(slots.begin(), slots.end());
  return slots;
}

std::string StateOf(std::string_view picture, int m, MissingData missing) {
  AlarmRule rule;
  rule.threshold = 5;
  rule.evaluation_periods = 3;
  rule.datapoints_to_alarm = m;
  rule.missing_data = missing;
  const Verdict verdict = Judge(rule, Slots(picture));
  return verdict.state ? std::string(ToString(*verdict.state)) : "retain";
}

struct Row {
  const char* picture;
  int datapoints_to_alarm;
  const char* missing;
  const char* ignore;
  const char* breaching;
  const char* not_breaching;
};

// The tables of "Configuring how CloudWatch alarms treat missing data": three evaluation periods,
// five datapoints in the range; then the two rows that only its earlier editions show.
constexpr Row kTruth[] = {
    {"0 - X - X", 3, "OK", "OK", "OK", "OK"},
    {"- - - - 0", 3, "OK", "OK", "OK", "OK"},
    {"- - - - -", 3, "INSUFFICIENT_DATA", "retain", "ALARM", "OK"},
    {"0 X X - X", 3, "ALARM", "ALARM", "ALARM", "ALARM"},
    {"- - X - -", 3, "ALARM", "retain", "ALARM", "OK"},
    {"0 - X - X", 2, "ALARM", "ALARM", "ALARM", "ALARM"},
    {"0 0 X 0 X", 2, "ALARM", "ALARM", "ALARM", "ALARM"},
    {"0 - X - -", 2, "OK", "OK", "ALARM", "OK"},
    {"- - - - 0", 2, "OK", "OK", "ALARM", "OK"},
    {"- - - X -", 2, "ALARM", "retain", "ALARM", "OK"},
    {"X - - - -", 3, "ALARM", "retain", "ALARM", "OK"},
    {"- - - - X", 2, "INSUFFICIENT_DATA", "retain", "ALARM", "OK"},
};

TEST(Judge, FollowsTheDocumentedTables) {
  for (const Row& row : kTruth) {
    const int m = row.datapoints_to_alarm;
    EXPECT_EQ(StateOf(row.picture, m, MissingData::kMissing), row.missing) << row.picture;
    EXPECT_EQ(StateOf(row.picture, m, MissingData::kIgnore), row.ignore) << row.picture;
    EXPECT_EQ(StateOf(row.picture, m, MissingData::kBreaching), row.breaching) << row.picture;
    EXPECT_EQ(StateOf(row.picture, m, MissingData::kNotBreaching), row.not_breaching)
        << row.picture;
  }
}

TEST(Judge, DoesNotAlarmBeforeTheBreachIsOldEnough) {
  EXPECT_NE(StateOf("- - - - X", 3, MissingData::kMissing), "ALARM");
  EXPECT_NE(StateOf("- - - X -", 3, MissingData::kMissing), "ALARM");
}

TEST(Judge, KnowsAllComparisons) {
  const auto breaches = [](const char* name, double value) {
    AlarmRule rule;
    rule.comparison = *ParseComparison(name);
    rule.threshold = 5;
    return rule.Breaches(value);
  };
  EXPECT_FALSE(breaches("GreaterThanThreshold", 5));
  EXPECT_TRUE(breaches("GreaterThanThreshold", 5.1));
  EXPECT_TRUE(breaches("GreaterThanOrEqualToThreshold", 5));
  EXPECT_FALSE(breaches("LessThanThreshold", 5));
  EXPECT_TRUE(breaches("LessThanThreshold", 4.9));
  EXPECT_TRUE(breaches("LessThanOrEqualToThreshold", 5));
  EXPECT_FALSE(ParseComparison("GreaterThan"));
}

TEST(Judge, GivesTheReasonInWords) {
  AlarmRule rule;
  rule.comparison = Comparison::kGreaterOrEqual;
  rule.threshold = 1;
  std::vector<Slot> slots{{FromMillis(1'513'116'120'000), 10.0, 1}, {}, {}};
  EXPECT_EQ(Judge(rule, slots).reason,
            "Threshold Crossed: 1 datapoint [10.0 (12/12/17 22:02:00)] was greater than or equal "
            "to the threshold (1.0).");
  slots[0].value = 0;
  EXPECT_EQ(Judge(rule, slots).reason,
            "Threshold Crossed: 1 datapoint [0.0 (12/12/17 22:02:00)] was not greater than or "
            "equal to the threshold (1.0).");
  slots[0].value.reset();
  EXPECT_EQ(Judge(rule, slots).reason, "Insufficient Data: 1 datapoint was unknown.");
  rule.missing_data = MissingData::kNotBreaching;
  EXPECT_EQ(Judge(rule, slots).reason,
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint "
            "was treated as [NonBreaching].");
  rule.evaluation_periods = 3;
  rule.datapoints_to_alarm = 2;
  slots = {{FromMillis(1'513'116'120'000), 10.0, 1},
           {FromMillis(1'513'116'060'000), 0.0, 1},
           {FromMillis(1'513'116'000'000), 2.5, 1}};
  EXPECT_EQ(Judge(rule, slots).reason,
            "Threshold Crossed: 2 out of the last 3 datapoints [2.5 (12/12/17 22:00:00), 10.0 "
            "(12/12/17 22:02:00)] were greater than or equal to the threshold (1.0) (minimum 2 "
            "datapoints for OK -> ALARM transition).");
}

}  // namespace
}  // namespace riposte::observe
