#include "services/pipes/template.h"

#include <gtest/gtest.h>

namespace riposte::pipes {
namespace {

const char kRecord[] =
    R"({"messageId": "m-1", "body": "{\"user\": {\"name\": \"a\\\"b\"}, \"n\": [1, 2]}", )"
    R"("attributes": {"SentTimestamp": "5"}})";

std::string Apply(std::string_view text, std::string_view event) {
  const auto parsed = InputTemplate::Parse(text);
  if (!parsed) return "refused: " + parsed.error().message;
  const PipeContext context{"arn:p", "pipe", "arn:s", "arn:e", "arn:t", "2026-01-01T00:00:00Z"};
  return json::Serialize(parsed->Apply(*json::Parse(event), context));
}

TEST(InputTemplate, ReachesIntoBodiesAndNeverLetsDataOut) {
  EXPECT_EQ(Apply(R"({"who": <$.body.user.name>, "id": "<$.messageId>"})", kRecord),
            R"({"who":"a\"b","id":"m-1"})");
  EXPECT_EQ(Apply(R"({"text": "by <$.body.user.name>!"})", kRecord), R"({"text":"by a\"b!"})");
  EXPECT_EQ(Apply(R"({"second": <$.body.n[1]>, "all": <$.body.n>})", kRecord),
            R"({"second":2,"all":[1,2]})");
  EXPECT_EQ(Apply(R"({"a": <$.attributes.SentTimestamp>, "none": "<$.body.nothing>"})", kRecord),
            R"({"a":"5","none":""})");
  EXPECT_EQ(Apply(R"("<$.messageId> came")", kRecord), R"("m-1 came")");
  EXPECT_EQ(Apply("<$.messageId> came", kRecord), R"("\"m-1\" came")");
}

TEST(InputTemplate, ReservedNames) {
  EXPECT_EQ(Apply(R"({"p": <aws.pipes.pipe-name>, "t": "<aws.pipes.event.ingestion-time>"})", "{}"),
            R"({"p":"pipe","t":"2026-01-01T00:00:00Z"})");
  EXPECT_EQ(Apply(R"({"e": <aws.pipes.event>})", R"({"body": "{\"a\":1}"})"),
            R"({"e":{"body":"{\"a\":1}"}})");
  EXPECT_EQ(Apply(R"({"e": <aws.pipes.event.json>})", R"({"body": "{\"a\":1}"})"),
            R"({"e":{"body":{"a":1}}})");
  EXPECT_TRUE(Apply("<aws.pipes.nonsense>", "{}").starts_with("refused"));
  EXPECT_TRUE(Apply("<$.a[>", "{}").starts_with("refused"));
  EXPECT_TRUE(Apply(R"({"a": <$.b>)", "{}").starts_with("refused"));
  EXPECT_EQ(Apply("a < b <c>", "{}"), R"("a < b <c>")");
}

TEST(Resolve, TakesParametersFromEvents) {
  const json::Value event = *json::Parse(kRecord);
  EXPECT_EQ(Resolve("group", event), "group");
  EXPECT_EQ(Resolve("$.messageId", event), "m-1");
  EXPECT_EQ(Resolve("$.body.n", event), "[1,2]");
  EXPECT_EQ(Resolve("$.nothing", event), "");
}

}  // namespace
}  // namespace riposte::pipes
