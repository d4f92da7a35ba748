#include "bus/rule_set.h"

#include <algorithm>
#include <set>

#include "bus/archive.h"

namespace riposte::bus {
namespace {

constexpr int64_t kNoLimit = 1'000'000;

}  // namespace

Result<CompiledTarget> CompileTarget(const TargetRow& row) {
  CompiledTarget target;
  target.id = row.id;
  target.arn = row.arn;
  target.role_arn = json::GetString(row.document, "RoleArn");
  auto input = pattern::TargetInput::Parse(row.document);
  if (!input) return Fail(Code::kCorrupt, input.error().message);
  target.input = std::move(*input);
  if (const auto* config = json::GetObject(row.document, "DeadLetterConfig")) {
    target.dead_letter_arn = json::GetString(*config, "Arn");
  }
  if (const auto* policy = json::GetObject(row.document, "RetryPolicy")) {
    target.policy.max_attempts =
        static_cast<int>(json::GetInt(*policy, "MaximumRetryAttempts", target.policy.max_attempts));
    if (json::Find(*policy, "MaximumEventAgeInSeconds")) {
      target.policy.max_age =
          std::chrono::seconds(json::GetInt(*policy, "MaximumEventAgeInSeconds"));
    }
  }
  for (const char* name : {"SqsParameters"}) {
    if (const auto* parameters = json::GetObject(row.document, name)) {
      target.parameters[name] = *parameters;
    }
  }
  if (const auto* document = json::GetObject(row.document, "HttpParameters")) {
    auto http = HttpParameters::Parse(*document, row.id);
    if (!http) return Fail(Code::kCorrupt, http.error().message);
    target.http = std::move(*http);
  }
  return target;
}

bool RuleSet::Match(const pattern::Envelope& envelope, std::string_view detail,
                    pattern::Matcher::Scratch& scratch, std::vector<RulePtr>& out) const {
  std::vector<std::shared_ptr<const void>> matched;
  if (!matcher_.Match(envelope, detail, scratch, matched)) return false;
  for (auto& rule : matched) out.push_back(std::static_pointer_cast<const CompiledRule>(rule));
  return true;
}

RuleSet::RulePtr RuleSet::Find(std::string_view name) const {
  const std::scoped_lock lock(mutex_);
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second.rule;
}

size_t RuleSet::size() const {
  const std::scoped_lock lock(mutex_);
  return by_name_.size();
}

std::vector<std::string> RuleSet::Names() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, entry] : by_name_) names.push_back(name);
  return names;
}

Status RuleSet::Check(const Incoming& rule) const {
  if (!rule.pattern) return {};
  const pattern::Matcher::NewRule added{rule.rule->key.name, &*rule.pattern, nullptr};
  return matcher_.Check({&added, 1});
}

Status RuleSet::Change(std::vector<Incoming> rules, const std::vector<std::string>& gone) {
  std::vector<pattern::Matcher::NewRule> added;
  for (const auto& [rule, pattern] : rules) {
    if (pattern) added.push_back({rule->key.name, &*pattern, rule});
  }
  // What is replaced goes in the same change that brings its successor.
  std::set<pattern::Matcher::RuleId> removed;
  const std::scoped_lock lock(mutex_);
  const auto remove = [&](const std::string& name) {
    const auto it = by_name_.find(name);
    if (it != by_name_.end() && it->second.id) removed.insert(*it->second.id);
  };
  for (const std::string& name : gone) remove(name);
  for (const Incoming& incoming : rules) remove(incoming.rule->key.name);
  const std::vector<pattern::Matcher::RuleId> ids_removed(removed.begin(), removed.end());
  const auto ids = matcher_.Change(ids_removed, added);
  if (!ids) return std::unexpected(ids.error());
  for (const std::string& name : gone) by_name_.erase(name);
  size_t next = 0;
  for (Incoming& incoming : rules) {
    Entry& entry = by_name_[incoming.rule->key.name];
    entry.id.reset();
    if (incoming.pattern) entry.id = (*ids)[next++];
    entry.rule = std::move(incoming.rule);
  }
  return {};
}

std::string RuleBook::Key(const Scope& scope, std::string_view bus) {
  std::string key;
  key.reserve(scope.account.str().size() + scope.region.str().size() + bus.size() + 2);
  key.append(scope.account.str()).append("/").append(scope.region.str()).append("/").append(bus);
  return key;
}

std::shared_ptr<const RuleBook::Map> RuleBook::Snapshot() const {
  const std::scoped_lock lock(mutex_);
  return sets_;
}

std::shared_ptr<const RuleSet> RuleBook::Find(const Scope& scope, std::string_view bus) const {
  static const auto kEmpty = std::make_shared<const RuleSet>();
  const auto sets = Snapshot();
  const auto it = sets->find(Key(scope, bus));
  return it == sets->end() ? kEmpty : it->second;
}

std::shared_ptr<RuleSet> RuleBook::FindOrMake(const std::string& key) {
  const std::scoped_lock lock(mutex_);
  if (const auto it = sets_->find(key); it != sets_->end()) return it->second;
  auto sets = std::make_shared<Map>(*sets_);
  auto set = (*sets)[key] = std::make_shared<RuleSet>();
  sets_ = std::move(sets);
  return set;
}

std::optional<RuleSet::Incoming> RuleBook::Compile(store::Transaction& tx,
                                                   const RuleRow& row) const {
  auto rule = std::make_shared<CompiledRule>();
  std::optional<pattern::Pattern> pattern;
  rule->key = row.key;
  rule->arn = RuleArn(row.key);
  rule->pattern_text = row.pattern;
  if (!row.pattern.empty()) {
    auto parsed = pattern::Pattern::Parse(row.pattern);
    if (!parsed) {
      log_.Error("stored rule does not compile",
                 {{"rule", rule->arn}, {"reason", parsed.error().message}});
      return std::nullopt;
    }
    const auto sources = parsed->RequiredStrings("source");
    rule->watches_events = sources && std::ranges::binary_search(*sources, "aws.events");
    pattern = std::move(*parsed);
  }
  for (const TargetRow& target : tables::ListTargets(tx, row.key, "", kNoLimit)) {
    if (auto compiled = CompileTarget(target)) {
      if (row.managed_by == kArchiveOwner) {
        compiled->archive = archive_tables::FindNumber(tx, row.key.scope, ArchiveOfArn(target.arn));
        if (compiled->archive == 0) continue;
      }
      rule->targets.push_back(std::move(*compiled));
    } else {
      log_.Error(
          "stored target does not compile",
          {{"rule", rule->arn}, {"target", target.id}, {"reason", compiled.error().message}});
    }
  }
  return RuleSet::Incoming{std::move(rule), std::move(pattern)};
}

std::vector<RuleSet::Incoming> RuleBook::CompileBus(store::Transaction& tx, const Scope& scope,
                                                    const std::string& bus) const {
  std::vector<RuleSet::Incoming> rules;
  for (const RuleRow& row : tables::ListRules(tx, scope, bus, "", "", kNoLimit)) {
    if (!row.enabled()) continue;
    if (auto rule = Compile(tx, row)) rules.push_back(std::move(*rule));
  }
  return rules;
}

void RuleBook::Change(RuleSet& set, std::vector<RuleSet::Incoming> rules,
                      const std::vector<std::string>& gone) const {
  const auto status = set.Change(std::move(rules), gone);
  if (!status) log_.Error("rules are not in force", {{"reason", status.error().message}});
}

Status RuleBook::Refresh(store::Transaction& tx, const RuleKey& key) {
  const auto row = tables::FindRule(tx, key);
  auto rule = row && row->enabled() ? Compile(tx, *row) : std::nullopt;
  const auto set = FindOrMake(Key(key.scope, key.bus));
  if (rule) {
    if (auto status = set->Check(*rule); !status) return status;
  }
  tx.OnCommit([this, set, rule = std::move(rule), name = key.name] {
    if (rule) {
      Change(*set, {*rule}, {});
    } else {
      Change(*set, {}, {name});
    }
  });
  return {};
}

void RuleBook::Refresh(store::Transaction& tx, const Scope& scope, const std::string& bus) {
  tx.OnCommit(
      [this, set = FindOrMake(Key(scope, bus)), rules = CompileBus(tx, scope, bus)]() mutable {
        Change(*set, std::move(rules), set->Names());
      });
}

void RuleBook::Load(store::Store& store) {
  auto sets = std::make_shared<Map>();
  store.Read([&](store::Transaction& tx) {
    tables::EachBusWithRules(tx, [&](const Scope& scope, const std::string& bus) {
      auto& set = (*sets)[Key(scope, bus)] = std::make_shared<RuleSet>();
      Change(*set, CompileBus(tx, scope, bus), {});
    });
  });
  const std::scoped_lock lock(mutex_);
  sets_ = std::move(sets);
}

}  // namespace riposte::bus
