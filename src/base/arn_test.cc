#include "base/arn.h"

#include <gtest/gtest.h>

namespace riposte {
namespace {

TEST(Arn, ParsesAndPrints) {
  const std::string text = "arn:aws:lambda:eu-west-1:123456789012:function:f:7";
  const auto arn = Arn::Parse(text);
  ASSERT_TRUE(arn.has_value());
  EXPECT_EQ(arn->service, "lambda");
  EXPECT_EQ(arn->region, Region("eu-west-1"));
  EXPECT_EQ(arn->account, AccountId("123456789012"));
  EXPECT_EQ(arn->resource, "function:f:7");
  EXPECT_EQ(arn->ResourceName(), "f:7");
  EXPECT_EQ(arn->str(), text);
}

TEST(Arn, RefusesWhatIsNotOne) {
  for (const char* text : {"", "arn", "arn:aws:s3", "arn:aws:sns:r:a:", "urn:aws:sns:r:a:t"}) {
    EXPECT_FALSE(Arn::Parse(text).has_value()) << text;
  }
}

TEST(Arn, Global) {
  EXPECT_EQ(MakeGlobalArn("iam", AccountId("123456789012"), "role/r"),
            "arn:aws:iam::123456789012:role/r");
}

}  // namespace
}  // namespace riposte
