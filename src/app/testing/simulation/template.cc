// The resources of every run.
//
// queues   inbox (worn out after 3 to inbox-dead), other-inbox, topic-inbox, runbook-inbox,
//          ordered.fifo, topic-ordered.fifo; dead-rules, dead-subscriptions, dead-functions;
//          kept, replayed; scheduled, ticks; denied: nobody may send there, at first
// pipes    piped (worn out after 3 to piped-dead) -> filter -> function enrich -> bus -> piped-out;
//          sorted.fifo -> sorted-out.fifo; they are started by the runs that use them
// topics   alerts -> topic-inbox, https://hook.example/alerts; paced -> https://hook.example/paced,
//          five a second; ordered.fifo -> topic-ordered.fifo
// archive  kept: what the rule "kept" matches; the rule "replayed" matches what comes out of it
// schedule ticks, every seven minutes
// rules    by the kind in the event's detail; see Duties() of simulation.cc
#include "app/testing/simulation/simulation.h"
#include "app/testing/simulation/world.h"
#include "base/encoding.h"
#include "functions/testing/zip_writer.h"

namespace riposte::app::testing::simulation {
namespace {

using json::Array;
using json::Object;

constexpr char kRunbook[] = R"(
schemaVersion: '0.3'
assumeRole: arn:aws:iam::123456789012:role/simulation
parameters: {E: {type: String}}
mainSteps:
- name: first
  action: aws:executeScript
  maxAttempts: 3
  inputs: {Runtime: python3.11, Handler: first, Script: "x", InputPayload: {id: "{{ E }}"}}
- name: wait
  action: aws:sleep
  inputs: {Duration: PT90S}
- name: send
  action: aws:executeAwsApi
  inputs:
    Service: sqs
    Api: SendMessage
    QueueUrl: http://localhost/123456789012/runbook-inbox
    MessageBody: '{"id":"{{ E }}"}'
- name: last
  action: aws:executeScript
  inputs: {Runtime: python3.11, Handler: last, Script: "x", InputPayload: {id: "{{ E }}"}}
)";

class Maker {
 public:
  explicit Maker(const std::string& folder)
      : world_({.seed = 1, .folder = folder, .faulty = false}) {}

  void Make() {
    MakeRole();
    for (const char* name : {"inbox-dead", "other-inbox", "topic-inbox", "runbook-inbox",
                             "dead-rules", "dead-subscriptions", "dead-functions", "kept",
                             "replayed", "scheduled", "ticks", "piped-dead", "piped-out"}) {
      Queue(name);
    }
    for (const std::string name : {"inbox", "piped"}) {
      Queue(name, {{"RedrivePolicy", R"({"maxReceiveCount":3,"deadLetterTargetArn":")" +
                                         Arn("sqs", name + "-dead") + "\"}"}});
    }
    Queue("denied", {}, /*open=*/false);
    for (const char* name : {"ordered.fifo", "topic-ordered.fifo", "dead-ordered.fifo",
                             "sorted.fifo", "sorted-out.fifo"}) {
      Queue(name, {{"FifoQueue", "true"}});
    }
    MakeTopics();
    MakeFunctions();
    Call("ssm", "CreateDocument",
         {{"Name", "Respond"},
          {"Content", kRunbook},
          {"DocumentType", "Automation"},
          {"DocumentFormat", "YAML"}});
    MakeRules();
    MakeDestination();
    MakeArchive();
    MakeSchedule();
    MakePipes();
  }

 private:
  Object Call(const std::string& service, const std::string& operation, Object input) {
    auto reply = world_.Call(service, operation, std::move(input));
    if (reply.kind != World::Reply::Kind::kDone) {
      throw Violation("the template: " + operation + " " + reply.error);
    }
    return std::move(reply.output);
  }
  [[nodiscard]] std::string Arn(std::string_view service, std::string_view resource) const {
    return world_.harness->Arn(service, resource);
  }
  [[nodiscard]] std::string Role() const {
    return MakeGlobalArn("iam", world_.harness->scope().account, "role/simulation");
  }

  void MakeRole() {
    Call("iam", "CreateRole", {{"RoleName", "simulation"}, {"AssumeRolePolicyDocument", R"({
        "Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":
        {"Service":["lambda.amazonaws.com","events.amazonaws.com","ssm.amazonaws.com",
        "scheduler.amazonaws.com","pipes.amazonaws.com"]}}]})"}});
    Call("iam", "PutRolePolicy",
         {{"RoleName", "simulation"}, {"PolicyName", "all"}, {"PolicyDocument", R"({
        "Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})"}});
  }

  void Queue(const std::string& name, Object attributes = {}, bool open = true) {
    attributes["MessageRetentionPeriod"] = "1209600";
    if (open) {
      attributes["Policy"] = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
          "Principal":{"Service":["events.amazonaws.com","sns.amazonaws.com"]},
          "Action":"sqs:SendMessage","Resource":")" +
                             Arn("sqs", name) + "\"}]}";
    }
    Call("sqs", "CreateQueue", {{"QueueName", name}, {"Attributes", std::move(attributes)}});
  }

  void MakeTopics() {
    // Requests to confirm are answered at once.
    std::vector<Object> asked;
    world_.on_request = [&](http::OutgoingRequest request, http::Client::Completion done) {
      asked.push_back(json::Parse(request.body)->as_object());
      done(http::Response{});
    };
    const Object open{{"Policy", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",
        "Principal":{"Service":"events.amazonaws.com"},"Action":"sns:Publish","Resource":"*"}]})"}};
    Call("sns", "CreateTopic", {{"Name", "alerts"}, {"Attributes", open}});
    Call("sns", "CreateTopic", {{"Name", "paced"}});
    Call("sns", "CreateTopic",
         {{"Name", "ordered.fifo"}, {"Attributes", Object{{"FifoTopic", "true"}}}});
    Object raw{{"RawMessageDelivery", "true"}};
    const auto subscribe = [&](const char* topic, const char* protocol, const std::string& endpoint,
                               const Object& attributes) {
      Call("sns", "Subscribe",
           {{"TopicArn", Arn("sns", topic)},
            {"Protocol", protocol},
            {"Endpoint", endpoint},
            {"Attributes", attributes}});
    };
    subscribe("alerts", "sqs", Arn("sqs", "topic-inbox"), raw);
    const auto dead = [&](const char* queue) {
      return R"({"deadLetterTargetArn":")" + Arn("sqs", queue) + "\"}";
    };
    raw["RedrivePolicy"] = dead("dead-ordered.fifo");
    subscribe("ordered.fifo", "sqs", Arn("sqs", "topic-ordered.fifo"), raw);
    raw["RedrivePolicy"] = dead("dead-subscriptions");
    subscribe("alerts", "https", "https://hook.example/alerts", raw);
    raw["DeliveryPolicy"] = R"({"throttlePolicy":{"maxReceivesPerSecond":5}})";
    subscribe("paced", "https", "https://hook.example/paced", raw);
    for (const Object& request : asked) {
      Call("sns", "ConfirmSubscription",
           {{"TopicArn", request.at("TopicArn")}, {"Token", request.at("Token")}});
    }
    world_.on_request = nullptr;
  }

  void MakeFunctions() {
    for (const char* name : {"triage", "enrich"}) MakeFunction(name);
    Call("lambda", "AddPermission",
         {{"FunctionName", "triage"},
          {"StatementId", "rules"},
          {"Action", "lambda:InvokeFunction"},
          {"Principal", "events.amazonaws.com"}});
  }
  void MakeFunction(const char* name) {
    Call("lambda", "CreateFunction",
         {{"FunctionName", name},
          {"Runtime", "python3.12"},
          {"Role", Role()},
          {"Handler", "app.handler"},
          {"DeadLetterConfig", Object{{"TargetArn", Arn("sqs", "dead-functions")}}},
          {"Code", Object{{"ZipFile", Base64Encode(functions::testing::MakeZip(
                                          {{"app.py", "def handler(e, c): pass\n"}}))}}}});
  }

  void Rule(const std::string& name, const std::string& kinds, Object target,
            const std::string& bus = "default") {
    Call("events", "PutRule",
         {{"Name", name},
          {"EventBusName", bus},
          {"EventPattern", R"({"source":["simulation"],"detail":{"kind":[)" + kinds + "]}}"}});
    target["Id"] = "1";
    target["DeadLetterConfig"] = Object{{"Arn", Arn("sqs", "dead-rules")}};
    if (name == "nowhere") target.erase("DeadLetterConfig");
    Call("events", "PutTargets",
         {{"Rule", name}, {"EventBusName", bus}, {"Targets", Array{std::move(target)}}});
  }

  void MakeRules() {
    Call("events", "CreateEventBus", {{"Name", "other"}});
    Rule("inbox", R"("a","b")", {{"Arn", Arn("sqs", "inbox")}});
    Rule("function", R"("b","c")", {{"Arn", Arn("lambda", "function:triage")}});
    Rule("topic", R"("c","d")", {{"Arn", Arn("sns", "alerts")}, {"InputPath", "$.detail"}});
    Rule("denied", R"("d")", {{"Arn", Arn("sqs", "denied")}});
    Rule("runbook", R"("e")",
         {{"Arn", Arn("ssm", "automation-definition/Respond:$DEFAULT")},
          {"RoleArn", Role()},
          {"InputTransformer", Object{{"InputPathsMap", Object{{"id", "$.detail.id"}}},
                                      {"InputTemplate", R"({"E":[<id>]})"}}}});
    Rule("bus", R"("f")", {{"Arn", Arn("events", "event-bus/other")}, {"RoleArn", Role()}});
    Rule("other", R"("f")", {{"Arn", Arn("sqs", "other-inbox")}}, "other");
    Rule("nowhere", R"("g")", {{"Arn", Arn("sqs", "nobody")}});
  }

  void MakeDestination() {
    const Object connection =
        Call("events", "CreateConnection",
             {{"Name", "hook"},
              {"AuthorizationType", "API_KEY"},
              {"AuthParameters", Object{{"ApiKeyAuthParameters",
                                         Object{{"ApiKeyName", "X-Key"}, {"ApiKeyValue", "k"}}}}}});
    const Object destination = Call("events", "CreateApiDestination",
                                    {{"Name", "hook"},
                                     {"ConnectionArn", connection.at("ConnectionArn")},
                                     {"InvocationEndpoint", "https://hook.example/destination"},
                                     {"HttpMethod", "POST"}});
    Rule("destination", R"("h")",
         {{"Arn", destination.at("ApiDestinationArn")},
          {"RoleArn", Role()},
          {"RetryPolicy", Object{{"MaximumRetryAttempts", 3}}}});
  }

  /// Replayed events are told apart by a member that only they have.
  void MakeArchive() {
    Call("events", "CreateArchive",
         {{"ArchiveName", "kept"},
          {"EventSourceArn", Arn("events", "event-bus/default")},
          {"EventPattern", R"({"source":["simulation"],"detail":{"kind":["i"]}})"}});
    for (const bool again : {false, true}) {
      const std::string name = again ? "replayed" : "kept";
      Call("events", "PutRule",
           {{"Name", name},
            {"EventPattern",
             R"({"source":["simulation"],"detail":{"kind":["i"]},"replay-name":[{"exists":)" +
                 std::string(again ? "true" : "false") + "}]}"}});
      Call("events", "PutTargets",
           {{"Rule", name}, {"Targets", Array{Object{{"Id", "1"}, {"Arn", Arn("sqs", name)}}}}});
    }
  }

  void MakeSchedule() {
    Call("scheduler", "CreateSchedule",
         {{"Name", "ticks"},
          {"ScheduleExpression", "rate(7 minutes)"},
          {"FlexibleTimeWindow", Object{{"Mode", "OFF"}}},
          {"Target", Object{{"Arn", Arn("sqs", "ticks")},
                            {"RoleArn", Role()},
                            {"Input", R"({"id":"tick-<aws.scheduler.scheduled-time>"})"}}}});
  }

  void MakePipes() {
    Call("events", "PutRule", {{"Name", "piped"}, {"EventPattern", R"({"source":["pipe"]})"}});
    Call("events", "PutTargets",
         {{"Rule", "piped"},
          {"Targets", Array{Object{{"Id", "1"}, {"Arn", Arn("sqs", "piped-out")}}}}});
    Call("pipes", "CreatePipe",
         {{"Name", "piped"},
          {"DesiredState", "STOPPED"},
          {"RoleArn", Role()},
          {"Source", Arn("sqs", "piped")},
          {"SourceParameters",
           Object{{"SqsQueueParameters", Object{{"BatchSize", 3}}},
                  {"FilterCriteria",
                   Object{{"Filters",
                           Array{Object{{"Pattern", R"({"body":{"kind":["wanted"]}})"}}}}}}}},
          {"Enrichment", Arn("lambda", "function:enrich")},
          {"Target", Arn("events", "event-bus/default")},
          {"TargetParameters", Object{{"EventBridgeEventBusParameters",
                                       Object{{"Source", "pipe"}, {"DetailType", "t"}}}}}});
    Call("pipes", "CreatePipe",
         {{"Name", "sorted"},
          {"DesiredState", "STOPPED"},
          {"RoleArn", Role()},
          {"Source", Arn("sqs", "sorted.fifo")},
          {"Target", Arn("sqs", "sorted-out.fifo")},
          {"TargetParameters",
           Object{{"InputTemplate", R"({"id":<$.body.id>})"},
                  {"SqsQueueParameters",
                   Object{{"MessageGroupId", "$.attributes.MessageGroupId"}}}}}});
  }

  World world_;
};

}  // namespace

void MakeTemplate(const std::string& folder) {
  Maker(folder).Make();
}

}  // namespace riposte::app::testing::simulation
