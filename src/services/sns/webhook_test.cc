#include "services/sns/webhook.h"

#include <gtest/gtest.h>

#include "api/error.h"

namespace riposte::sns {
namespace {

json::Value Rendered(const Notice& notice) {
  return json::Parse(RenderWebhook(notice)).value();
}

Notice Plain(const std::string& protocol, const std::string& message = "text") {
  Notice notice;
  notice.protocol = protocol;
  notice.topic_arn = "arn:aws:sns:us-east-1:123456789012:alerts";
  notice.message_id = "id-1";
  notice.message = message;
  return notice;
}

TEST(SnsWebhookTest, EachServiceGetsItsOwnForm) {
  Notice notice = Plain("slack", "A bucket is public.\nMore.");
  EXPECT_EQ(Rendered(notice).at("text").as_string(), "A bucket is public.");
  EXPECT_EQ(Rendered(notice).at("blocks").at(1).at("text").at("text").as_string(),
            "A bucket is public.\nMore.");
  notice.protocol = "teams";
  notice.subject = "Alert";
  const auto card = Rendered(notice).at("attachments").at(0).at("content");
  EXPECT_EQ(card.at("body").at(0).at("inlines").at(0).at("text").as_string(), "Alert");
  notice.protocol = "pagerduty";
  notice.routing_key = "key";
  notice.message = R"({"detail":{"findings":[{"Severity":{"Label":"CRITICAL"}}]}})";
  const auto page = Rendered(notice);
  EXPECT_EQ(page.at("routing_key").as_string(), "key");
  EXPECT_EQ(page.at("dedup_key").as_string(), "id-1");
  EXPECT_EQ(page.at("payload").at("severity").as_string(), "critical");
  EXPECT_TRUE(page.at("payload").at("custom_details").at("message").is_object());
  notice.protocol = "webhook";
  EXPECT_EQ(Rendered(notice).at("subject").as_string(), "Alert");
}

TEST(SnsWebhookTest, DataStaysData) {
  // Whatever a message holds comes back out of the document as the same text.
  for (const char* evil : {R"(","admin":true,"x":")", "${RoutingKey}", "$(reboot)", "{{7*7}}",
                           "\\u0022", "line\nbreak", "\x01\x1f", "}", "${", "<!channel>"}) {
    Notice notice = Plain("webhook", evil);
    notice.routing_key = "secret";
    notice.subject = evil;
    const auto document = Rendered(notice);
    EXPECT_EQ(document.as_object().size(), 6u) << evil;
    EXPECT_EQ(document.at("message").as_string(), evil);
    EXPECT_EQ(document.at("subject").as_string(), evil);
    notice.protocol = "teams";
    EXPECT_EQ(Rendered(notice).at("attachments").as_array().size(), 1u);
  }
  // Slack's mentions and links cannot be forged.
  const std::string slack = RenderWebhook(Plain("slack", "<!channel> <http://evil|ok> & co"));
  EXPECT_EQ(slack.find("<!"), std::string::npos);
  EXPECT_NE(slack.find("&lt;!channel&gt;"), std::string::npos);
  EXPECT_NE(slack.find("&amp; co"), std::string::npos);
}

TEST(SnsWebhookTest, TemplatesSubstituteAndNothingElse) {
  Notice notice = Plain("webhook", R"({"a":[{"b":7}],"s":"text"})");
  notice.attributes = {{"team", json::Object{{"DataType", "String"}, {"StringValue", "blue"}}}};
  notice.body_template = R"({
    "number": "${Body.a.0.b}", "inside": "n=${Body.a.0.b}!", "missing": "${Body.x.y}${Nothing}",
    "team": "${Attributes.team}", "all": "${Attributes}", "short": "${Body.s|2}",
    "${Subject}": 1, "kept": [true, null, 2.5], "open": "${Body"})";
  const auto document = Rendered(notice);
  EXPECT_EQ(document.at("number"), 7);
  EXPECT_EQ(document.at("inside").as_string(), "n=7!");
  EXPECT_EQ(document.at("missing").as_string(), "");
  EXPECT_EQ(document.at("team").as_string(), "blue");
  EXPECT_EQ(document.at("all").at("team").as_string(), "blue");
  EXPECT_EQ(document.at("short").as_string(), "te");
  EXPECT_TRUE(document.as_object().contains("${Subject}"));
  EXPECT_EQ(json::Serialize(document.at("kept")), "[true,null,2.5E0]");
  EXPECT_EQ(document.at("open").as_string(), "${Body");
}

TEST(SnsWebhookTest, CutsBetweenCharacters) {
  Notice notice = Plain("webhook");
  notice.subject = "\xC3\xA4\xC3\xB6\xC3\xBC";
  notice.body_template = R"({"s": "${Subject|2}"})";
  EXPECT_EQ(Rendered(notice).at("s").as_string(), "\xC3\xA4\xC3\xB6");
}

TEST(SnsWebhookTest, SeveritiesOfManyTongues) {
  const auto severity = [](const std::string& message) {
    Notice notice = Plain("pagerduty", message);
    return std::string(Rendered(notice).at("payload").at("severity").as_string());
  };
  EXPECT_EQ(severity(R"({"NewStateValue":"OK"})"), "info");
  EXPECT_EQ(severity(R"({"NewStateValue":"ALARM"})"), "error");
  EXPECT_EQ(severity(R"({"detail":{"severity":8.5}})"), "error");
  EXPECT_EQ(severity(R"({"detail":{"severity":5}})"), "warning");
  EXPECT_EQ(severity("plain text"), "error");
}

TEST(SnsWebhookTest, TemplatesAreBounded) {
  EXPECT_NO_THROW(CheckTemplate(R"({"text":"${Message}"})"));
  EXPECT_THROW(CheckTemplate("text"), api::Error);
  EXPECT_THROW(CheckTemplate("[]"), api::Error);
  EXPECT_THROW(CheckTemplate(R"({"a":")" + std::string(16'384, 'x') + "\"}"), api::Error);
  std::string deep;
  for (int i = 0; i < 20; ++i) deep += R"({"a":)";
  EXPECT_THROW(CheckTemplate(deep + "1" + std::string(20, '}')), api::Error);
}

}  // namespace
}  // namespace riposte::sns
