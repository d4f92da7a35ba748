#include "services/lambda/lambda_service.h"

#include "api/testing/service_fixture.h"
#include "base/encoding.h"
#include "functions/testing/fake_processes.h"
#include "functions/testing/fake_runner.h"
#include "functions/testing/zip_writer.h"
#include "wire/catalog.h"

namespace riposte::lambda {
namespace {

using functions::testing::FakeRunner;
using json::Array;
using json::Object;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kRole[] = "arn:aws:iam::123456789012:role/lambda-role";
constexpr char kArn[] = "arn:aws:lambda:us-east-1:123456789012:function:triage";

/// What became of the dead letters of a delivery.
struct SentLetter {
  std::string queue, body;
  std::map<std::string, std::string> attributes;
};

class LambdaTest : public api::testing::ServiceFixture {
 protected:
  LambdaTest()
      : ServiceFixture("lambda", {functions::Migrations(), delivery::Dispatcher::Migrations()}) {
    lambda_.Register(registry_);
    dispatcher_.AddTarget(functions::AsyncTarget::kKind, async_);
    dispatcher_.AddTarget(functions::DestinationTarget::kKind, destinations_);
    dispatcher_.SetDeadLetterSender([this](const delivery::Work& work,
                                           delivery::Target::DeadLetter letter,
                                           std::move_only_function<void(bool)> done) {
      letters_.push_back({work.dead_letter_arn, letter.body, letter.attributes});
      done(true);
    });
    async_.Start(*store_);
    dispatcher_.Start();
    loop_.RunUntilIdle();
  }

  static std::string Zip(const std::string& text = "x = 1\n") {
    return Base64Encode(functions::testing::MakeZip({{"triage.py", text}}));
  }
  Object Create(Object more = {}) {
    Object input{{"FunctionName", "triage"},
                 {"Runtime", "python3.9"},
                 {"Role", kRole},
                 {"Handler", "triage.lambda_handler"},
                 {"Code", Object{{"ZipFile", Zip()}}}};
    for (const auto& [name, value] : more) input[name] = value;
    return input;
  }
  std::string Payload(const json::Value& output) { return *Base64Decode(At(output, "Payload")); }

  struct Invoker final : api::Invoker {
    std::vector<api::Invocation> calls;
    void Invoke(api::Invocation invocation, api::Reply reply) override {
      calls.push_back(std::move(invocation));
      reply({Object(), std::nullopt});
    }
  };

  telemetry::Log log_{{.silent = true}};
  FakeRunner runner_;
  functions::testing::RecordingMetrics metrics_;
  functions::Catalog catalog_{*store_, random_};
  delivery::Dispatcher dispatcher_{{}, *store_, loop_, clock_, random_, log_};
  functions::AsyncTarget async_{catalog_, runner_, dispatcher_, clock_, metrics_};
  Invoker invoker_;
  bool may_pass_ = true;
  functions::RolePrincipal assume_ = [](const std::string& role,
                                        const std::string&) -> Result<access::Principal> {
    if (role != kRole) return Fail(Code::kNotFound, "no such role");
    access::Principal principal;
    principal.kind = access::Principal::Kind::kAssumedRole;
    principal.role_arn = role;
    return principal;
  };
  functions::DestinationTarget destinations_{invoker_, assume_, "http://127.0.0.1:4566"};
  functions::QueuePoller queues_{
      {*store_, catalog_, runner_, invoker_, assume_, loop_, clock_, random_, log_}};
  LambdaService lambda_{{*store_,
                         catalog_,
                         runner_,
                         async_,
                         queues_,
                         random_,
                         [this](const access::Principal&, const std::string&) {
                           return access::Decision{may_pass_, "", false};
                         },
                         assume_,
                         {}}};
  std::vector<SentLetter> letters_;
};

TEST_F(LambdaTest, EveryOperationIsInTheModelAndHasAHandler) {
  const wire::Catalog catalog;
  const wire::ServiceModel* model = catalog.Find("lambda");
  ASSERT_NE(model, nullptr);
  for (const auto& [name, operation] : model->operations) {
    EXPECT_NE(registry_.Find("lambda", name), nullptr) << name;
  }
  for (const auto& [service, name] : registry_.List()) {
    EXPECT_TRUE(model->operations.contains(name)) << name;
  }
  EXPECT_EQ(model->operations.find("Invoke")->second.iam_action, "lambda:InvokeFunction");
}

TEST_F(LambdaTest, CreatesAFunction) {
  const Object made = Run("CreateFunction", Create({{"Timeout", 60}, {"MemorySize", 256}}));
  EXPECT_EQ(At(made, "FunctionArn"), kArn);
  EXPECT_EQ(At(made, "State"), "Active");
  EXPECT_EQ(At(made, "LastUpdateStatus"), "Successful");
  EXPECT_EQ(At(made, "Version"), "$LATEST");
  EXPECT_EQ(At(made, "LastModified"), "2026-01-01T00:00:00.000+0000");
  EXPECT_EQ(At(made, "CodeSha256"), functions::PackageSha256(*Base64Decode(Zip())));
  const Object got = Run("GetFunction", {{"FunctionName", kArn}});
  EXPECT_EQ(At(got, "Configuration"), json::Serialize(made));
  EXPECT_EQ(At(Run("GetFunctionConfiguration", {{"FunctionName", "triage"}}), "Timeout"), "60");
  EXPECT_EQ(ErrorOf("CreateFunction", Create()),
            "ResourceConflictException: Function already exist: triage");
  EXPECT_EQ(ErrorOf("GetFunction", {{"FunctionName", "other"}}),
            "ResourceNotFoundException: Function not found: "
            "arn:aws:lambda:us-east-1:123456789012:function:other");
  EXPECT_EQ(ErrorOf("GetFunction", {{"FunctionName", "triage"}, {"Qualifier", "prod"}}),
            std::string("ResourceNotFoundException: Function not found: ") + kArn + ":prod");
}

TEST_F(LambdaTest, ChecksWhatItIsGiven) {
  const std::string invalid = "InvalidParameterValueException: ";
  EXPECT_EQ(ErrorOf("CreateFunction", Create({{"Role", "arn:aws:iam::123456789012:role/none"}})),
            invalid + "The role defined for the function cannot be assumed by Lambda.");
  EXPECT_EQ(
      ErrorOf("CreateFunction", Create({{"Code", Object{{"ZipFile", "aGVsbG8="}}}})),
      invalid + "Could not unzip uploaded file. Please check your file, then try to upload again.");
  EXPECT_TRUE(ErrorOf("CreateFunction", Create({{"Runtime", "java21"}}))
                  .starts_with(invalid + "The runtime parameter of java21 is not supported here. "
                                         "Supported are: nodejs18.x,"));
  EXPECT_NE(ErrorOf("CreateFunction",
                    Create({{"Environment", Object{{"Variables", Object{{"AWS_REGION", "x"}}}}}}))
                .find("Reserved keys used in this request: AWS_REGION"),
            std::string::npos);
  EXPECT_NE(
      ErrorOf(
          "CreateFunction",
          Create({{"Environment", Object{{"Variables", Object{{"BIG", std::string(4096, 'x')}}}}}}))
          .find("exceeded the 4KB limit"),
      std::string::npos);
  EXPECT_TRUE(ErrorOf("CreateFunction", Create({{"Layers", Array{"arn"}}}))
                  .starts_with(invalid + "Layers are not supported here."));
  may_pass_ = false;
  EXPECT_EQ(ErrorOf("CreateFunction", Create()),
            std::string("AccessDeniedException: User: arn:aws:iam::123456789012:root is not "
                        "authorized to perform: iam:PassRole on resource: ") +
                kRole + " because no identity-based policy allows the iam:PassRole action");
  EXPECT_EQ(At(Run("ListFunctions"), "Functions"), "[]");
}

TEST_F(LambdaTest, AnotherAccountIsNamedByItsArnOnly) {
  Run("CreateFunction", Create());
  EXPECT_EQ(At(Run("GetFunctionConfiguration", {{"FunctionName", "123456789012:function:triage"}}),
               "FunctionArn"),
            kArn);
  EXPECT_TRUE(ErrorOf("GetFunction", {{"FunctionName", "999999999999:function:triage"}})
                  .starts_with("InvalidParameterValueException"));
}

TEST_F(LambdaTest, InvokesAndWaits) {
  Run("CreateFunction", Create());
  runner_.functions["triage"] =
      [](const functions::Invocation& invocation) -> functions::InvokeOutcome {
    return functions::InvokeResult{.payload = "[" + invocation.payload + "]",
                                   .log_tail = "START\n"};
  };
  Object got = Run("Invoke", {{"FunctionName", "triage"},
                              {"Payload", Base64Encode(R"({"a":1})")},
                              {"ClientContext", Base64Encode("{\n\"custom\": {}}")},
                              {"LogType", "Tail"}});
  EXPECT_EQ(At(got, "StatusCode"), "200");
  EXPECT_EQ(Payload(got), R"([{"a":1}])");
  EXPECT_EQ(At(got, "ExecutedVersion"), "$LATEST");
  EXPECT_EQ(*Base64Decode(At(got, "LogResult")), "START\n");
  EXPECT_EQ(At(got, "FunctionError"), "");
  EXPECT_EQ(runner_.invocations.back().client_context, R"({"custom":{}})");
  EXPECT_EQ(Payload(Run("Invoke", {{"FunctionName", "triage"}})), "[{}]") << "no payload is {}";
  EXPECT_EQ(
      At(Run("Invoke", {{"FunctionName", "triage"}, {"InvocationType", "DryRun"}}), "StatusCode"),
      "204");
  EXPECT_EQ(runner_.invocations.size(), 2u);
  EXPECT_TRUE(ErrorOf("Invoke", {{"FunctionName", "triage"}, {"Payload", Base64Encode("{")}})
                  .starts_with("InvalidRequestContentException: Could not parse request body"));
  EXPECT_EQ(ErrorOf("Invoke", {{"FunctionName", "triage"},
                               {"InvocationType", "Event"},
                               {"Payload", Base64Encode(std::string(1'048'577, '1'))}}),
            "RequestTooLargeException: 1048577 byte payload is too large for the Event invocation "
            "type (limit 1048576 bytes)");
}

TEST_F(LambdaTest, ErrorsOfFunctionAndRunnerAreToldApart) {
  Run("CreateFunction", Create());
  runner_.functions["triage"] = [](const functions::Invocation&) {
    return FakeRunner::Raise("ValueError", "boom");
  };
  const Object got = Run("Invoke", {{"FunctionName", "triage"}});
  EXPECT_EQ(At(got, "FunctionError"), "Unhandled");
  EXPECT_EQ(Payload(got), R"({"errorMessage":"boom","errorType":"ValueError"})");
  const auto fail_with = [&](Code code) {
    runner_.functions["triage"] = [code](const functions::Invocation&) -> functions::InvokeOutcome {
      return Fail(code, "why");
    };
    const std::string error = ErrorOf("Invoke", {{"FunctionName", "triage"}});
    return error.substr(0, error.find(':'));
  };
  EXPECT_EQ(fail_with(Code::kThrottled), "TooManyRequestsException");
  EXPECT_EQ(fail_with(Code::kPermissionDenied), "AccessDeniedException");
  EXPECT_EQ(fail_with(Code::kUnavailable), "ServiceException");
}

TEST_F(LambdaTest, NewCodeAndConfigurationTakeEffectAtOnce) {
  Run("CreateFunction", Create());
  Run("Invoke", {{"FunctionName", "triage"}});
  const auto before = runner_.invocations.back().spec;
  const Object changed = Run("UpdateFunctionConfiguration",
                             {{"FunctionName", "triage"},
                              {"Timeout", 9},
                              {"Environment", Object{{"Variables", Object{{"A", "1"}}}}}});
  EXPECT_EQ(At(changed, "Handler"), "triage.lambda_handler") << "what is not named stays";
  Run("Invoke", {{"FunctionName", "triage"}});
  const auto after = runner_.invocations.back().spec;
  EXPECT_EQ(after->timeout, seconds(9));
  EXPECT_EQ(after->environment.size(), 1u);
  EXPECT_NE(after->revision, before->revision);
  Run("UpdateFunctionCode", {{"FunctionName", "triage"}, {"ZipFile", Zip("x = 2\n")}});
  Run("Invoke", {{"FunctionName", "triage"}});
  EXPECT_NE(runner_.invocations.back().spec->code_sha256, before->code_sha256);
  EXPECT_FALSE(catalog_.LoadPackage(before->code_sha256)) << "no version refers to it";
  EXPECT_EQ(ErrorOf("UpdateFunctionCode",
                    {{"FunctionName", "triage"}, {"ZipFile", Zip()}, {"RevisionId", "old"}})
                .substr(0, 27),
            "PreconditionFailedException");
}

TEST_F(LambdaTest, VersionsAndAliases) {
  Run("CreateFunction", Create({{"Publish", true}}));
  EXPECT_EQ(At(Run("PublishVersion", {{"FunctionName", "triage"}}), "Version"), "1")
      << "nothing has changed";
  Run("UpdateFunctionCode", {{"FunctionName", "triage"}, {"ZipFile", Zip("x = 2\n")}});
  const Object second = Run("PublishVersion", {{"FunctionName", "triage"}, {"Description", "d"}});
  EXPECT_EQ(At(second, "FunctionArn"), std::string(kArn) + ":2");
  const Object versions = Run("ListVersionsByFunction", {{"FunctionName", "triage"}});
  EXPECT_EQ(At(versions, "Versions.0.FunctionArn"), std::string(kArn) + ":$LATEST");
  EXPECT_EQ(At(versions, "Versions.2.Version"), "2");

  const Object alias =
      Run("CreateAlias", {{"FunctionName", "triage"}, {"Name", "prod"}, {"FunctionVersion", "1"}});
  EXPECT_EQ(At(alias, "AliasArn"), std::string(kArn) + ":prod");
  EXPECT_TRUE(ErrorOf("CreateAlias",
                      {{"FunctionName", "triage"}, {"Name", "prod"}, {"FunctionVersion", "1"}})
                  .starts_with("ResourceConflictException: Alias already exists: "));
  EXPECT_EQ(ErrorOf("CreateAlias",
                    {{"FunctionName", "triage"}, {"Name", "dev"}, {"FunctionVersion", "7"}}),
            std::string("ResourceNotFoundException: Function not found: ") + kArn + ":7");
  EXPECT_EQ(At(Run("Invoke", {{"FunctionName", "triage:prod"}}), "ExecutedVersion"), "1");
  Run("UpdateAlias", {{"FunctionName", "triage"}, {"Name", "prod"}, {"FunctionVersion", "2"}});
  EXPECT_EQ(
      At(Run("Invoke", {{"FunctionName", "triage"}, {"Qualifier", "prod"}}), "ExecutedVersion"),
      "2");
  EXPECT_EQ(At(Run("ListAliases", {{"FunctionName", "triage"}}), "Aliases.0.FunctionVersion"), "2");
  EXPECT_EQ(
      At(Run("ListAliases", {{"FunctionName", "triage"}, {"FunctionVersion", "1"}}), "Aliases"),
      "[]");
  EXPECT_TRUE(ErrorOf("DeleteFunction", {{"FunctionName", "triage"}, {"Qualifier", "2"}})
                  .starts_with("ResourceConflictException: Version was not deleted"));
  Run("DeleteAlias", {{"FunctionName", "triage"}, {"Name", "prod"}});
  EXPECT_TRUE(ErrorOf("GetAlias", {{"FunctionName", "triage"}, {"Name", "prod"}})
                  .starts_with("ResourceNotFoundException"));
  Run("DeleteFunction", {{"FunctionName", "triage"}, {"Qualifier", "2"}});
  EXPECT_EQ(ErrorOf("Invoke", {{"FunctionName", "triage:2"}}),
            std::string("ResourceNotFoundException: Function not found: ") + kArn + ":2");
}

TEST_F(LambdaTest, AliasesShareTrafficByWeight) {
  Run("CreateFunction", Create({{"Publish", true}}));
  Run("UpdateFunctionCode",
      {{"FunctionName", "triage"}, {"ZipFile", Zip("x = 2\n")}, {"Publish", true}});
  Run("CreateAlias", {{"FunctionName", "triage"},
                      {"Name", "prod"},
                      {"FunctionVersion", "1"},
                      {"RoutingConfig", Object{{"AdditionalVersionWeights", Object{{"2", 0.5}}}}}});
  std::map<std::string, int> seen;
  for (int i = 0; i < 64; ++i) {
    ++seen[At(Run("Invoke", {{"FunctionName", "triage:prod"}}), "ExecutedVersion")];
  }
  EXPECT_GT(seen["1"], 10);
  EXPECT_GT(seen["2"], 10);
}

TEST_F(LambdaTest, DeletingEndsTheProcessesAndForgets) {
  Run("CreateFunction", Create());
  Run("Invoke", {{"FunctionName", "triage"}});
  Run("DeleteFunction", {{"FunctionName", "triage"}});
  EXPECT_EQ(runner_.retired, std::vector<std::string>{kArn});
  EXPECT_TRUE(ErrorOf("Invoke", {{"FunctionName", "triage"}})
                  .starts_with("ResourceNotFoundException: Function not found: "));
  EXPECT_EQ(At(Run("GetAccountSettings"), "AccountUsage.FunctionCount"), "0");
  EXPECT_FALSE(catalog_.LoadPackage(functions::PackageSha256(*Base64Decode(Zip()))));
}

TEST_F(LambdaTest, PermissionsMakeTheResourcePolicy) {
  Run("CreateFunction", Create());
  const auto policy = [&] {
    std::string text;
    store_->Read([&](store::Transaction& tx) { text = ResourcePolicyOf(kArn, tx); });
    return text;
  };
  EXPECT_EQ(policy(), "");
  const Object added =
      Run("AddPermission", {{"FunctionName", "triage"},
                            {"StatementId", "events"},
                            {"Action", "lambda:InvokeFunction"},
                            {"Principal", "events.amazonaws.com"},
                            {"SourceArn", "arn:aws:events:us-east-1:123456789012:rule/r"},
                            {"SourceAccount", "123456789012"}});
  EXPECT_EQ(At(added, "Statement"),
            R"({"Sid":"events","Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},)"
            R"("Action":"lambda:InvokeFunction",)"
            R"("Resource":"arn:aws:lambda:us-east-1:123456789012:function:triage",)"
            R"("Condition":{"StringEquals":{"AWS:SourceAccount":"123456789012"},)"
            R"("ArnLike":{"AWS:SourceArn":"arn:aws:events:us-east-1:123456789012:rule/r"}}})");
  EXPECT_EQ(At(Run("GetPolicy", {{"FunctionName", "triage"}}), "Policy"), policy());
  EXPECT_TRUE(policy().starts_with(R"({"Version":"2012-10-17","Id":"default","Statement":[{)"));
  EXPECT_TRUE(ErrorOf("AddPermission", {{"FunctionName", "triage"},
                                        {"StatementId", "events"},
                                        {"Action", "lambda:InvokeFunction"},
                                        {"Principal", "sns.amazonaws.com"}})
                  .starts_with("ResourceConflictException: The statement id (events) provided"));
  EXPECT_EQ(ErrorOf("RemovePermission", {{"FunctionName", "triage"}, {"StatementId", "x"}}),
            "ResourceNotFoundException: Statement x is not found in resource policy.");
  Run("RemovePermission", {{"FunctionName", "triage"}, {"StatementId", "events"}});
  EXPECT_EQ(ErrorOf("GetPolicy", {{"FunctionName", "triage"}}),
            "ResourceNotFoundException: The resource you requested does not exist.");
}

TEST_F(LambdaTest, PagesAreWalkedByMarkers) {
  for (const char* name : {"a", "b", "c"}) {
    Run("CreateFunction", Create({{"FunctionName", name}}));
  }
  const Object first = Run("ListFunctions", {{"MaxItems", 2}});
  EXPECT_EQ(At(first, "Functions.1.FunctionName"), "b");
  const Object second =
      Run("ListFunctions", {{"MaxItems", 2}, {"Marker", At(first, "NextMarker")}});
  EXPECT_EQ(At(second, "Functions.0.FunctionName"), "c");
  EXPECT_EQ(At(second, "NextMarker"), "");
}

TEST_F(LambdaTest, TagsAndConcurrency) {
  Run("CreateFunction", Create({{"Tags", Object{{"team", "sec"}}}}));
  Run("TagResource", {{"Resource", kArn}, {"Tags", Object{{"env", "prod"}}}});
  Run("UntagResource", {{"Resource", kArn}, {"TagKeys", Array{"team"}}});
  EXPECT_EQ(At(Run("ListTags", {{"Resource", kArn}}), "Tags"), R"({"env":"prod"})");
  EXPECT_TRUE(ErrorOf("PutFunctionConcurrency",
                      {{"FunctionName", "triage"}, {"ReservedConcurrentExecutions", 901}})
                  .starts_with("InvalidParameterValueException: Specified Reserved"));
  Run("PutFunctionConcurrency", {{"FunctionName", "triage"}, {"ReservedConcurrentExecutions", 5}});
  EXPECT_EQ(At(Run("GetAccountSettings"), "AccountLimit.UnreservedConcurrentExecutions"), "995");
  Run("Invoke", {{"FunctionName", "triage"}});
  EXPECT_EQ(runner_.invocations.back().spec->reserved_concurrency, 5);
  Run("DeleteFunctionConcurrency", {{"FunctionName", "triage"}});
  EXPECT_EQ(At(Run("GetFunctionConcurrency", {{"FunctionName", "triage"}}),
               "ReservedConcurrentExecutions"),
            "");
}

TEST_F(LambdaTest, EventsAreRetriedThenDeadLettered) {
  Run("CreateFunction", Create({{"DeadLetterConfig",
                                 Object{{"TargetArn", "arn:aws:sqs:us-east-1:123456789012:q"}}}}));
  runner_.functions["triage"] = [](const functions::Invocation&) {
    return FakeRunner::Raise("ValueError", "boom");
  };
  const Object accepted = Run("Invoke", {{"FunctionName", "triage"},
                                         {"InvocationType", "Event"},
                                         {"Payload", Base64Encode(R"({"n":1})")}});
  EXPECT_EQ(At(accepted, "StatusCode"), "202");
  EXPECT_EQ(runner_.invocations.size(), 1u);
  loop_.Advance(seconds(59));
  EXPECT_EQ(runner_.invocations.size(), 1u);
  loop_.Advance(seconds(2));
  EXPECT_EQ(runner_.invocations.size(), 2u) << "after one minute";
  loop_.Advance(seconds(118));
  EXPECT_EQ(runner_.invocations.size(), 2u);
  EXPECT_TRUE(letters_.empty());
  loop_.Advance(seconds(3));
  EXPECT_EQ(runner_.invocations.size(), 3u) << "after two more";
  ASSERT_EQ(letters_.size(), 1u);
  EXPECT_EQ(letters_[0].body, R"({"n":1})");
  EXPECT_EQ(letters_[0].queue, "arn:aws:sqs:us-east-1:123456789012:q");
  EXPECT_EQ(letters_[0].attributes["ErrorCode"], "200");
  EXPECT_EQ(letters_[0].attributes["ErrorMessage"], "boom");
  EXPECT_EQ(letters_[0].attributes["RequestID"], runner_.invocations[0].request_id);
  EXPECT_EQ(runner_.invocations[2].request_id, runner_.invocations[0].request_id);
  loop_.Advance(minutes(10));
  EXPECT_EQ(runner_.invocations.size(), 3u);
}

TEST_F(LambdaTest, ThrottledEventsWaitWithoutUsingUpTheirRetries) {
  Run("CreateFunction", Create());
  int calls = 0;
  runner_.functions["triage"] = [&](const functions::Invocation&) -> functions::InvokeOutcome {
    if (++calls <= 5) return Fail(Code::kThrottled, "Rate Exceeded.");
    return functions::InvokeResult{.payload = "1"};
  };
  Run("Invoke", {{"FunctionName", "triage"}, {"InvocationType", "Event"}});
  loop_.Advance(minutes(2));
  EXPECT_EQ(calls, 6);
  EXPECT_EQ(metrics_.Sum("AWS/Lambda/AsyncEventsDropped/triage"), 0);
}

TEST_F(LambdaTest, MappingsOfQueuesAreKept) {
  Run("CreateFunction", Create());
  const std::string queue = "arn:aws:sqs:us-east-1:123456789012:jobs";
  const Object made =
      Run("CreateEventSourceMapping",
          {{"FunctionName", "triage"}, {"EventSourceArn", queue}, {"BatchSize", 5}});
  EXPECT_EQ(At(made, "State"), "Enabled");
  EXPECT_EQ(At(made, "FunctionArn"), kArn);
  const std::string uuid = At(made, "UUID");
  EXPECT_TRUE(
      ErrorOf("CreateEventSourceMapping", {{"FunctionName", "triage"}, {"EventSourceArn", queue}})
          .starts_with("ResourceConflictException: An event source mapping with SQS arn"));
  EXPECT_EQ(ErrorOf("UpdateEventSourceMapping", {{"UUID", uuid}, {"BatchSize", 11}}),
            "InvalidParameterValueException: Maximum batch window in seconds must be greater than "
            "0 if maximum batch size is greater than 10");
  EXPECT_EQ(At(Run("UpdateEventSourceMapping", {{"UUID", uuid}, {"Enabled", false}}), "State"),
            "Disabled");
  EXPECT_EQ(At(Run("GetEventSourceMapping", {{"UUID", uuid}}), "BatchSize"), "5");
  EXPECT_EQ(At(Run("ListEventSourceMappings", {{"FunctionName", "triage"}}),
               "EventSourceMappings.0.UUID"),
            uuid);
  EXPECT_EQ(At(Run("ListEventSourceMappings", {{"FunctionName", "other"}}), "EventSourceMappings"),
            "[]");
  Run("DeleteEventSourceMapping", {{"UUID", uuid}});
  EXPECT_TRUE(
      ErrorOf("GetEventSourceMapping", {{"UUID", uuid}}).starts_with("ResourceNotFoundException"));
  EXPECT_TRUE(ErrorOf("CreateEventSourceMapping",
                      {{"FunctionName", "triage"},
                       {"EventSourceArn", "arn:aws:kinesis:us-east-1:123456789012:stream/s"}})
                  .starts_with("InvalidParameterValueException"));
}

TEST_F(LambdaTest, TheConfigurationOfEventsIsKept) {
  Run("CreateFunction", Create());
  EXPECT_EQ(ErrorOf("GetFunctionEventInvokeConfig", {{"FunctionName", "triage"}}),
            std::string("ResourceNotFoundException: The function ") + kArn +
                ":$LATEST doesn't have an EventInvokeConfig");
  Run("PutFunctionEventInvokeConfig",
      {{"FunctionName", "triage"},
       {"MaximumRetryAttempts", 0},
       {"DestinationConfig",
        Object{
            {"OnFailure", Object{{"Destination", "arn:aws:sqs:us-east-1:123456789012:failed"}}}}}});
  Run("UpdateFunctionEventInvokeConfig",
      {{"FunctionName", "triage"}, {"MaximumEventAgeInSeconds", 60}});
  const Object got = Run("GetFunctionEventInvokeConfig", {{"FunctionName", "triage"}});
  EXPECT_EQ(At(got, "MaximumRetryAttempts"), "0");
  EXPECT_EQ(At(got, "MaximumEventAgeInSeconds"), "60");
  EXPECT_EQ(At(Run("ListFunctionEventInvokeConfigs", {{"FunctionName", "triage"}}),
               "FunctionEventInvokeConfigs.0.FunctionArn"),
            std::string(kArn) + ":$LATEST");

  runner_.functions["triage"] = [](const functions::Invocation&) {
    return FakeRunner::Raise("ValueError", "boom");
  };
  Run("Invoke", {{"FunctionName", "triage"},
                 {"InvocationType", "Event"},
                 {"Payload", Base64Encode(R"({"n":1})")}});
  EXPECT_EQ(runner_.invocations.size(), 1u);
  ASSERT_EQ(invoker_.calls.size(), 1u) << "the record goes to the destination";
  EXPECT_EQ(invoker_.calls[0].operation, "SendMessage");
  EXPECT_EQ(invoker_.calls[0].principal.role_arn, kRole);
  EXPECT_EQ(At(invoker_.calls[0].input, "QueueUrl"), "http://127.0.0.1:4566/123456789012/failed");
  const auto record = json::Parse(At(invoker_.calls[0].input, "MessageBody"));
  EXPECT_EQ(At(*record, "requestContext.condition"), "RetriesExhausted");
  EXPECT_EQ(At(*record, "requestContext.approximateInvokeCount"), "1");
  EXPECT_EQ(At(*record, "requestPayload"), R"({"n":1})");
  EXPECT_EQ(At(*record, "responsePayload.errorMessage"), "boom");
  Run("DeleteFunctionEventInvokeConfig", {{"FunctionName", "triage"}});
}

}  // namespace
}  // namespace riposte::lambda
