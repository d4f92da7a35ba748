// The command line: `riposte NOUN VERB`, or `riposte serve`.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "app/commands.h"
#include "app/coverage.h"
#include "app/serve.h"
#include "app/version.h"
#include "os/system.h"

namespace riposte::app {
namespace {

constexpr const char* kFooter = R"(
To begin:
  riposte serve --data ./riposte-data          start the engine on 127.0.0.1:4566
  export AWS_ENDPOINT_URL=http://127.0.0.1:4566 AWS_REGION=us-east-1
  export AWS_SHARED_CREDENTIALS_FILE=./riposte-data/credentials
  aws sts get-caller-identity                  any AWS client works against it
  riposte pack apply packs/security-response   turn findings into responses
  riposte incident watch                       see what happens

Exit codes: 0 done, 1 the engine refused, 2 wrong usage, 3 no engine or no keys.)";

/// The flags of `serve`; each also reads RIPOSTE_<NAME>.
void AddServeOptions(CLI::App& serve, Config& config, std::string& config_file,
                     std::string& account, std::string& region, int64_t& delay_ms) {
  serve.add_option("--config", config_file, "YAML file; flags and environment win over it")
      ->envname("RIPOSTE_CONFIG");
  serve.add_option("--data", config.data_dir, "Data folder; made when it is not there")
      ->envname("RIPOSTE_DATA_DIR");
  serve.add_option("--address", config.address, "Address to listen on")
      ->envname("RIPOSTE_ADDRESS")
      ->capture_default_str();
  serve.add_option("--port", config.port, "Port; 0 takes any free one")
      ->envname("RIPOSTE_PORT")
      ->capture_default_str();
  serve.add_option("--threads", config.threads, "Threads that read and answer requests")
      ->envname("RIPOSTE_THREADS")
      ->capture_default_str();
  serve.add_option("--account", account, "Account of the root key (twelve digits)")
      ->envname("RIPOSTE_ACCOUNT");
  serve.add_option("--region", region, "Region of unsigned calls")->envname("RIPOSTE_REGION");
  serve
      .add_flag("--open", config.open,
                "No authentication: for throw-away use, on loopback only. A 12-digit access key "
                "is the account; POST /_riposte/reset empties the state")
      ->envname("RIPOSTE_OPEN");
  serve.add_option("--log-level", config.log_level, "debug, info, warning or error")
      ->envname("RIPOSTE_LOG_LEVEL")
      ->capture_default_str();
  serve.add_flag("--log-json", config.log_json, "One JSON object a line")
      ->envname("RIPOSTE_LOG_JSON");
  serve.add_option("--python", config.python, "Interpreter of functions and scripts")
      ->envname("RIPOSTE_PYTHON")
      ->capture_default_str();
  serve.add_option("--mail-spool", config.mail_spool, "Folder for e-mail; default DATA/mail")
      ->envname("RIPOSTE_MAIL_SPOOL");
  serve.add_option("--ca-file", config.ca_file, "certificates to trust for outgoing calls")
      ->envname("RIPOSTE_CA_FILE");
  serve.add_option("--public-url", config.public_url, "where subscribers reach this engine")
      ->envname("RIPOSTE_PUBLIC_URL");
  serve.add_option("--smtp", config.smtp_url, "smtp://host:port for e-mail instead of the spool")
      ->envname("RIPOSTE_SMTP");
  serve
      .add_option("--allow-private", config.allowed_private,
                  "host, host:port or CIDR block that webhooks may reach although it is private")
      ->envname("RIPOSTE_ALLOW_PRIVATE");
  serve
      .add_option("--open-network", config.open_network,
                  "function (a name with wildcards; scripts are executeScript) that may use the "
                  "host's network; the others reach this engine alone")
      ->envname("RIPOSTE_OPEN_NETWORK");
  // Controls of the durability tests: not shown in the help.
  serve.add_flag("--unsafe-no-sync", config.unsafe_no_sync)->group("");
  serve.add_option("--max-owed", config.max_owed, "Deliveries owed before callers are throttled")
      ->envname("RIPOSTE_MAX_OWED")
      ->capture_default_str();
  serve.add_option("--max-owed-mb", config.max_owed_mb, "The same for their data, in megabytes")
      ->envname("RIPOSTE_MAX_OWED_MB")
      ->capture_default_str();
  serve.add_option("--estate-delay-ms", delay_ms, "How long simulated resources take to change")
      ->envname("RIPOSTE_ESTATE_DELAY_MS");
}

int Main(int argc, char** argv) {
  CLI::App app{
      "Riposte: events in, remediation out. A self-hosted incident-response engine that "
      "speaks the AWS protocols."};
  app.set_version_flag("--version", std::string("riposte ") + kVersion);
  app.footer(kFooter);
  app.require_subcommand(1);
  int exit_code = 0;

  Config config;
  std::string config_file;
  std::string account;
  std::string region;
  int64_t delay_ms = -1;
  CLI::App* serve = app.add_subcommand("serve", "Start the engine");
  AddServeOptions(*serve, config, config_file, account, region, delay_ms);
  // The file is read first, so that a second parse lays flags and environment over it.
  serve->parse_complete_callback([&] {
    if (!account.empty()) config.account = AccountId(account);
    if (!region.empty()) config.region = Region(region);
    if (delay_ms >= 0) config.estate_delay = Millis(delay_ms);
  });

  os::SystemClock clock;
  CommandContext context;
  context.clock = &clock;
  std::string output = "text";
  const auto client_options = [&](CLI::App* command) {
    command->add_option("--endpoint", context.client.endpoint,
                        "Engine; default AWS_ENDPOINT_URL or http://127.0.0.1:4566");
    command->add_option("--region", context.client.region, "Default AWS_REGION or us-east-1");
    command->add_option("--data", context.client.data_dir,
                        "Data folder with the root key, when the environment names no keys");
    command->add_option("--profile", context.client.profile,
                        "Profile of the shared credentials file; default AWS_PROFILE");
    command->add_option("-o,--output", output, "text or json")
        ->check(CLI::IsMember({"text", "json"}));
    return command;
  };
  const auto prepare = [&] {
    context.output = output == "json" ? OutputFormat::kJson : OutputFormat::kText;
    FillFromEnvironment(context.client);
  };

  std::string path;
  bool dry_run = false;
  CLI::App* pack = app.add_subcommand("pack", "Response packs")->require_subcommand(1);
  const auto add_apply = [&](CLI::App* parent, const char* name) {
    CLI::App* apply = client_options(parent->add_subcommand(name, "Bring a pack into force"));
    apply->add_option("FOLDER", path, "The pack's folder")->required();
    apply->add_flag("--dry-run", dry_run, "Show the calls, make none");
    apply->callback([&] {
      prepare();
      exit_code = PackApply(context, path, dry_run);
    });
  };
  add_apply(pack, "apply");
  add_apply(&app, "apply");
  CLI::App* validate =
      client_options(pack->add_subcommand("validate", "Check a pack; needs no engine"));
  validate->add_option("FOLDER", path, "The pack's folder")->required();
  validate->callback([&] {
    prepare();
    exit_code = PackValidate(context, path);
  });

  CLI::App* estate = app.add_subcommand("estate", "The simulated accounts")->require_subcommand(1);
  CLI::App* load = client_options(estate->add_subcommand("load", "Load a description of one"));
  load->add_option("FILE", path, "YAML or JSON")->required();
  load->callback([&] {
    prepare();
    exit_code = EstateLoad(context, path);
  });

  CLI::App* event = app.add_subcommand("event", "Events and findings")->require_subcommand(1);
  CLI::App* send =
      client_options(event->add_subcommand("send", "Send in a file of findings and events"));
  send->add_option("FILE", path, "JSON: one document or a list")->required();
  send->callback([&] {
    prepare();
    exit_code = EventSend(context, path);
  });

  CLI::App* incident = app.add_subcommand("incident", "What happened")->require_subcommand(1);
  std::string status;
  CLI::App* list = client_options(incident->add_subcommand("list", "All incidents"));
  list->add_option("--status", status, "NEW, NOTIFIED, RESOLVED, SUPPRESSED or IN_PROGRESS");
  list->callback([&] {
    prepare();
    exit_code = IncidentList(context, status);
  });
  std::string id;
  CLI::App* show = client_options(incident->add_subcommand("show", "One, with its timeline"));
  show->add_option("ID", id, "inc-…")->required();
  bool show_all = false;
  show->add_flag("--all", show_all, "Every step and call, not only what tells the story");
  show->callback([&] {
    prepare();
    exit_code = IncidentShow(context, id, show_all);
  });
  CLI::App* why = client_options(
      incident->add_subcommand("why", "Which rules its event matched, field by field"));
  why->add_option("ID", id, "inc-…")->required();
  std::string rule_prefix;
  why->add_option("--rule", rule_prefix, "Only rules whose names begin so");
  bool why_all = false;
  why->add_flag("--all", why_all, "Also those that did not match, and what was there instead");
  why->callback([&] {
    prepare();
    exit_code = IncidentWhy(context, id, rule_prefix, why_all);
  });
  WatchOptions watch_options;
  CLI::App* watch = client_options(incident->add_subcommand("watch", "Timelines as they grow"));
  watch->add_option("--until-settled", watch_options.until_settled,
                    "Stop once so many incidents are no longer NEW");
  watch->add_flag("--all", watch_options.all, "Every step and call");
  watch->add_option("--timeout", watch_options.timeout_s, "Seconds to wait for that")
      ->capture_default_str();
  watch->callback([&] {
    prepare();
    exit_code = IncidentWatch(context, watch_options);
  });

  DeadLetterFilter letters;
  std::vector<std::string> letter_ids;
  bool all_letters = false;
  CLI::App* dead = app.add_subcommand("deadletters", "What could not be delivered")
                       ->alias("deadletter")
                       ->require_subcommand(1);
  const auto letter_options = [&](CLI::App* command) {
    command->add_option("--kind", letters.kind,
                        "rule-target, topic-subscription, function, queue-message …");
    command->add_option("--source", letters.source_arn,
                        "ARN of the rule, subscription, function …");
    command->add_option("--queue", letters.queue_arn, "ARN of the dead-letter queue");
    return client_options(command);
  };
  letter_options(dead->add_subcommand("list", "All dead letters, with the reason"))->callback([&] {
    prepare();
    exit_code = DeadLetterList(context, letters);
  });
  std::string letter_id;
  CLI::App* letter = client_options(dead->add_subcommand("show", "One, with what it says"));
  letter->add_option("ID", letter_id, "As listed")->required();
  letter->callback([&] {
    prepare();
    exit_code = DeadLetterShow(context, letter_id);
  });
  CLI::App* redrive =
      letter_options(dead->add_subcommand("redrive", "Send them on their way again"));
  redrive->add_option("ID", letter_ids, "Which ones");
  redrive->add_flag("--all", all_letters, "Every one that fits the options");
  redrive->callback([&] {
    prepare();
    exit_code = DeadLetterRedrive(context, letters, letter_ids, all_letters);
  });

  std::string pattern_text;
  std::string event_text;
  CLI::App* pattern =
      app.add_subcommand("pattern", "Event patterns; needs no engine")->require_subcommand(1);
  for (const bool explain : {false, true}) {
    CLI::App* command = pattern->add_subcommand(
        explain ? "explain" : "test",
        explain ? "Which field of an event fails a pattern, and what is there"
                : "Whether an event matches a pattern; exit code 1 when not");
    command->add_option("PATTERN", pattern_text, "A file, or the JSON itself")->required();
    command->add_option("EVENT", event_text, "A file, or the JSON itself")->required();
    command->callback([&, explain] { exit_code = PatternTest(pattern_text, event_text, explain); });
  }

  CLI::App* runbook =
      app.add_subcommand("runbook", "SSM Automation documents")->require_subcommand(1);
  CLI::App* check =
      runbook->add_subcommand("validate", "Check a runbook as the service would; needs no engine");
  check->add_option("FILE", path, "YAML or JSON")->required();
  check->callback([&] { exit_code = RunbookValidate(path); });
  CLI::App* graph =
      runbook->add_subcommand("graph", "Draw a runbook's steps and ways; needs no engine");
  bool svg = false;
  graph->add_option("FILE", path, "YAML or JSON")->required();
  graph->add_flag("--svg", svg, "As SVG instead of text");
  graph->callback([&] { exit_code = RunbookGraph(path, svg); });
  RunbookRunOptions run_options;
  CLI::App* run_book = client_options(
      runbook->add_subcommand("run", "Run a file, or a document that the engine has"));
  run_book->add_option("FILE", run_options.file, "YAML or JSON, or a document's name")->required();
  run_book->add_option("-p,--parameter", run_options.parameters,
                       "NAME=VALUE; again with the same name for a list");
  run_book->add_option("--name", run_options.name, "Name of the document; default the file's");
  run_book->add_flag("--detach", run_options.detach, "Print the execution's id and do not wait");
  run_book->callback([&] {
    prepare();
    exit_code = RunbookRun(context, run_options);
  });

  UndoOptions undo_options;
  CLI::App* undo =
      client_options(app.add_subcommand("undo", "Put back what an execution of a runbook changed"));
  undo->add_option("EXECUTION", undo_options.execution_id, "Its id")->required();
  undo->add_flag("--dry-run", undo_options.dry_run, "Show what would run, start nothing");
  undo->add_flag("--wait,!--no-wait", undo_options.wait,
                 "Show its steps until it has ended (the default), or print its id only");
  undo->callback([&] {
    prepare();
    exit_code = UndoExecution(context, undo_options);
  });

  CLI::App* docs = app.add_subcommand("docs", "Generated pages")->require_subcommand(1);
  docs->add_subcommand("coverage", "Every operation that is offered, as Markdown")->callback([&] {
    exit_code = PrintCoverage();
  });

  try {
    // Flags are parsed over the file's values; a first pass only finds the file.
    for (int i = 1; i + 1 < argc; ++i) {
      if (std::string(argv[i]) == "--config") config_file = argv[i + 1];
    }
    if (config_file.empty() && std::getenv("RIPOSTE_CONFIG")) {
      config_file = std::getenv("RIPOSTE_CONFIG");
    }
    if (!config_file.empty()) {
      if (const Status read = ReadConfigFile(config_file, config); !read) {
        fmt::print(stderr, "riposte: {}\n", read.error().message);
        return 2;
      }
    }
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (serve->parsed()) {
    if (config.data_dir.empty() && !config.open) config.data_dir = "riposte-data";
    // Processes of functions start elsewhere, and find their packages by this path.
    if (!config.data_dir.empty()) config.data_dir = std::filesystem::absolute(config.data_dir);
    return Serve(config);
  }
  return exit_code;
}

}  // namespace
}  // namespace riposte::app

int main(int argc, char** argv) {
  return riposte::app::Main(argc, argv);
}
