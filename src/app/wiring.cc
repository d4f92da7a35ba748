// The composition root: every part is built here, in order, and joined to the others; start and
// stop are two ordered lists.

#include "access/schema.h"
#include "app/engine.h"
#include "app/provider_config.h"
#include "app/providers.h"
#include "app/runbook_parts.h"
#include "bus/archive.h"
#include "bus/archive_sweep.h"
#include "bus/connection_tables.h"
#include "bus/http_target.h"
#include "bus/ingest.h"
#include "bus/replay.h"
#include "bus/rule_set.h"
#include "bus/rule_targets.h"
#include "bus/schedule_tables.h"
#include "bus/scheduler.h"
#include "bus/tables.h"
#include "delivery/outcome.h"
#include "estate/buckets.h"
#include "estate/estate.h"
#include "estate/seed.h"
#include "functions/async_target.h"
#include "functions/host.h"
#include "functions/queue_poller.h"
#include "http/address.h"
#include "observe/alarm_actions.h"
#include "observe/alarms.h"
#include "observe/audit.h"
#include "observe/logs.h"
#include "observe/metrics.h"
#include "observe/retention.h"
#include "observe/tables.h"
#include "os/files.h"
#include "os/time_zones.h"
#include "response/incidents.h"
#include "services/cloudtrail/cloudtrail_service.h"
#include "services/ec2/ec2.h"
#include "services/events/events.h"
#include "services/iam/iam_service.h"
#include "services/lambda/lambda_service.h"
#include "services/logs/logs_service.h"
#include "services/monitoring/monitoring_service.h"
#include "services/pipes/checks.h"
#include "services/pipes/pipes_service.h"
#include "services/resourcegroups/service.h"
#include "services/riposte/service.h"
#include "services/s3/s3.h"
#include "services/scheduler/schedule_target.h"
#include "services/scheduler/scheduler_service.h"
#include "services/secretsmanager/secrets_service.h"
#include "services/securityhub/service.h"
#include "services/sns/mail.h"
#include "services/sns/sns.h"
#include "services/sns/subscription_target.h"
#include "services/sqs/sqs.h"
#include "services/ssm/previews.h"
#include "services/ssm/ssm.h"
#include "services/ssm/webhooks.h"
#include "services/sts/sts_service.h"
#include "workflow/automation/language.h"
#include "workflow/engine.h"
#include "workflow/failed_executions.h"

namespace riposte::app {
namespace {

constexpr char kLambdaPrincipal[] = "lambda.amazonaws.com";

std::vector<store::Migration> AllMigrations() {
  std::vector<store::Migration> all;
  const auto add = [&all](std::span<const store::Migration> migrations) {
    all.insert(all.end(), migrations.begin(), migrations.end());
  };
  add(access::Migrations());
  add(delivery::Dispatcher::Migrations());
  add(observe::Migrations());
  add(bus::tables::Migrations());
  add(bus::schedule_tables::Migrations());
  add(bus::tables::ConnectionMigrations());
  add(bus::archive_tables::Migrations());
  add(functions::Migrations());
  add(estate::Estate::Migrations());
  add(resourcegroups::ResourceGroupsService::Migrations());
  add(response::Incidents::Migrations());
  add(securityhub::SecurityHubService::Migrations());
  add(pipes::PipesService::Migrations());
  add(scheduler::SchedulerService::Migrations());
  add(secretsmanager::SecretsService::Migrations());
  add(workflow::Engine::Migrations());
  add(ssm::SsmService::Migrations());
  add(sqs::Migrations());
  add(sns::Migrations());
  return all;
}

store::Store::Options StoreOptions(const Config& config, const World& world) {
  store::Store::Options options;
  if (!config.data_dir.empty()) options.path = config.data_dir + "/riposte.db";
  options.threaded = world.threaded;
  options.sync = !config.unsafe_no_sync;
  options.log = &world.log;
  options.vfs = world.store_vfs;
  return options;
}

/// The key that seals secrets and secure strings: made once, kept beside the database and never in
/// it.
Result<std::string> SealingKey(const Config& config, Random& random) {
  constexpr size_t kBytes = access::Sealer::kKeyBytes;
  if (config.data_dir.empty()) return random.Bytes(kBytes);
  const std::string path = config.data_dir + "/secrets.key";
  Result<std::string> key = os::ReadFile(path, kBytes);
  if (!key && key.error().code == Code::kNotFound) {
    key = random.Bytes(kBytes);
    if (Status written = os::WriteFileAtomically(path, *key); !written) {
      return std::unexpected(written.error());
    }
  }
  if (key && key->size() != kBytes) return Fail(Code::kCorrupt, path + " is not a key");
  return key;
}

access::Authenticator::Options AuthenticatorOptions(const Config& config) {
  access::Authenticator::Options options;
  options.open = config.open;
  options.default_account = config.account;
  options.default_region = config.region;
  return options;
}

/// "riposte.example.org" of "https://riposte.example.org:443/x".
std::string HostOf(const std::string& url) {
  const size_t begin = url.find("://");
  if (begin == std::string::npos) return "";
  return url.substr(begin + 3, url.find_first_of(":/", begin + 3) - begin - 3);
}

/// And no address.
bool IsHostName(std::string_view host) {
  return std::ranges::any_of(host, [](char c) { return c >= 'a' && c <= 'z'; }) &&
         host.find(':') == std::string_view::npos;
}

functions::Host::Options HostOptions(const Config& config) {
  functions::Host::Options options;
  if (!config.data_dir.empty()) options.folder = config.data_dir + "/run";
  options.launcher.python = config.python;
  options.launcher.open_network = config.open_network;
  const auto name = HostOf(config.public_url);
  for (const std::string& host : {name, config.address}) {
    if (IsHostName(host)) options.launcher.engine_names.push_back(host);
  }
  return options;
}

estate::Timings EstateTimings(const Config& config) {
  estate::Timings timings;
  timings.launch = timings.stop = timings.terminate = config.estate_delay;
  timings.volume_create = timings.volume_attach = timings.volume_detach = config.estate_delay / 3;
  timings.snapshot_step = config.estate_delay / 4;
  timings.image = config.estate_delay * 4 / 3;
  return timings;
}

void SeedBucket(estate::Act& act, const std::string& name) {
  if (estate::FindBucket(act.tx, name)) {
    throw api::Error("ValidationException", "estate: there is a bucket " + name + " already");
  }
  estate::CreateBucket(act.tx, act.scope, name, act.now);
}

/// Where e-mail goes: to a server, into a folder, or nowhere when there is neither.
std::unique_ptr<sns::MailTransport> MakeMail(const Config& config) {
  if (!config.smtp_url.empty()) return std::make_unique<sns::SmtpMailTransport>(config.smtp_url);
  std::string folder = config.mail_spool;
  if (folder.empty() && !config.data_dir.empty()) folder = config.data_dir + "/mail";
  if (folder.empty()) return std::make_unique<sns::NoMailTransport>();
  return std::make_unique<sns::SpoolMailTransport>(std::move(folder));
}

/// Parts that call operations are built before the pipeline that runs them.
struct LateInvoker final : api::Invoker {
  void Invoke(api::Invocation invocation, api::Reply reply) override {
    target->Invoke(std::move(invocation), std::move(reply));
  }
  std::optional<api::Outcome> InvokeWithin(store::Transaction& tx,
                                           api::Invocation invocation) override {
    return target->InvokeWithin(tx, std::move(invocation));
  }
  api::Invoker* target = nullptr;
};

}  // namespace

struct Engine::Impl {
  Impl(const Config& c, const World& w, std::unique_ptr<store::Store> opened,
       const std::string& sealing_key, std::vector<Provider> elsewhere)
      : config(c),
        world(w),
        store(std::move(opened)),
        connection_secrets(sealing_key, w.random),
        secrets(sealing_key, w.random),
        ssm(SsmOptions(), {executions, directory, authorizer, invoker, catalog, w.random},
            sealing_key),
        previews({*store, invoker, w.random, FindApiIn(catalog), catalog, ssm}),
        webhooks(*store, w.http, sealing_key, w.random) {
    if (!elsewhere.empty()) {
      providers.emplace(
          std::move(elsewhere),
          Providers::Parts{catalog, w.provider_http ? *w.provider_http : w.http, w.clock});
    }
    dispatcher.SetDeadLetterSender(
        [this](const delivery::Work& work, delivery::Target::DeadLetter letter,
               std::move_only_function<void(delivery::LetterSent)> sent) {
          SendDeadLetter(work, std::move(letter), std::move(sent));
        });
    dispatcher.SetLetterBox(queues.letter_box());
    dead_letters.SetBox(queues.letter_box());
    dispatcher.AddTarget("rule-target", rule_targets);
    dispatcher.AddTarget(std::string(bus::kArchiveKind), archive_target);
    dispatcher.AddTarget(sns::SubscriptionTarget::kKind, topic_subscriptions);
    dispatcher.AddTarget(std::string(observe::Alarms::kActionKind), alarm_actions);
    dispatcher.AddTarget(scheduler::ScheduleTarget::kKind, schedule_target);
    dispatcher.AddTarget(functions::AsyncTarget::kKind, async_functions);
    dispatcher.AddTarget(functions::DestinationTarget::kKind, function_destinations);
    lambda.Register(registry);
    events_service.Register(registry);
    securityhub.Register(registry);
    monitoring.Register(registry);
    log_service.Register(registry);
    cloudtrail.Register(registry);
    iam.Register(registry);
    sts.Register(registry);
    pipe_service.Register(registry);
    schedules.Register(registry);
    secrets.Register(registry);
    ec2.Register(registry);
    native.SetInvoker(invoker);
    native.Register(registry);
    executions.AddLanguage(automation_language);
    executions.SetScriptRunner(script_steps);
    executions.SetEventSink(events);
    executions.SetFailureWatcher([this](store::Transaction& tx,
                                        const workflow::Execution& execution,
                                        const workflow::Failure& failure) {
      failed_executions.Ended(tx, execution, failure);
    });
    dispatcher.AddTarget(workflow::FailedExecutions::kKind, failed_executions);
    ssm.Register(registry);
    previews.Register(registry);
    webhooks.Register(registry);
    s3.Register(registry);
    resource_groups.Register(registry);
    queues.Register(registry);
    topics.Register(registry);
    pipeline.emplace(
        PipelineOptions(),
        api::Pipeline::Parts{catalog, registry, authenticator, authorizer, *store, world.loop,
                             world.clock, world.random, audit, process_metrics, world.log,
                             providers ? &*providers : nullptr});
    invoker.target = &*pipeline;
  }

  bus::RuleTargets::Parts RuleTargetParts() {
    return {invoker,
            [this](const std::string& role_arn, const std::string& session) {
              return directory.AssumeForService(role_arn, "events.amazonaws.com", session);
            },
            events,
            metrics,
            world.clock,
            &api_destinations};
  }

  bus::HttpConnections::Parts ConnectionParts() {
    const auto listed = http::AddressPolicy::Parse(config.allowed_private);
    return {*store,
            world.http,
            connection_secrets,
            world.loop,
            world.clock,
            world.log,
            [policy = listed ? *listed : http::AddressPolicy()](const std::string& host, int port) {
              return policy.Lists(host, port);
            }};
  }
  bus::HttpTarget::Parts ApiDestinationParts() {
    return {*store, connections, world.loop, world.clock,
            [this](const access::Principal& role, const std::string& arn) {
              if (config.open) return true;
              access::AccessRequest request;
              request.principal = &role;
              request.action = "events:InvokeApiDestination";
              request.resources = {arn};
              if (const auto place = Arn::Parse(arn)) request.resource_account = place->account;
              return authorizer.Decide(request).allowed;
            }};
  }

  scheduler::ScheduleTarget::Parts ScheduleTargetParts() {
    return {invoker, catalog, AssumeFor(scheduler::kPrincipal), FillTokenFrom(catalog), metrics};
  }
  /// Roles as that service takes them on.
  [[nodiscard]] std::function<Result<access::Principal>(const std::string&, const std::string&)>
  AssumeFor(std::string_view service) const {
    return [this, service](const std::string& role_arn, const std::string& session) {
      return directory.AssumeForService(role_arn, std::string(service), session);
    };
  }

  lambda::LambdaService::Parts LambdaParts() {
    return {*store,
            function_catalog,
            runner(),
            async_functions,
            queue_poller,
            world.random,
            [this](const access::Principal& caller, const std::string& role_arn) {
              return authorizer.DecidePassRole(caller, role_arn, kLambdaPrincipal);
            },
            AssumeFor(kLambdaPrincipal)};
  }
  functions::Runner& runner() { return world.runner ? *world.runner : function_host.runner(); }
  functions::ScriptRunner& scripts() {
    return world.scripts ? *world.scripts : function_host.scripts();
  }

  /// The order in which things begin; Stop() goes the other way.
  void Start() {
    (void)directory.EnsureRootKey(config.account);
    ssm.SealStored(*store);
    rules.Load(*store);
    if (!world.runner) {
      if (const Status started = function_host.Start(endpoint, serve_at); !started) {
        world.log.Error("functions cannot run", {{"error", started.error().message}});
      }
    }
    async_functions.Start(*store);
    executions.Start();
    scheduler.Start();
    schedule_timer.Start();
    alarms.Start();
    retention.Start();
    estate.Start();
    topic_subscriptions.Start(*store);
    connections.Start();
    dispatcher.Start();
    archive_sweep.Start();
    replays.Start();
    queues.Start();
    queue_poller.Start();
    pipe_runner.Start();
    running = true;
  }

  void Stop() {
    if (!running) return;
    running = false;
    replays.Stop();
    archive_sweep.Stop();
    dispatcher.Stop();
    queues.Stop();
    executions.Stop();
    function_host.Stop();
    estate.Stop();
    retention.Stop();
    alarms.Stop();
    pipe_runner.Stop();
    schedule_timer.Stop();
    scheduler.Stop();
    metrics.Stop();
    logs.Stop();
    audit.Stop();
  }

  void Reset() {
    dispatcher.Reset();
    topic_subscriptions.Reset();
    connections.Reset();
    api_destinations.Reset();
    executions.Reset();
    queue_poller.Stop();
    pipe_runner.Stop();
    runner().Reset();
    scripts().Reset();
    async_functions.Reset();
    function_catalog.Reset();
    audit.Reset();
    logs.Reset();
    metrics.Reset();
    store->DeleteAllRows();
    directory.Reset();
    rules.Load(*store);
    queue_poller.Start();
    pipe_runner.Start();
    scheduler.Start();
    schedule_timer.Start();
    alarms.Reset();
  }

  delivery::Dispatcher::Options DispatcherOptions() const {
    delivery::Dispatcher::Options options;
    options.max_owed = config.max_owed;
    options.max_owed_bytes = config.max_owed_mb << 20;
    return options;
  }

  workflow::Engine::Options ExecutionOptions() const {
    workflow::Engine::Options options;
    options.fill_token = FillTokenFrom(catalog);
    options.assume = AssumeFrom(directory, authorizer);
    return options;
  }

  ssm::SsmService::Options SsmOptions() {
    ssm::SsmService::Options options;
    options.authorize = !config.open;
    options.zones = &time_zones;
    return options;
  }

  pipes::PipesService::Options PipesOptions() const {
    pipes::PipesService::Options options;
    options.authorize = !config.open;
    return options;
  }

  scheduler::SchedulerService::Options SchedulerOptions() const {
    scheduler::SchedulerService::Options options;
    options.authorize = !config.open;
    return options;
  }

  events::EventsService::Options EventsOptions() const {
    events::EventsService::Options options;
    options.authorize = !config.open;
    return options;
  }

  sqs::SqsService::Options QueueOptions() {
    sqs::SqsService::Options options;
    options.metrics = &metrics;
    if (config.open) return options;
    options.permit = [this](const api::Call& call, std::string_view action, const std::string& arn,
                            const std::string& policy) {
      access::AccessRequest request;
      request.principal = &call.caller;
      request.action = action;
      request.resources = {arn};
      request.resource_account = call.scope.account;
      if (const auto place = Arn::Parse(arn)) request.resource_account = place->account;
      request.resource_policy = policy;
      return authorizer.Decide(request).allowed;
    };
    return options;
  }

  api::Pipeline::Options PipelineOptions() const {
    api::Pipeline::Options options;
    options.authorize = !config.open;
    return options;
  }

  /// Who sends a dead letter: a function's or a schedule's role, else the account that owed the
  /// delivery. So a queue in another account is reached only where that account's policy allows it.
  [[nodiscard]] Result<access::Principal> DeadLetterOwner(const delivery::Work& work) const {
    if (work.kind == scheduler::ScheduleTarget::kKind) {
      const std::string role(json::GetString(work.detail, "role_arn"));
      return directory.AssumeForService(role, std::string(scheduler::kPrincipal), "dead-letter");
    }
    if (work.kind != functions::AsyncTarget::kKind) {
      return access::Principal::Root(work.scope.account);
    }
    const std::string role(json::GetString(work.detail, "RoleArn"));
    return directory.AssumeForService(role, kLambdaPrincipal, "dead-letter");
  }

  /// A dead letter is a message sent by whoever owed the delivery.
  void SendDeadLetter(const delivery::Work& work, delivery::Target::DeadLetter letter,
                      std::move_only_function<void(delivery::LetterSent)> sent) {
    const auto place = Arn::Parse(work.dead_letter_arn);
    const bool queue = place && place->service == "sqs";
    if (!queue && (!place || place->service != "sns")) return sent(false);
    const auto owner = DeadLetterOwner(work);
    if (!owner) return sent(false);
    json::Object attributes;
    for (const auto& [name, value] : letter.attributes) {
      if (value.empty()) continue;
      attributes[name] = json::Object{{"DataType", "String"}, {"StringValue", value}};
    }
    api::Invocation send;
    send.service = queue ? "sqs" : "sns";
    send.operation = queue ? "SendMessage" : "Publish";
    if (queue) {
      send.input["QueueUrl"] = "http://localhost/" + place->account.str() + "/" + place->resource;
      if (place->resource.ends_with(".fifo")) {
        // In the group it had, or else in one of its source's; the id is the same if sent again.
        send.input["MessageGroupId"] = json::GetString(work.detail, "group_id", work.kind);
        send.input["MessageDeduplicationId"] = "delivery-" + std::to_string(work.id);
      }
    } else {
      send.input["TopicArn"] = work.dead_letter_arn;
    }
    send.input[queue ? "MessageBody" : "Message"] = letter.body;
    if (!attributes.empty()) send.input["MessageAttributes"] = std::move(attributes);
    send.principal = *owner;
    send.scope = place->scope();
    send.trace = work.trace;
    pipeline->Invoke(std::move(send), [this, sent = std::move(sent),
                                       arn = work.dead_letter_arn](api::Outcome outcome) mutable {
      if (!outcome.ok()) {
        world.log.Warning("dead-letter queue refused a message",
                          {{"queue", arn}, {"error", outcome.error->code()}});
      }
      const delivery::Result result = delivery::ResultOf(outcome);
      if (result.kind == delivery::Result::Kind::kRetry) return sent(delivery::LetterSent::Later());
      if (!outcome.ok()) return sent(false);
      sent({true, std::string(json::GetString(outcome.output.as_object(), "MessageId"))});
    });
  }

  Config config;
  World world;
  std::unique_ptr<store::Store> store;
  telemetry::Registry process_metrics;
  std::unique_ptr<const wire::Catalog> own_catalog{world.catalog ? nullptr : new wire::Catalog};
  const wire::Catalog& catalog = world.catalog ? *world.catalog : *own_catalog;
  access::Directory directory{*store, world.random, world.clock};
  access::Authenticator authenticator{AuthenticatorOptions(config), directory};
  access::Authorizer authorizer{directory};
  api::Registry registry;
  delivery::Dispatcher dispatcher{DispatcherOptions(), *store,       world.loop,
                                  world.clock,         world.random, world.log};
  LateInvoker invoker;
  observe::Metrics metrics{*store, world.loop, world.clock, world.log};
  observe::Logs logs{*store, world.loop, world.clock, world.log, metrics};
  observe::Audit audit{*store, world.loop, world.clock, world.log, &catalog};
  observe::Retention retention{{}, *store, world.loop, world.clock, world.log};
  bus::RuleBook rules{world.log};
  bus::Ingest ingest{rules, dispatcher, world.clock, world.random, metrics};
  /// Where every service announces what happened: noted for incidents, then matched by the bus.
  response::Incidents events{ingest, world.clock};
  observe::Alarms alarms{*store, world.loop, world.clock, world.log, metrics, dispatcher, events};
  observe::AlarmActions alarm_actions{invoker, world.clock};
  bus::ConnectionSecrets connection_secrets;
  bus::HttpConnections connections{ConnectionParts()};
  bus::HttpTarget api_destinations{ApiDestinationParts()};
  bus::RuleTargets rule_targets{RuleTargetParts()};
  std::string endpoint = "http://127.0.0.1:4566";
  functions::Host::ServeAt serve_at;
  functions::Catalog function_catalog{*store, world.random};
  functions::Host function_host{HostOptions(config),
                                {world.loop, world.clock, world.random, logs, metrics, directory,
                                 function_catalog, world.log}};
  functions::AsyncTarget async_functions{function_catalog, runner(), dispatcher, world.clock,
                                         metrics};
  functions::DestinationTarget function_destinations{invoker, AssumeFor(kLambdaPrincipal),
                                                     endpoint};
  functions::QueuePoller queue_poller{{*store, function_catalog, runner(), invoker,
                                       AssumeFor(kLambdaPrincipal), world.loop, world.clock,
                                       world.random, world.log, &metrics}};
  lambda::LambdaService lambda{LambdaParts()};
  bus::Scheduler scheduler{*store, world.loop, world.clock, rules, ingest, world.log};
  bus::ArchiveTarget archive_target{*store, world.clock, metrics};
  bus::ArchiveSweep archive_sweep{{}, *store, world.loop, world.clock, world.log};
  bus::Replays replays{{}, {*store, world.loop, world.clock, ingest, world.log}};
  events::EventsService events_service{EventsOptions(),
                                       {*store, rules, ingest, scheduler, replays, authorizer,
                                        connections, connection_secrets, world.random}};
  os::SystemTimeZones time_zones;
  scheduler::ScheduleTarget schedule_target{ScheduleTargetParts()};
  scheduler::Timer schedule_timer{
      {*store, world.loop, world.clock, world.random, time_zones, dispatcher, world.log}};
  pipes::PipeRunner pipe_runner{{*store,
                                 {invoker, api_destinations, world.loop, world.clock, metrics,
                                  world.log, AssumeFor(pipes::kPrincipal)}}};
  pipes::PipesService pipe_service{PipesOptions(), {pipe_runner, catalog, authorizer}};
  scheduler::SchedulerService schedules{SchedulerOptions(),
                                        {schedule_timer, time_zones, catalog, authorizer}};
  estate::Estate estate{EstateTimings(config), *store, world.loop, world.clock,
                        world.random,          events, world.log};
  estate::Seed seed{estate, SeedBucket};
  ec2::Ec2Service ec2{estate};
  delivery::DeadLetters dead_letters{dispatcher};
  native::RiposteService native{events, events, seed, world.random, dead_letters};
  securityhub::SecurityHubService securityhub{events, world.random};
  monitoring::MonitoringService monitoring{metrics, alarms, *store, world.loop};
  logs::LogsService log_service{logs, *store, world.loop};
  cloudtrail::CloudTrailService cloudtrail{audit, *store, world.loop};
  iam::IamService iam{directory, authorizer, world.random};
  sts::StsService sts{directory, authorizer};
  secretsmanager::SecretsService secrets;
  automation::AutomationLanguage automation_language{FindApiIn(catalog)};
  ScriptSteps script_steps{scripts()};
  workflow::Engine executions{ExecutionOptions(), *store,       invoker,  world.loop,
                              world.clock,        world.random, world.log};
  workflow::FailedExecutions failed_executions{*store, executions, dead_letters};
  ssm::SsmService ssm;
  ssm::Previews previews;
  ssm::Webhooks webhooks;
  s3::S3Service s3;
  resourcegroups::ResourceGroupsService resource_groups;
  sqs::SqsService queues{*store, world.loop, world.clock, world.random, QueueOptions()};
  std::unique_ptr<sns::MailTransport> mail = MakeMail(config);
  sns::MessageSigner message_signer{*store, world.clock};
  const std::string& subscribers_reach_us =
      config.public_url.empty() ? endpoint : config.public_url;
  sns::SubscriptionTarget topic_subscriptions{
      {invoker, world.http, *mail, world.clock, message_signer, metrics, subscribers_reach_us}};
  sns::SnsService topics{dispatcher, world.random, metrics};
  std::optional<Providers> providers;
  std::optional<api::Pipeline> pipeline;
  bool running = false;
};

Result<std::unique_ptr<Engine>> Engine::Create(const Config& config, const World& world) {
  const auto migrations = AllMigrations();
  auto opened = store::Store::Open(StoreOptions(config, world), migrations);
  if (!opened) return std::unexpected(opened.error());
  const auto sealing_key = SealingKey(config, world.random);
  if (!sealing_key) return std::unexpected(sealing_key.error());
  std::vector<Provider> providers;
  if (!config.providers.empty()) {
    auto loaded = LoadProviders(config, wire::Catalog());
    if (!loaded) return std::unexpected(loaded.error());
    providers = std::move(*loaded);
  }
  return std::unique_ptr<Engine>(new Engine(std::make_unique<Impl>(
      config, world, std::move(*opened), *sealing_key, std::move(providers))));
}

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Engine::~Engine() {
  Stop();
}

void Engine::SetEndpoint(const std::string& endpoint, ServeAt serve_at) {
  impl_->endpoint = endpoint;
  impl_->serve_at = std::move(serve_at);
}

void Engine::Start() {
  impl_->Start();
}
void Engine::Drain() {
  impl_->dispatcher.Stop();
  impl_->queue_poller.Stop();
  impl_->pipe_runner.Stop();
  impl_->queues.Stop();
}
int Engine::UnderWay() const {
  return impl_->dispatcher.owed().in_flight;
}
void Engine::Stop() {
  impl_->Stop();
}
void Engine::Reset() {
  impl_->Reset();
}

api::Pipeline& Engine::pipeline() {
  return *impl_->pipeline;
}
const api::Registry& Engine::registry() const {
  return impl_->registry;
}
const wire::Catalog& Engine::catalog() const {
  return impl_->catalog;
}
access::Directory& Engine::directory() {
  return impl_->directory;
}
store::Store& Engine::store() {
  return *impl_->store;
}
delivery::Dispatcher& Engine::dispatcher() {
  return impl_->dispatcher;
}
std::string Engine::MessageCertificate() {
  return impl_->message_signer.CertificatePem();
}
telemetry::Registry& Engine::metrics() {
  return impl_->process_metrics;
}

}  // namespace riposte::app
