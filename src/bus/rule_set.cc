#include "bus/rule_set.h"

#include <algorithm>

namespace riposte::bus {
namespace {

constexpr int64_t kNoLimit = 1'000'000;

void AppendPair(std::string& key, std::string_view source, std::string_view detail_type) {
  key.append(source).push_back('\0');
  key.append(detail_type);
}

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
  return target;
}

RuleSet::RuleSet(std::vector<std::shared_ptr<const CompiledRule>> rules)
    : rules_(std::move(rules)) {
  for (const auto& shared : rules_) {
    const CompiledRule* rule = shared.get();
    by_name_[rule->key.name] = rule;
    if (!rule->pattern) continue;
    asks_for_time_ = asks_for_time_ ||
                     std::ranges::any_of(rule->pattern->fields(), [](const pattern::Field& field) {
                       return field.Names(0, 1) == "time";
                     });
    const auto sources = rule->pattern->RequiredStrings("source");
    const auto detail_types = rule->pattern->RequiredStrings("detail-type");
    if (sources && detail_types) {
      for (const std::string& source : *sources) {
        for (const std::string& detail_type : *detail_types) {
          std::string key;
          AppendPair(key, source, detail_type);
          by_both_[key].push_back(rule);
        }
      }
    } else if (sources) {
      for (const std::string& source : *sources) by_source_[source].push_back(rule);
    } else if (detail_types) {
      for (const std::string& type : *detail_types) by_detail_type_[type].push_back(rule);
    } else {
      others_.push_back(rule);
    }
  }
}

void RuleSet::Candidates(std::string_view source, std::string_view detail_type,
                         std::vector<const CompiledRule*>& out) const {
  const auto append = [&out](const Index& index, std::string_view key) {
    const auto it = index.find(key);
    if (it != index.end()) out.insert(out.end(), it->second.begin(), it->second.end());
  };
  if (!by_both_.empty()) {
    std::string key;
    key.reserve(source.size() + detail_type.size() + 1);
    AppendPair(key, source, detail_type);
    append(by_both_, key);
  }
  append(by_source_, source);
  append(by_detail_type_, detail_type);
  out.insert(out.end(), others_.begin(), others_.end());
}

const CompiledRule* RuleSet::Find(std::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second;
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

void RuleBook::Publish(std::shared_ptr<const Map> sets) {
  const std::scoped_lock lock(mutex_);
  sets_.swap(sets);
}

std::shared_ptr<const RuleSet> RuleBook::Find(const Scope& scope, std::string_view bus) const {
  static const auto kEmpty =
      std::make_shared<const RuleSet>(std::vector<std::shared_ptr<const CompiledRule>>());
  const auto sets = Snapshot();
  const auto it = sets->find(Key(scope, bus));
  return it == sets->end() ? kEmpty : it->second;
}

std::shared_ptr<const RuleSet> RuleBook::Compile(store::Transaction& tx, const Scope& scope,
                                                 const std::string& bus) const {
  const auto before = Find(scope, bus);
  std::vector<std::shared_ptr<const CompiledRule>> rules;
  for (const RuleRow& row : tables::ListRules(tx, scope, bus, "", "", kNoLimit)) {
    if (!row.enabled()) continue;
    auto rule = std::make_shared<CompiledRule>();
    rule->key = row.key;
    rule->arn = RuleArn(row.key);
    rule->pattern_text = row.pattern;
    if (!row.pattern.empty()) {
      // A pattern that has not changed is not compiled again.
      const CompiledRule* old = before->Find(row.key.name);
      if (old && old->pattern_text == row.pattern) {
        rule->pattern = old->pattern;
      } else if (auto parsed = pattern::Pattern::Parse(row.pattern)) {
        rule->pattern = std::make_shared<const pattern::Pattern>(std::move(*parsed));
      } else {
        log_.Error("stored rule does not compile",
                   {{"rule", rule->arn}, {"reason", parsed.error().message}});
        continue;
      }
      const auto sources = rule->pattern->RequiredStrings("source");
      rule->watches_events = sources && std::ranges::binary_search(*sources, "aws.events");
    }
    for (const TargetRow& target : tables::ListTargets(tx, row.key, "", kNoLimit)) {
      if (auto compiled = CompileTarget(target)) {
        rule->targets.push_back(std::move(*compiled));
      } else {
        log_.Error(
            "stored target does not compile",
            {{"rule", rule->arn}, {"target", target.id}, {"reason", compiled.error().message}});
      }
    }
    rules.push_back(std::move(rule));
  }
  return std::make_shared<const RuleSet>(std::move(rules));
}

void RuleBook::Refresh(store::Transaction& tx, const Scope& scope, const std::string& bus) {
  tx.OnCommit([this, key = Key(scope, bus), set = Compile(tx, scope, bus)] {
    auto sets = std::make_shared<Map>(*Snapshot());
    if (set->rules().empty()) {
      sets->erase(key);
    } else {
      (*sets)[key] = set;
    }
    Publish(std::move(sets));
  });
}

void RuleBook::Load(store::Store& store) {
  auto sets = std::make_shared<Map>();
  store.Read([&](store::Transaction& tx) {
    tables::EachBusWithRules(tx, [&](const Scope& scope, const std::string& bus) {
      (*sets)[Key(scope, bus)] = Compile(tx, scope, bus);
    });
  });
  Publish(std::move(sets));
}

}  // namespace riposte::bus
