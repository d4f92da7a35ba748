#include "services/sns/sns.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <set>

#include "api/testing/service_fixture.h"
#include "base/encoding.h"
#include "http/testing/fake_client.h"
#include "services/sns/delivery_policy.h"
#include "services/sns/group_order.h"
#include "services/sns/subscription_target.h"

namespace riposte::sns {
namespace {

using json::Array;
using json::Object;
using std::chrono::seconds;

class FakeInvoker final : public api::Invoker {
 public:
  void Invoke(api::Invocation invocation, api::Reply reply) override {
    calls.push_back(std::move(invocation));
    api::Outcome outcome;
    const bool fails = !error.empty() && (only_for.empty() || Body().find(only_for) != Body().npos);
    if (fails) outcome.error = api::Error(error, "refused");
    outcome.output = Object();
    if (fails || !hold) return reply(std::move(outcome));
    held.push_back([reply = std::move(reply)]() mutable { reply({Object(), {}}); });
  }
  [[nodiscard]] std::string Body() const {
    return std::string(json::GetString(calls.back().input, "MessageBody"));
  }
  std::vector<api::Invocation> calls;
  std::string error;
  std::string only_for;  ///< Fails only calls whose message holds this text.
  bool hold = false;     ///< Keeps replies in `held`.
  std::vector<std::move_only_function<void()>> held;
};

class FakeMail final : public MailTransport {
 public:
  void Send(Mail mail, Completion completion) override {
    mails.push_back(std::move(mail));
    completion({});
  }
  std::vector<Mail> mails;
};

class CountingMetrics final : public api::MetricSink {
 public:
  void Put(const Scope&, std::string_view, std::string_view name, const Dimensions&, double value,
           std::string_view) override {
    counts[std::string(name)] += value;
  }
  std::map<std::string, double> counts;
};

bool Verifies(const std::string& pem, const std::string& text, const std::string& signature,
              const EVP_MD* method) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  const std::string bytes = Base64Decode(signature).value();
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestVerifyInit(context, nullptr, method, nullptr, X509_get0_pubkey(certificate));
  const bool ok =
      EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  X509_free(certificate);
  BIO_free(bio);
  return ok;
}

/// One key for all tests: making one takes a good part of a second.
const KeyPair& SharedKey() {
  static const KeyPair pair = [] {
    riposte::testing::FakeClock clock;
    auto store = store::Store::Open({.path = "", .threaded = false}, Migrations()).value();
    MessageSigner signer(*store, clock);
    EXPECT_NE(signer.CertificatePem(), "");
    std::optional<KeyPair> made;
    store->Read([&](store::Transaction& tx) { made = LoadKeyPair(tx); });
    return made.value();
  }();
  return pair;
}

class SnsTest : public api::testing::ServiceFixture {
 protected:
  SnsTest() : ServiceFixture("sns", {Migrations(), delivery::Dispatcher::Migrations()}) {
    store_->WriteAndWait([](store::Transaction& tx) { StoreKeyPair(tx, SharedKey()); });
    service_object_.Register(registry_);
    dispatcher_.AddTarget(SubscriptionTarget::kKind, target_);
    dispatcher_.SetDeadLetterSender(
        [this](const delivery::Work& work, delivery::Target::DeadLetter letter, auto sent) {
          dead_letters_.emplace_back(work.dead_letter_arn, std::move(letter));
          sent(true);
        });
    dispatcher_.Start();
    loop_.RunUntilIdle();
  }

  std::string NewTopic(const std::string& name = "alerts", Object attributes = {}) {
    return At(Run("CreateTopic", {{"Name", name}, {"Attributes", std::move(attributes)}}),
              "TopicArn");
  }
  std::string SubscribeTo(const std::string& topic, const std::string& protocol,
                          const std::string& endpoint, Object attributes = {}) {
    return At(Run("Subscribe", {{"TopicArn", topic},
                                {"Protocol", protocol},
                                {"Endpoint", endpoint},
                                {"ReturnSubscriptionArn", true},
                                {"Attributes", std::move(attributes)}}),
              "SubscriptionArn");
  }
  std::string SubscribeQueue(const std::string& topic, Object attributes = {}) {
    return SubscribeTo(topic, "sqs", kQueue, std::move(attributes));
  }
  void Publish(const std::string& topic, const std::string& message, Object more = {}) {
    Object input{{"TopicArn", topic}, {"Message", message}};
    for (const auto& [name, value] : more) input[name] = value;
    EXPECT_FALSE(At(Run("Publish", std::move(input)), "MessageId").empty());
  }
  /// The envelope in the last message that a queue was sent.
  Object LastEnvelope() {
    const auto body = json::GetString(invoker_.calls.back().input, "MessageBody");
    return json::Parse(body).value().as_object();
  }
  static Object StringAttribute(std::string_view value) {
    return {{"DataType", "String"}, {"StringValue", value}};
  }

  static constexpr const char* kQueue = "arn:aws:sqs:us-east-1:123456789012:q";
  telemetry::Log log_{{.silent = true}};
  FakeInvoker invoker_;
  http::testing::FakeClient web_;
  FakeMail mail_;
  CountingMetrics metrics_;
  MessageSigner signer_{*store_, clock_};
  delivery::Dispatcher dispatcher_{{}, *store_, loop_, clock_, random_, log_};
  const std::string endpoint_ = "http://127.0.0.1:4566";
  SubscriptionTarget target_{{invoker_, web_, mail_, clock_, signer_, metrics_, endpoint_}};
  SnsService service_object_{dispatcher_, random_, metrics_};
  std::vector<std::pair<std::string, delivery::Target::DeadLetter>> dead_letters_;
};

TEST_F(SnsTest, TopicsAreMadeOnce) {
  const std::string arn = NewTopic("alerts", {{"DisplayName", "Alerts"}});
  EXPECT_EQ(arn, "arn:aws:sns:us-east-1:123456789012:alerts");
  EXPECT_EQ(NewTopic("alerts"), arn);
  EXPECT_EQ(ErrorOf("CreateTopic",
                    {{"Name", "alerts"}, {"Attributes", Object{{"DisplayName", "Other"}}}}),
            "InvalidParameterException: Invalid parameter: Attributes Reason: Topic already "
            "exists with different attributes");
  EXPECT_EQ(ErrorOf("CreateTopic", {{"Name", "a b"}}),
            "InvalidParameterException: Invalid parameter: Topic Name");
  const Object got = Run("GetTopicAttributes", {{"TopicArn", arn}});
  EXPECT_EQ(At(got, "Attributes.TopicArn"), arn);
  EXPECT_EQ(At(got, "Attributes.SubscriptionsConfirmed"), "0");
  EXPECT_NE(At(got, "Attributes.Policy").find("AWS:SourceOwner"), std::string::npos);
  Run("DeleteTopic", {{"TopicArn", arn}});
  Run("DeleteTopic", {{"TopicArn", arn}});
  EXPECT_EQ(ErrorOf("GetTopicAttributes", {{"TopicArn", arn}}),
            "NotFoundException: Topic does not exist");
}

TEST_F(SnsTest, ASigningKeyThatCannotBeReadIsWaitedFor) {
  const auto replace = [this](const KeyPair& pair) {
    store_->WriteAndWait([&](store::Transaction& tx) {
      tx.Execute("DELETE FROM sns_keys", {});
      StoreKeyPair(tx, pair);
    });
  };
  const std::string topic = NewTopic();
  SubscribeQueue(topic);
  replace({"no key", "no certificate"});
  Publish(topic, "hello");
  loop_.RunUntilIdle();
  EXPECT_TRUE(invoker_.calls.empty());
  replace(SharedKey());
  loop_.Advance(seconds(60));
  ASSERT_FALSE(invoker_.calls.empty());
  EXPECT_EQ(At(LastEnvelope(), "Message"), "hello");
}

TEST_F(SnsTest, ADeliveryPolicyWithoutItsProtocolMeansHttp) {
  const std::string arn = NewTopic(
      "alerts",
      {{"DeliveryPolicy", R"({"healthyRetryPolicy":{"minDelayTarget":5,"maxDelayTarget":300,)"
                          R"("numRetries":10}})"}});
  const Object got = Run("GetTopicAttributes", {{"TopicArn", arn}});
  const Object effective =
      json::Parse(At(got, "Attributes.EffectiveDeliveryPolicy")).value().as_object();
  EXPECT_EQ(At(effective, "http.defaultHealthyRetryPolicy.numRetries"), "10");
  EXPECT_EQ(At(effective, "http.defaultHealthyRetryPolicy.maxDelayTarget"), "300");
  EXPECT_TRUE(
      ErrorOf("SetTopicAttributes", {{"TopicArn", arn},
                                     {"AttributeName", "DeliveryPolicy"},
                                     {"AttributeValue", R"({"http":{"defaultHealthyRetryPolicy":)"
                                                        R"({"numRetries":101}}})"}})
          .starts_with("InvalidParameterException"));
}

TEST(SnsDeliveryPolicyTest, FollowsTheTableOfTheService) {
  const auto queue = RetryPolicyFor("sqs", "", "");
  EXPECT_EQ(queue.max_attempts, 100'015);
  ASSERT_EQ(queue.steps.size(), 16u);
  EXPECT_EQ(queue.steps[2], Millis(0));
  EXPECT_EQ(queue.steps[3], seconds(1));
  EXPECT_EQ(queue.steps[15], seconds(20));
  const auto mail = RetryPolicyFor("email", "", "");
  EXPECT_EQ(mail.max_attempts, 50);
  EXPECT_EQ(mail.steps.back(), seconds(600));
  const auto web = RetryPolicyFor("https", "", "");
  EXPECT_EQ(web.steps, (std::vector<Millis>{seconds(20), seconds(20), seconds(20)}));
  const auto own = RetryPolicyFor(
      "http",
      R"({"healthyRetryPolicy":{"numRetries":5,"numNoDelayRetries":1,"numMinDelayRetries":1,)"
      R"("numMaxDelayRetries":1,"minDelayTarget":1,"maxDelayTarget":3}})",
      "");
  EXPECT_EQ(own.steps,
            (std::vector<Millis>{Millis(0), seconds(1), seconds(1), seconds(3), seconds(3)}));
}

TEST_F(SnsTest, QueuesGetTheSignedEnvelope) {
  trace_ = {"inc-0000000000000001", 3};
  const std::string topic = NewTopic();
  const std::string subscription = SubscribeQueue(topic);
  Publish(topic, "hello",
          {{"Subject", "greeting"},
           {"MessageAttributes", Object{{"severity", StringAttribute("HIGH")}}}});
  ASSERT_EQ(invoker_.calls.size(), 1u);
  const api::Invocation& call = invoker_.calls[0];
  EXPECT_EQ(call.operation, "SendMessage");
  EXPECT_EQ(call.principal.service, "sns.amazonaws.com");
  EXPECT_EQ(call.principal.source_arn, topic);
  EXPECT_EQ(call.trace.correlation, "inc-0000000000000001");
  EXPECT_EQ(At(call.input, "QueueUrl"), "http://127.0.0.1:4566/123456789012/q");
  const Object envelope = LastEnvelope();
  EXPECT_EQ(At(envelope, "Type"), "Notification");
  EXPECT_EQ(At(envelope, "Subject"), "greeting");
  EXPECT_EQ(At(envelope, "MessageAttributes.severity.Value"), "HIGH");
  EXPECT_NE(At(envelope, "UnsubscribeURL").find(PercentEncode(subscription)), std::string::npos);
  const std::string text = "Message\nhello\nMessageId\n" + At(envelope, "MessageId") +
                           "\nSubject\ngreeting\nTimestamp\n" + At(envelope, "Timestamp") +
                           "\nTopicArn\n" + topic + "\nType\nNotification\n";
  const std::string pem = signer_.CertificatePem();
  EXPECT_TRUE(Verifies(pem, text, At(envelope, "Signature"), EVP_sha1()));
  EXPECT_FALSE(Verifies(pem, text + "x", At(envelope, "Signature"), EVP_sha1()));
  EXPECT_EQ(metrics_.counts["NumberOfNotificationsDelivered"], 1);
  Run("SetTopicAttributes",
      {{"TopicArn", topic}, {"AttributeName", "SignatureVersion"}, {"AttributeValue", "2"}});
  Publish(topic, "again");
  const Object second = LastEnvelope();
  EXPECT_EQ(At(second, "SignatureVersion"), "2");
  EXPECT_TRUE(Verifies(pem,
                       "Message\nagain\nMessageId\n" + At(second, "MessageId") + "\nTimestamp\n" +
                           At(second, "Timestamp") + "\nTopicArn\n" + topic +
                           "\nType\nNotification\n",
                       At(second, "Signature"), EVP_sha256()));
}

TEST_F(SnsTest, RawDeliveryStripsTheEnvelope) {
  const std::string topic = NewTopic();
  SubscribeQueue(topic, {{"RawMessageDelivery", "true"}});
  Publish(topic, "plain", {{"MessageAttributes", Object{{"a", StringAttribute("b")}}}});
  EXPECT_EQ(At(invoker_.calls.at(0).input, "MessageBody"), "plain");
  EXPECT_EQ(At(invoker_.calls.at(0).input, "MessageAttributes.a.StringValue"), "b");
}

TEST_F(SnsTest, FiltersDecideWhoGetsWhat) {
  const std::string topic = NewTopic();
  const std::string high = SubscribeTo(topic, "sqs", "arn:aws:sqs:us-east-1:123456789012:high",
                                       {{"FilterPolicy", R"({"severity":["HIGH","CRITICAL"]})"}});
  SubscribeTo(topic, "sqs", "arn:aws:sqs:us-east-1:123456789012:body",
              {{"FilterPolicy", R"({"detail":{"kind":["malware"]}})"},
               {"FilterPolicyScope", "MessageBody"}});
  const auto queues = [&] {
    std::vector<std::string> out;
    for (const api::Invocation& call : invoker_.calls) {
      out.push_back(At(call.input, "QueueUrl").substr(35));
    }
    invoker_.calls.clear();
    std::ranges::sort(out);
    return out;
  };
  using Names = std::vector<std::string>;
  Publish(topic, "x", {{"MessageAttributes", Object{{"severity", StringAttribute("HIGH")}}}});
  EXPECT_EQ(queues(), Names{"high"});
  Publish(topic, R"({"detail":{"kind":"malware"}})",
          {{"MessageAttributes", Object{{"severity", StringAttribute("LOW")}}}});
  EXPECT_EQ(queues(), Names{"body"});
  Run("SetSubscriptionAttributes",
      {{"SubscriptionArn", high}, {"AttributeName", "FilterPolicy"}, {"AttributeValue", "{}"}});
  Publish(topic, "x");
  EXPECT_EQ(queues(), Names{"high"});
  EXPECT_TRUE(ErrorOf("SetSubscriptionAttributes", {{"SubscriptionArn", high},
                                                    {"AttributeName", "FilterPolicy"},
                                                    {"AttributeValue", R"({"a":"b"})"}})
                  .starts_with("InvalidParameterException: Invalid parameter: FilterPolicy"));
}

TEST_F(SnsTest, FunctionsGetRecords) {
  const std::string topic = NewTopic();
  SubscribeTo(topic, "lambda", "arn:aws:lambda:us-east-1:123456789012:function:f");
  Publish(topic, "hello");
  const api::Invocation& call = invoker_.calls.at(0);
  EXPECT_EQ(call.service + "." + call.operation, "lambda.Invoke");
  EXPECT_EQ(At(call.input, "InvocationType"), "Event");
  const Object event =
      json::Parse(Base64Decode(At(call.input, "Payload")).value()).value().as_object();
  EXPECT_EQ(At(event, "Records.0.EventSource"), "aws:sns");
  EXPECT_EQ(At(event, "Records.0.Sns.Message"), "hello");
}

TEST_F(SnsTest, WebAddressesConfirmThenReceive) {
  const std::string topic = NewTopic();
  const Object pending =
      Run("Subscribe",
          {{"TopicArn", topic}, {"Protocol", "https"}, {"Endpoint", "https://example.com/hook"}});
  EXPECT_EQ(At(pending, "SubscriptionArn"), "pending confirmation");
  ASSERT_EQ(web_.requests.size(), 1u);
  EXPECT_EQ(web_.requests[0].headers.Get("x-amz-sns-message-type"), "SubscriptionConfirmation");
  const Object asked = json::Parse(web_.requests[0].body).value().as_object();
  const std::string token = At(asked, "Token");
  EXPECT_NE(At(asked, "SubscribeURL").find("Action=ConfirmSubscription"), std::string::npos);
  Publish(topic, "too early");
  EXPECT_EQ(web_.requests.size(), 1u);
  EXPECT_EQ(
      At(Run("ListSubscriptionsByTopic", {{"TopicArn", topic}}), "Subscriptions.0.SubscriptionArn"),
      "PendingConfirmation");
  EXPECT_EQ(ErrorOf("ConfirmSubscription", {{"TopicArn", topic}, {"Token", "guess"}}),
            "InvalidParameterException: Invalid parameter: Token");
  const std::string arn =
      At(Run("ConfirmSubscription", {{"TopicArn", topic}, {"Token", token}}), "SubscriptionArn");
  Publish(topic, "now");
  ASSERT_EQ(web_.requests.size(), 2u);
  EXPECT_EQ(web_.requests[1].headers.Get("x-amz-sns-subscription-arn"), arn);
  Run("Unsubscribe", {{"SubscriptionArn", arn}});
  Publish(topic, "gone");
  EXPECT_EQ(web_.requests.size(), 2u);
}

TEST_F(SnsTest, FailuresAreRetriedThenDeadLettered) {
  const std::string topic = NewTopic();
  const std::string arn = SubscribeTo(
      topic, "http", "http://example.com/hook",
      {{"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dlq"})"}});
  const Object asked = json::Parse(web_.requests.at(0).body).value().as_object();
  Run("ConfirmSubscription", {{"TopicArn", topic}, {"Token", At(asked, "Token")}});
  web_.SetAnswer([](const http::OutgoingRequest&) { return http::Response{503, {}, ""}; });
  Publish(topic, "important");
  EXPECT_EQ(web_.requests.size(), 2u);
  loop_.Advance(seconds(20));
  EXPECT_EQ(web_.requests.size(), 3u);
  EXPECT_TRUE(dead_letters_.empty());
  loop_.Advance(seconds(45));
  EXPECT_EQ(web_.requests.size(), 5u);
  ASSERT_EQ(dead_letters_.size(), 1u);
  EXPECT_EQ(dead_letters_[0].first, "arn:aws:sqs:us-east-1:123456789012:dlq");
  EXPECT_NE(dead_letters_[0].second.body.find("important"), std::string::npos);
  // A 4xx is final at once.
  web_.SetAnswer([](const http::OutgoingRequest&) { return http::Response{403, {}, ""}; });
  Publish(topic, "second");
  EXPECT_EQ(web_.requests.size(), 6u);
  EXPECT_EQ(dead_letters_.size(), 2u);
}

TEST_F(SnsTest, PeopleConfirmByMail) {
  const std::string topic = NewTopic("alerts", {{"DisplayName", "Security"}});
  SubscribeTo(topic, "email", "someone@example.com");
  ASSERT_EQ(mail_.mails.size(), 1u);
  EXPECT_EQ(mail_.mails[0].to, "someone@example.com");
  EXPECT_EQ(mail_.mails[0].from, "Security");
  const size_t at = mail_.mails[0].body.find("Token=");
  const std::string token = mail_.mails[0].body.substr(at + 6, 64);
  Run("ConfirmSubscription", {{"TopicArn", topic}, {"Token", token}});
  Publish(topic, "text", {{"Subject", "Alert"}});
  ASSERT_EQ(mail_.mails.size(), 2u);
  EXPECT_EQ(mail_.mails[1].subject, "Alert");
  EXPECT_TRUE(mail_.mails[1].body.starts_with("text\n"));
  EXPECT_EQ(ErrorOf("Subscribe",
                    {{"TopicArn", topic}, {"Protocol", "email"}, {"Endpoint", "a@b\r\nBcc: c@d"}}),
            "InvalidParameterException: Invalid parameter: Email address");
}

TEST(SnsMailTest, HeaderFieldsCannotBeForged) {
  Mail mail;
  mail.id = "1";
  mail.from = "A\r\nBcc: x@y";
  mail.to = "someone@example.com";
  mail.subject = "caf\xC3\xA9\r\nX-Evil: 1";
  mail.body = "body";
  const std::string text = FormatMail(mail);
  EXPECT_EQ(text.find("\r\nBcc"), std::string::npos);
  EXPECT_EQ(text.find("\r\nX-Evil"), std::string::npos);
  EXPECT_NE(text.find("Subject: =?UTF-8?B?"), std::string::npos);
}

TEST_F(SnsTest, MessagesDifferByProtocolWhenTheySaySo) {
  const std::string topic = NewTopic();
  SubscribeQueue(topic);
  const Object structure{{"MessageStructure", "json"}};
  Publish(topic, R"({"default":"d","sqs":"for queues"})", structure);
  EXPECT_EQ(At(LastEnvelope(), "Message"), "for queues");
  EXPECT_EQ(
      ErrorOf("Publish",
              {{"TopicArn", topic}, {"Message", R"({"sqs":"x"})"}, {"MessageStructure", "json"}}),
      "InvalidParameterException: Invalid parameter: Message Structure - No default entry "
      "in JSON message body");
}

TEST_F(SnsTest, RefusesWhatTheServiceRefuses) {
  const std::string topic = NewTopic();
  const auto refused = [&](Object more) {
    Object input{{"TopicArn", topic}, {"Message", "m"}};
    for (const auto& [name, value] : more) input[name] = value;
    return ErrorOf("Publish", std::move(input));
  };
  EXPECT_EQ(refused({{"Subject", std::string(101, 'x')}}),
            "InvalidParameterException: Invalid parameter: Subject");
  EXPECT_EQ(refused({{"Subject", "two\nlines"}}),
            "InvalidParameterException: Invalid parameter: Subject");
  EXPECT_EQ(refused({{"Message", ""}}),
            "InvalidParameterException: Invalid parameter: Empty message");
  EXPECT_EQ(refused({{"Message", std::string(262'145, 'x')}}),
            "InvalidParameterException: Invalid parameter: Message too long");
  EXPECT_EQ(ErrorOf("Publish", {{"TopicArn", topic + "x"}, {"Message", "m"}}),
            "NotFoundException: Topic does not exist");
  EXPECT_TRUE(ErrorOf("Subscribe", {{"TopicArn", topic}, {"Protocol", "sms"}, {"Endpoint", "1"}})
                  .starts_with("InvalidParameterException"));
}

TEST_F(SnsTest, ATargetArnReachesOnlyTheCallersOwnTopics) {
  const std::string topic = NewTopic();
  EXPECT_EQ(ErrorOf("Publish", {{"TargetArn", topic}, {"Message", "m"}}), "");
  scope_.account = AccountId("210987654321");
  EXPECT_TRUE(ErrorOf("Publish", {{"TargetArn", topic}, {"Message", "m"}})
                  .starts_with("AuthorizationErrorException"));
}

TEST_F(SnsTest, SubscribingTwiceIsOneSubscription) {
  const std::string topic = NewTopic();
  const std::string arn = SubscribeQueue(topic);
  EXPECT_EQ(SubscribeQueue(topic), arn);
  EXPECT_EQ(json::GetArray(Run("ListSubscriptions"), "Subscriptions")->size(), 1u);
  const Object got = Run("GetSubscriptionAttributes", {{"SubscriptionArn", arn}});
  EXPECT_EQ(At(got, "Attributes.PendingConfirmation"), "false");
  EXPECT_EQ(At(got, "Attributes.Endpoint"), kQueue);
}

TEST_F(SnsTest, FifoTopicsDropRepeats) {
  const std::string topic =
      NewTopic("t.fifo", {{"FifoTopic", "true"}, {"ContentBasedDeduplication", "true"}});
  SubscribeTo(topic, "sqs", "arn:aws:sqs:us-east-1:123456789012:q.fifo");
  Publish(topic, "once", {{"MessageGroupId", "g"}});
  Publish(topic, "once", {{"MessageGroupId", "g"}});
  ASSERT_EQ(invoker_.calls.size(), 1u);
  EXPECT_EQ(At(invoker_.calls[0].input, "MessageGroupId"), "g");
  EXPECT_EQ(At(LastEnvelope(), "SequenceNumber").size(), 20u);
}

TEST_F(SnsTest, AGroupKeepsItsOrderWhenADeliveryFails) {
  const std::string topic =
      NewTopic("t.fifo", {{"FifoTopic", "true"}, {"ContentBasedDeduplication", "true"}});
  SubscribeTo(topic, "sqs", "arn:aws:sqs:us-east-1:123456789012:q.fifo",
              {{"RawMessageDelivery", "true"}});
  invoker_.error = "RequestThrottled";
  invoker_.only_for = "first";
  Publish(topic, "first", {{"MessageGroupId", "g"}});
  Publish(topic, "second", {{"MessageGroupId", "g"}});
  Publish(topic, "other", {{"MessageGroupId", "h"}});
  loop_.Advance(seconds(2));
  std::set<std::string> tried;
  for (const api::Invocation& call : invoker_.calls) tried.insert(At(call.input, "MessageBody"));
  EXPECT_EQ(tried, (std::set<std::string>{"first", "other"}));
  invoker_.error.clear();
  invoker_.calls.clear();
  loop_.Advance(seconds(60));
  ASSERT_EQ(invoker_.calls.size(), 2u);
  EXPECT_EQ(At(invoker_.calls[0].input, "MessageBody"), "first");
  EXPECT_EQ(At(invoker_.calls[1].input, "MessageBody"), "second");
}

TEST_F(SnsTest, AGroupKeepsItsOrderOverARestart) {
  const std::string topic =
      NewTopic("t.fifo", {{"FifoTopic", "true"}, {"ContentBasedDeduplication", "true"}});
  SubscribeTo(topic, "sqs", "arn:aws:sqs:us-east-1:123456789012:q.fifo",
              {{"RawMessageDelivery", "true"}});
  invoker_.error = "RequestThrottled";
  Publish(topic, "first", {{"MessageGroupId", "g"}});
  loop_.Advance(seconds(30));
  loop_.Clear();
  invoker_.error.clear();
  invoker_.calls.clear();
  SubscriptionTarget target({invoker_, web_, mail_, clock_, signer_, metrics_, endpoint_});
  target.Start(*store_);
  delivery::Dispatcher revived({}, *store_, loop_, clock_, random_, log_);
  revived.AddTarget(SubscriptionTarget::kKind, target);
  revived.Start();
  loop_.RunUntilIdle();
  SnsService service(revived, random_, metrics_);
  api::Registry registry;
  service.Register(registry);
  store_->WriteAndWait([&](store::Transaction& tx) {
    (void)registry.Find("sns", "Publish")
        ->sync(MakeCall("Publish",
                        {{"TopicArn", topic}, {"Message", "second"}, {"MessageGroupId", "g"}}),
               tx);
  });
  loop_.RunUntilIdle();
  EXPECT_TRUE(invoker_.calls.empty());
  loop_.Advance(seconds(60));
  ASSERT_EQ(invoker_.calls.size(), 2u);
  EXPECT_EQ(At(invoker_.calls[0].input, "MessageBody"), "first");
}

TEST(SnsGroupOrderTest, OneAtATimeAndHeldWhileAnEarlierIsOwed) {
  GroupOrder order;
  std::string seen;
  const auto enter = [&](int64_t id) {
    order.Enter(
        "g", id, [&seen, id] { seen += "s" + std::to_string(id); },
        [&seen, id] { seen += "h" + std::to_string(id); });
  };
  enter(1);
  enter(3);
  enter(2);
  EXPECT_EQ(seen, "s1");
  order.Leave("g", 1, false);
  EXPECT_EQ(seen, "s1s2");
  order.Leave("g", 2, true);
  EXPECT_EQ(seen, "s1s2h3");
  enter(3);
  EXPECT_EQ(seen, "s1s2h3h3");
  enter(2);
  order.Leave("g", 2, false);
  enter(3);
  EXPECT_EQ(seen, "s1s2h3h3s2s3");
  order.Leave("g", 3, true);
  order.Forget("g", 3);  // Given up.
  enter(4);
  EXPECT_EQ(seen, "s1s2h3h3s2s3s4");
}

TEST_F(SnsTest, AThrottlePolicySpacesDeliveries) {
  const std::string topic = NewTopic();
  const std::string arn = SubscribeTo(
      topic, "https", "https://example.com/hook",
      {{"DeliveryPolicy",
        R"({"throttlePolicy":{"maxReceivesPerSecond":2},)"
        R"("requestPolicy":{"headerContentType":"application/json; charset=UTF-8"}})"}});
  const Object asked = json::Parse(web_.requests.at(0).body).value().as_object();
  Run("ConfirmSubscription", {{"TopicArn", topic}, {"Token", At(asked, "Token")}});
  for (int i = 0; i < 5; ++i) Publish(topic, "m");
  EXPECT_EQ(web_.requests.size(), 2u);
  EXPECT_EQ(web_.requests[1].headers.Get("Content-Type"), "application/json; charset=UTF-8");
  loop_.Advance(seconds(1));
  EXPECT_EQ(web_.requests.size(), 4u);
  loop_.Advance(seconds(1));
  EXPECT_EQ(web_.requests.size(), 6u);
  const Object got = Run("GetSubscriptionAttributes", {{"SubscriptionArn", arn}});
  const Object effective =
      json::Parse(At(got, "Attributes.EffectiveDeliveryPolicy")).value().as_object();
  EXPECT_EQ(At(effective, "throttlePolicy.maxReceivesPerSecond"), "2");
  EXPECT_EQ(At(effective, "healthyRetryPolicy.numRetries"), "3");
}

TEST_F(SnsTest, WhatIsRedrivenIsPacedAsThePolicySaysNow) {
  const std::string topic = NewTopic();
  const std::string arn = SubscribeTo(topic, "https", "https://example.com/hook");
  const Object asked = json::Parse(web_.requests.at(0).body).value().as_object();
  Run("ConfirmSubscription", {{"TopicArn", topic}, {"Token", At(asked, "Token")}});
  Run("SetSubscriptionAttributes",
      {{"SubscriptionArn", arn},
       {"AttributeName", "DeliveryPolicy"},
       {"AttributeValue", R"({"throttlePolicy":{"maxReceivesPerSecond":2}})"}});
  Notice notice;
  notice.topic_arn = topic;
  notice.subscription_arn = arn;
  notice.protocol = "https";
  notice.endpoint = "https://example.com/hook";
  const auto owe = [&](int count) {
    store_->WriteAndWait([&](store::Transaction& tx) {
      for (int i = 0; i < count; ++i) {
        delivery::Work work;
        work.kind = SubscriptionTarget::kKind;
        work.source_arn = arn;
        work.target_arn = notice.endpoint;
        notice.message_id = std::to_string(i);
        work.detail = notice.ToJson();
        work.created = work.due = clock_.Now();
        dispatcher_.Enqueue(tx, std::move(work));
      }
    });
    loop_.RunUntilIdle();
  };
  owe(5);
  EXPECT_EQ(web_.requests.size(), 2u);
  loop_.Advance(seconds(2));
  EXPECT_EQ(web_.requests.size(), 6u);
  Run("DeleteTopic", {{"TopicArn", topic}});
  loop_.Advance(seconds(1));
  owe(5);  // Nobody says any more how fast; the deliveries themselves will tell what is gone.
  EXPECT_EQ(web_.requests.size(), 11u);
}

TEST_F(SnsTest, DeliveryPoliciesAreCheckedPartByPart) {
  const std::string topic = NewTopic();
  const auto refused = [&](const std::string& policy) {
    return ErrorOf(
        "SetTopicAttributes",
        {{"TopicArn", topic}, {"AttributeName", "DeliveryPolicy"}, {"AttributeValue", policy}});
  };
  EXPECT_EQ(refused(R"({"http":{"defaultHealthyRetryPolicy":{"numRetries":50,"minDelayTarget":100,)"
                    R"("maxDelayTarget":100}}})"),
            "InvalidParameterException: Invalid parameter: DeliveryPolicy: "
            "http.defaultHealthyRetryPolicy: Total policy retry time cannot be greater than 3600 "
            "seconds");
  for (const char* bad :
       {R"({"http":{"defaultHealthyRetryPolicy":{"numRetries":1,"numNoDelayRetries":2}}})",
        R"({"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":9,"maxDelayTarget":8}}})",
        R"({"http":{"defaultHealthyRetryPolicy":{"retries":1}}})",
        R"({"http":{"defaultThrottlePolicy":{"maxReceivesPerSecond":0}}})",
        R"({"http":{"defaultRequestPolicy":{"headerContentType":"text/evil\r\nX: 1"}}})",
        R"({"http":{"healthyRetryPolicy":{}}})", R"({"https":{}})", "[]", "{"}) {
    EXPECT_TRUE(refused(bad).starts_with("InvalidParameterException")) << bad;
  }
  EXPECT_EQ(refused(R"({"http":{"disableSubscriptionOverrides":true,"defaultThrottlePolicy":)"
                    R"({"maxReceivesPerSecond":7}}})"),
            "");
  EXPECT_EQ(MaxReceivesPerSecond(R"({"throttlePolicy":{"maxReceivesPerSecond":1}})",
                                 R"({"http":{"disableSubscriptionOverrides":true,)"
                                 R"("defaultThrottlePolicy":{"maxReceivesPerSecond":7}}})"),
            7);
  EXPECT_EQ(ContentTypeFor(R"({"requestPolicy":{"headerContentType":"text/csv"}})", "", false),
            "text/plain; charset=UTF-8");
  EXPECT_EQ(ContentTypeFor(R"({"requestPolicy":{"headerContentType":"text/csv"}})", "", true),
            "text/csv");
}

TEST_F(SnsTest, HooksOfChatsAndPagersNeedNoConfirmation) {
  const std::string topic = NewTopic();
  const std::string arn = SubscribeTo(
      topic, "slack", "https://hooks.slack.example/services/T/B/x",
      {{"Template", R"({"text":"${Subject}: ${Message}"})"},
       {"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:dlq"})"}});
  const std::string pager =
      SubscribeTo(topic, "pagerduty", "https://events.pagerduty.example/v2/enqueue",
                  {{"RoutingKey", "0123456789abcdef"}});
  Publish(topic, "a <b>", {{"Subject", "s"}});
  ASSERT_EQ(web_.requests.size(), 2u);
  std::map<std::string, std::string> bodies;
  for (const auto& request : web_.requests) {
    EXPECT_EQ(request.headers.Get("Content-Type"), "application/json");
    EXPECT_EQ(request.headers.Get("x-amz-sns-topic-arn"), "");
    bodies[request.url.substr(8, 5)] = request.body;
  }
  EXPECT_EQ(bodies["hooks"], R"({"text":"s: a &lt;b&gt;"})");
  EXPECT_NE(bodies["event"].find(R"("routing_key":"0123456789abcdef")"), std::string::npos);
  const Object got = Run("GetSubscriptionAttributes", {{"SubscriptionArn", pager}});
  EXPECT_EQ(At(got, "Attributes.RoutingKey"), "****cdef");
  EXPECT_EQ(At(got, "Attributes.PendingConfirmation"), "false");
  Run("Unsubscribe", {{"SubscriptionArn", pager}});
  // Told to wait, it waits longer than its policy says; its dead letter holds the whole message.
  web_.requests.clear();
  web_.SetAnswer([](const http::OutgoingRequest&) {
    http::Response slow{429, {}, ""};
    slow.headers.Set("Retry-After", "100");
    return slow;
  });
  Publish(topic, "again");
  loop_.Advance(seconds(99));
  EXPECT_EQ(web_.requests.size(), 1u);
  loop_.Advance(seconds(1));
  EXPECT_EQ(web_.requests.size(), 2u);
  loop_.Advance(seconds(300));
  ASSERT_EQ(dead_letters_.size(), 1u);
  EXPECT_NE(dead_letters_[0].second.body.find(R"("Message":"again")"), std::string::npos);
  for (const auto& [name, value] :
       {std::pair{"Template", "no json"}, {"RawMessageDelivery", "true"}}) {
    EXPECT_TRUE(
        ErrorOf("SetSubscriptionAttributes",
                {{"SubscriptionArn", arn}, {"AttributeName", name}, {"AttributeValue", value}})
            .starts_with("InvalidParameterException"));
  }
  EXPECT_TRUE(
      ErrorOf("Subscribe",
              {{"TopicArn", topic}, {"Protocol", "teams"}, {"Endpoint", "ftp://example.com"}})
          .starts_with("InvalidParameterException"));
}

TEST_F(SnsTest, LeavingByTheLinkMayBeTakenBack) {
  const std::string topic = NewTopic();
  const std::string arn = SubscribeTo(topic, "https", "https://example.com/hook");
  Object asked = json::Parse(web_.requests.at(0).body).value().as_object();
  Run("ConfirmSubscription", {{"TopicArn", topic}, {"Token", At(asked, "Token")}});
  caller_ = access::Principal();
  EXPECT_TRUE(ErrorOf("ConfirmSubscription", {{"TopicArn", topic},
                                              {"Token", At(asked, "Token")},
                                              {"AuthenticateOnUnsubscribe", "true"}})
                  .starts_with("AuthorizationErrorException"));
  Run("Unsubscribe", {{"SubscriptionArn", arn}});
  ASSERT_EQ(web_.requests.size(), 2u);
  EXPECT_EQ(web_.requests[1].headers.Get("x-amz-sns-message-type"), "UnsubscribeConfirmation");
  asked = json::Parse(web_.requests[1].body).value().as_object();
  EXPECT_EQ(At(asked, "Type"), "UnsubscribeConfirmation");
  const std::string text = "Message\n" + At(asked, "Message") + "\nMessageId\n" +
                           At(asked, "MessageId") + "\nSubscribeURL\n" + At(asked, "SubscribeURL") +
                           "\nTimestamp\n" + At(asked, "Timestamp") + "\nToken\n" +
                           At(asked, "Token") + "\nTopicArn\n" + topic +
                           "\nType\nUnsubscribeConfirmation\n";
  EXPECT_TRUE(Verifies(signer_.CertificatePem(), text, At(asked, "Signature"), EVP_sha1()));
  Publish(topic, "not there");
  EXPECT_EQ(web_.requests.size(), 2u);
  EXPECT_EQ(At(Run("ConfirmSubscription", {{"TopicArn", topic}, {"Token", At(asked, "Token")}}),
               "SubscriptionArn"),
            arn);
  Publish(topic, "there again");
  EXPECT_EQ(web_.requests.size(), 3u);
}

TEST_F(SnsTest, TokensAreGoodForTwoDays) {
  const std::string topic = NewTopic();
  const std::string arn = SubscribeTo(topic, "https", "https://example.com/hook");
  const Object asked = json::Parse(web_.requests.at(0).body).value().as_object();
  loop_.Advance(std::chrono::hours(49));
  EXPECT_EQ(ErrorOf("ConfirmSubscription", {{"TopicArn", topic}, {"Token", At(asked, "Token")}}),
            "InvalidParameterException: Invalid parameter: Token");
  EXPECT_NE(SubscribeTo(topic, "https", "https://example.com/hook"), arn);
  EXPECT_EQ(At(Run("GetTopicAttributes", {{"TopicArn", topic}}), "Attributes.SubscriptionsPending"),
            "1");
}

TEST_F(SnsTest, QueuesOfOtherAccountsConfirm) {
  const std::string topic = NewTopic();
  SubscribeTo(topic, "sqs", "arn:aws:sqs:us-east-1:210987654321:q");
  const Object asked = LastEnvelope();
  EXPECT_EQ(At(asked, "Type"), "SubscriptionConfirmation");
  Publish(topic, "too early");
  EXPECT_EQ(invoker_.calls.size(), 1u);
  Run("ConfirmSubscription", {{"TopicArn", topic}, {"Token", At(asked, "Token")}});
  Publish(topic, "now");
  EXPECT_EQ(invoker_.calls.size(), 2u);
}

TEST_F(SnsTest, DataProtectionPoliciesAreKept) {
  const std::string topic = NewTopic();
  const std::string policy = R"({"Name":"p","Version":"2021-06-01","Statement":[]})";
  Run("PutDataProtectionPolicy", {{"ResourceArn", topic}, {"DataProtectionPolicy", policy}});
  EXPECT_EQ(At(Run("GetDataProtectionPolicy", {{"ResourceArn", topic}}), "DataProtectionPolicy"),
            policy);
  EXPECT_EQ(At(Run("GetTopicAttributes", {{"TopicArn", topic}}), "Attributes.DataProtectionPolicy"),
            "");
  EXPECT_TRUE(
      ErrorOf("PutDataProtectionPolicy", {{"ResourceArn", topic}, {"DataProtectionPolicy", "no"}})
          .starts_with("InvalidParameterException"));
}

TEST_F(SnsTest, PhonesAndPushAreRefusedPolitely) {
  EXPECT_TRUE(ErrorOf("CreatePlatformApplication")
                  .starts_with("InvalidParameterException: Invalid parameter: "
                               "CreatePlatformApplication Reason: text messages and mobile push"));
  EXPECT_EQ(ErrorOf("GetEndpointAttributes"), "NotFoundException: Endpoint does not exist");
  EXPECT_EQ(At(Run("ListPlatformApplications"), "PlatformApplications"), "[]");
  EXPECT_EQ(At(Run("GetSMSSandboxAccountStatus"), "IsInSandbox"), "true");
  EXPECT_EQ(At(Run("CheckIfPhoneNumberIsOptedOut"), "isOptedOut"), "false");
}

TEST_F(SnsTest, SoManyFilterPoliciesATopic) {
  const std::string topic = NewTopic();
  const Object filter{{"FilterPolicy", R"({"a":["b"]})"}};
  for (int i = 0; i < 200; ++i) {
    SubscribeTo(topic, "sqs", kQueue + std::to_string(i), filter);
  }
  EXPECT_TRUE(
      ErrorOf(
          "Subscribe",
          {{"TopicArn", topic}, {"Protocol", "sqs"}, {"Endpoint", kQueue}, {"Attributes", filter}})
          .starts_with("FilterPolicyLimitExceededException"));
  const std::string bare = SubscribeQueue(topic);
  EXPECT_TRUE(ErrorOf("SetSubscriptionAttributes", {{"SubscriptionArn", bare},
                                                    {"AttributeName", "FilterPolicy"},
                                                    {"AttributeValue", R"({"a":["b"]})"}})
                  .starts_with("FilterPolicyLimitExceededException"));
}

TEST_F(SnsTest, BatchesReportEachEntry) {
  const std::string topic = NewTopic();
  SubscribeQueue(topic);
  const Object out =
      Run("PublishBatch",
          {{"TopicArn", topic},
           {"PublishBatchRequestEntries",
            Array{Object{{"Id", "a"}, {"Message", "1"}}, Object{{"Id", "b"}, {"Message", ""}}}}});
  EXPECT_EQ(At(out, "Successful.0.Id"), "a");
  EXPECT_EQ(At(out, "Failed.0.Id"), "b");
  EXPECT_EQ(invoker_.calls.size(), 1u);
}

TEST_F(SnsTest, PoliciesLetLinksAndAlarmsThrough) {
  const std::string topic = NewTopic();
  const std::string arn = SubscribeTo(topic, "email", "someone@example.com");
  const auto policy = [&](const std::string& resource) {
    std::string text;
    store_->Read([&](store::Transaction& tx) {
      text = (*registry_.FindResourcePolicy("sns"))(resource, tx);
    });
    return text;
  };
  EXPECT_NE(policy(topic).find("cloudwatch.amazonaws.com"), std::string::npos);
  EXPECT_NE(policy(topic).find("SNS:ConfirmSubscription"), std::string::npos);
  EXPECT_NE(policy(arn).find("SNS:Unsubscribe"), std::string::npos);
  Run("AddPermission", {{"TopicArn", topic},
                        {"Label", "other"},
                        {"AWSAccountId", Array{"210987654321"}},
                        {"ActionName", Array{"Publish"}}});
  EXPECT_NE(policy(topic).find("210987654321"), std::string::npos);
  EXPECT_TRUE(ErrorOf("AddPermission", {{"TopicArn", topic},
                                        {"Label", "more"},
                                        {"AWSAccountId", Array{"210987654321"}},
                                        {"ActionName", Array{"Fly"}}})
                  .ends_with("Policy statement action out of service scope!"));
  EXPECT_NE(policy(topic).find("cloudwatch.amazonaws.com"), std::string::npos);
  Run("SetTopicAttributes", {{"TopicArn", topic},
                             {"AttributeName", "Policy"},
                             {"AttributeValue", R"({"Statement":[{"Sid":"other"}]})"}});
  EXPECT_EQ(policy(topic).find("cloudwatch.amazonaws.com"), std::string::npos);
  Run("RemovePermission", {{"TopicArn", topic}, {"Label", "other"}});
  EXPECT_EQ(policy(topic).find("210987654321"), std::string::npos);
}

TEST_F(SnsTest, TagsAndPages) {
  const std::string topic = NewTopic();
  Run("TagResource",
      {{"ResourceArn", topic}, {"Tags", Array{Object{{"Key", "team"}, {"Value", "sec"}}}}});
  EXPECT_EQ(At(Run("ListTagsForResource", {{"ResourceArn", topic}}), "Tags.0.Value"), "sec");
  Run("UntagResource", {{"ResourceArn", topic}, {"TagKeys", Array{"team"}}});
  EXPECT_EQ(At(Run("ListTagsForResource", {{"ResourceArn", topic}}), "Tags"), "[]");
  for (int i = 0; i < 100; ++i) NewTopic("t" + std::to_string(1000 + i));
  const Object page = Run("ListTopics");
  EXPECT_EQ(json::GetArray(page, "Topics")->size(), 100u);
  EXPECT_EQ(
      json::GetArray(Run("ListTopics", {{"NextToken", At(page, "NextToken")}}), "Topics")->size(),
      1u);
}

}  // namespace
}  // namespace riposte::sns
