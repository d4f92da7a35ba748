#include "services/ssm/previews.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>

#include "services/ssm/target_locations.h"
#include "services/ssm/targets.h"
#include "workflow/automation/document.h"
#include "workflow/automation/impact.h"

namespace riposte::ssm {
namespace {

using automation::Document;
using automation::FanOutPlan;
using automation::TargetSearch;

constexpr std::string_view kInstances = "AWS::EC2::Instance";
constexpr size_t kMaxShown = 50;
constexpr Millis kKept = std::chrono::hours(24 * 7);

Document Parse(const StoredDocument& stored) {
  if (stored.type != "Automation") {
    throw api::Error("ValidationException",
                     "Document " + stored.name + " is not an Automation document.");
  }
  const auto content = automation::ParseDocumentText(
      stored.content,
      stored.format == "YAML" ? automation::Format::kYaml : automation::Format::kJson);
  auto document =
      content ? Document::Load(*content) : Result<Document>(std::unexpected(content.error()));
  if (!document) throw api::Error("ValidationException", document.error().message);
  return std::move(*document);
}

/// What StartAutomationExecution would have been given.
json::Object StartOf(const api::Call& call) {
  json::Object input;
  const json::Object* inputs = json::GetObject(call.input, "ExecutionInputs");
  const json::Object* given = inputs ? json::GetObject(*inputs, "Automation") : nullptr;
  if (given) input = *given;
  input["DocumentName"] = json::GetString(call.input, "DocumentName");
  return input;
}

/// The operation has one error for whatever is wrong with its input.
template <class Work>
auto Checked(Work work) {
  try {
    return work();
  } catch (const api::Error& error) {
    throw api::Error("ValidationException", error.message());
  }
}

}  // namespace

/// Counts the targets that are only known by looking, then ends the preview. Owned by the calls
/// that it waits for.
class Previews::Search : public std::enable_shared_from_this<Search> {
 public:
  Search(const Parts& parts, api::SharedCall call, api::Reply reply)
      : parts_(parts),
        call_(std::move(call)),
        reply_(std::move(reply)),
        input_(StartOf(*call_)),
        session_(parts.random.Uuid()) {}

  /// Reads the target locations first, where they lie in a file. Throws ValidationException.
  void Begin() {
    const auto address = Checked([&] { return AddressOfLocations(input_); });
    if (!address) return Look();
    parts_.invoker.Invoke(ReadingOf(*call_, *address), [self = shared_from_this(),
                                                        address](const api::Outcome& outcome) {
      try {
        Checked([&] {
          self->input_["TargetLocations"] =
              LocationsIn(BodyOf(outcome, *address, kMaxLocationsBytes), self->parts_.catalog);
        });
        self->Look();
      } catch (const api::Error& error) {
        self->reply_({{}, error});
      } catch (const std::exception&) {
        self->reply_(
            {{}, api::Error("InternalServerError", "The preview could not be made.", 500)});
      }
    });
  }

 private:
  struct Errand {
    Scope scope;
    access::Principal principal;
    TargetSearch search;
  };

  void Look() {
    Checked([&] { parts_.store.Read([&](store::Transaction& tx) { Prepare(tx); }); });
    Continue();
  }

  void Prepare(store::Transaction& tx) {
    const StoredDocument stored =
        parts_.documents.Find(*call_, tx, json::GetString(call_->input, "DocumentName"),
                              json::GetString(call_->input, "DocumentVersion"));
    const Document document = Parse(stored);
    const auto nested = [&](std::string_view name,
                            std::string_view version) -> std::optional<Document> {
      try {
        return Parse(parts_.documents.Find(*call_, tx, name, version));
      } catch (const api::Error&) {
        return std::nullopt;
      }
    };
    const auto impacts = automation::CountImpacts(document, parts_.find_api, nested);
    steps_ = {{"Mutating", impacts.mutating},
              {"NonMutating", impacts.non_mutating},
              {"Undetermined", impacts.undetermined}};

    api::Call start = *call_;
    start.input = input_;
    const json::Object* given = json::GetObject(start.input, "Parameters");
    const json::Object common = CommonParameters(document, given ? *given : json::Object());
    const auto plan = PlanTargets(start, stored, document);
    if (!plan || !plan->cross_account) AddPlace(call_->scope);
    if (!plan) return;
    if (plan->cross_account) {
      start.caller = parts_.documents.ActorOf(start, tx, document, common, true, session_);
    }
    AddTargets(start, *plan, stored, document);
  }

  void Continue(std::string_view token = {}) {
    if (!failure_.empty()) return Finish("Failed", "The targets could not be found: " + failure_);
    if (searches_.empty()) return Finish("Success", "");
    const Errand& errand = searches_.front();
    api::Invocation look;
    look.service = errand.search.service;
    look.operation = errand.search.operation;
    look.input = errand.search.InputOf(token);
    look.principal = errand.principal;
    look.scope = errand.scope;
    look.trace = call_->trace;
    parts_.invoker.Invoke(std::move(look), [self = shared_from_this()](api::Outcome outcome) {
      self->Seen(outcome);
    });
  }

  void AddPlace(const Scope& scope) {
    regions_.insert(scope.region.str());
    accounts_.insert(scope.account.str());
  }

  void AddTargets(const api::Call& start, const FanOutPlan& plan, const StoredDocument& stored,
                  const Document& document) {
    if (!plan.cross_account) {
      const auto known = static_cast<int64_t>(plan.groups[0].targets.size());
      if (known > 0) targets_[TypeOfTargets(stored, document, plan.target_parameter)] += known;
      if (plan.search) {
        std::string type = TypeOfTargets(stored, document, plan.target_parameter);
        if (type.empty() && plan.search->service == "ec2") type = kInstances;
        if (!type.empty()) targets_.try_emplace(std::move(type), 0);
        searches_.push_back({start.scope, start.caller, *plan.search});
      }
      return;
    }
    for (const FanOutPlan::Group& group : plan.groups) {
      for (const FanOutPlan::Target& place : group.targets) {
        AddPlace(*place.scope);
        if (!json::Find(place.input, "Targets") && !json::Find(place.input, "TargetMaps")) continue;
        api::Call there = start;
        there.scope = *place.scope;
        there.input = place.input;
        there.input["DocumentName"] = stored.name;
        const auto inner = PlanTargets(there, stored, document);
        if (!inner || (inner->search && !TakeRole(place, there))) continue;
        AddTargets(there, *inner, stored, document);
      }
    }
  }

  /// What another account has is seen with its role alone.
  bool TakeRole(const FanOutPlan::Target& place, api::Call& there) {
    if (place.role_arn.empty()) return true;
    auto actor =
        parts_.documents.engine().ActorOf(there.caller, there.scope, place.role_arn, session_);
    if (actor) {
      there.caller = std::move(*actor);
    } else {
      failure_ = actor.error().message;
    }
    return actor.has_value();
  }

  void Seen(const api::Outcome& outcome) {
    if (!outcome.ok()) {
      return Finish("Failed", "The targets could not be found: " + outcome.error->message());
    }
    const TargetSearch::Page page = searches_.front().search.Read(outcome.output.as_object());
    for (const TargetSearch::Target& target : page.targets) ++targets_[target.type];
    const std::string next = page.next;
    if (next.empty()) searches_.pop_front();
    Continue(next);
  }

  void Finish(const std::string& status, const std::string& message) {
    json::Array shown;
    for (const auto& [type, count] : targets_) {
      json::Object entry{{"Count", count}};
      json::SetIfNotEmpty(entry, "TargetType", type);
      shown.emplace_back(std::move(entry));
    }
    json::Array regions(regions_.begin(), regions_.end());
    regions.resize(std::min(regions.size(), kMaxShown));
    StoredPreview preview;
    preview.id = parts_.random.Uuid();
    preview.status = status;
    preview.message = message;
    preview.ended = call_->now;
    preview.preview = {{"Automation",
                        {{"StepPreviews", steps_},
                         {"Regions", std::move(regions)},
                         {"TargetPreviews", std::move(shown)},
                         {"TotalAccounts", accounts_.size()}}}};
    auto reply = std::make_shared<api::Reply>(std::move(reply_));
    parts_.store.Write(
        [call = call_, preview](store::Transaction& tx) {
          tables::DeletePreviews(tx, call->now - kKept);
          tables::PutPreview(tx, call->scope, preview);
        },
        [reply, id = preview.id](std::exception_ptr failure) {
          if (failure) {
            return (*reply)(
                {{}, api::Error("InternalServerError", "The preview could not be stored.", 500)});
          }
          (*reply)({json::Object{{"ExecutionPreviewId", id}}, {}});
        });
  }

  const Parts& parts_;
  api::SharedCall call_;
  api::Reply reply_;
  json::Object input_;   ///< What StartAutomationExecution would have been given.
  std::string session_;  ///< Of the roles that are taken on.
  json::Object steps_;
  std::set<std::string> regions_;
  std::set<std::string> accounts_;
  std::map<std::string, int64_t> targets_;
  std::deque<Errand> searches_;
  std::string failure_;  ///< Why a place cannot be looked at; "" when all can.
};

void Previews::StartExecutionPreview(api::SharedCall call, api::Reply reply) {
  std::make_shared<Search>(parts_, std::move(call), std::move(reply))->Begin();
}

json::Value Previews::GetExecutionPreview(const api::Call& call, store::Transaction& tx) {
  const std::string id(json::GetString(call.input, "ExecutionPreviewId"));
  const auto preview = tables::FindPreview(tx, call.scope, id);
  if (!preview) {
    throw api::Error("ResourceNotFoundException", "There is no execution preview " + id + ".");
  }
  json::Object out{{"ExecutionPreviewId", id},
                   {"Status", preview->status},
                   {"EndedAt", ToSeconds(preview->ended)},
                   {"ExecutionPreview", preview->preview}};
  json::SetIfNotEmpty(out, "StatusMessage", preview->message);
  return out;
}

void Previews::Register(api::Registry& registry) {
  registry.Add<Previews>("ssm", *this,
                         {{"GetExecutionPreview", api::Read(&Previews::GetExecutionPreview)},
                          {"StartExecutionPreview", api::Async(&Previews::StartExecutionPreview)}});
}

}  // namespace riposte::ssm
