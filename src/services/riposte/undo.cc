#include "services/riposte/undo.h"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace riposte::native {
namespace {

constexpr std::string_view kSaveState = "SaveState";
constexpr size_t kMaxNamedChildren = 10;

/// The first of the texts by which the API shows a value; "" when there is none.
std::string FirstOf(const json::Object& values, std::string_view name) {
  const auto texts = json::GetStrings(values, name);
  return texts.empty() ? "" : texts.front();
}

const json::Object& ObjectOf(const json::Object& object, std::string_view name) {
  static const json::Object empty;
  const json::Object* found = json::GetObject(object, name);
  return found ? *found : empty;
}

bool HasEnded(const json::Object& execution) {
  return json::Find(execution, "ExecutionEndTime") != nullptr;
}

/// Executions over targets hold children where others hold steps.
std::string ChildrenOf(const json::Array& steps) {
  std::string ids;
  size_t count = 0;
  for (const json::Value& step : steps) {
    const std::string id = FirstOf(ObjectOf(step.as_object(), "Outputs"), "ExecutionId");
    if (id.empty()) continue;
    if (++count > kMaxNamedChildren) return ids + " …";
    ids += " " + id;
  }
  return ids;
}

std::string TokenFor(const std::string& id, const std::string& previous) {
  static const boost::uuids::name_generator_sha1 generator(boost::uuids::ns::oid());
  return boost::uuids::to_string(generator("undo/" + id + "/" + previous));
}

}  // namespace

Undo::Undo(api::Invoker& invoker, api::Call call, api::Reply reply)
    : invoker_(invoker),
      call_(std::move(call)),
      reply_(std::move(reply)),
      id_(json::GetString(call_.input, "AutomationExecutionId")) {}

void Undo::Refuse(std::string reason) {
  throw api::Error("UndoNotPossibleException", std::move(reason));
}

void Undo::Ask(std::string_view operation, json::Object input, Next next, std::string_view expected,
               std::function<void()> otherwise) {
  api::Invocation invocation{
      "ssm",       std::string(operation), std::move(input), call_.caller, call_.scope,
      call_.trace, call_.user_agent};
  invoker_.Invoke(std::move(invocation),
                  [self = shared_from_this(), next, expected = std::string(expected),
                   otherwise = std::move(otherwise)](api::Outcome outcome) {
                    if (!outcome.ok() && (expected.empty() || outcome.error->code() != expected)) {
                      return self->reply_({{}, std::move(outcome.error)});
                    }
                    try {
                      if (!outcome.ok()) return otherwise();
                      static const json::Object empty;
                      const json::Object* output = outcome.output.if_object();
                      (self.get()->*next)(output ? *output : empty);
                    } catch (api::Error& error) {
                      self->reply_({{}, std::move(error)});
                    }
                  });
}

void Undo::Begin() {
  Ask("GetAutomationExecution", {{"AutomationExecutionId", id_}}, &Undo::ReadExecution);
}

void Undo::ReadExecution(const json::Object& output) {
  execution_ = ObjectOf(output, "AutomationExecution");
  const std::string name(json::GetString(execution_, "DocumentName"));
  if (!HasEnded(execution_)) {
    Refuse("The execution has not ended: its status is " +
           std::string(json::GetString(execution_, "AutomationExecutionStatus")) + ".");
  }
  const json::Array* steps = json::GetArray(execution_, "StepExecutions");
  if (json::Find(execution_, "ProgressCounters")) {
    Refuse("The execution ran over targets. Undo its executions one by one:" +
           ChildrenOf(steps ? *steps : json::Array()));
  }
  const json::Object& variables = ObjectOf(execution_, "Variables");
  if (const std::string reason = FirstOf(variables, "NoUndo"); !reason.empty()) Refuse(reason);
  document_ = FirstOf(variables, "Undo");
  if (document_.empty()) {
    Refuse("The runbook " + name + " does not say how it is undone: it has no variable Undo.");
  }
  std::string_view save_status;
  for (size_t i = 0; steps && i < steps->size(); ++i) {
    const json::Object& step = (*steps)[i].as_object();
    if (json::GetString(step, "StepName") != kSaveState) continue;
    save_status = json::GetString(step, "StepStatus");
    saved_ = ObjectOf(step, "Outputs");
  }
  if (save_status.empty()) {
    Refuse("The state before was not saved: the runbook has no step SaveState.");
  }
  if (save_status != "Success") {
    Refuse("The state before was not saved: the step SaveState is " + std::string(save_status) +
           ".");
  }
  Ask("ListTagsForResource", {{"ResourceType", "Automation"}, {"ResourceId", id_}},
      &Undo::ReadTags);
}

void Undo::ReadTags(const json::Object& output) {
  const json::Array* tags = json::GetArray(output, "TagList");
  for (const json::Value& tag : tags ? *tags : json::Array()) {
    if (json::GetString(tag.as_object(), "Key") == kUndoneByTag) {
      previous_ = json::GetString(tag.as_object(), "Value");
    }
  }
  if (previous_.empty()) return DescribeRunbook();
  Ask("GetAutomationExecution", {{"AutomationExecutionId", previous_}}, &Undo::ReadPrevious,
      "AutomationExecutionNotFoundException", [this] {
        previous_.clear();
        DescribeRunbook();
      });
}

void Undo::ReadPrevious(const json::Object& output) {
  const json::Object& previous = ObjectOf(output, "AutomationExecution");
  if (!HasEnded(previous)) Refuse("It is being undone by the execution " + previous_ + ".");
  if (json::GetString(previous, "AutomationExecutionStatus") == "Success") {
    Refuse("It was undone by the execution " + previous_ + ".");
  }
  DescribeRunbook();
}

void Undo::DescribeRunbook() {
  Ask("DescribeDocument", {{"Name", document_}}, &Undo::ReadRunbook, "InvalidDocument",
      [this] { Refuse("There is no undo runbook " + document_ + "."); });
}

void Undo::ReadRunbook(const json::Object& output) {
  const json::Object& document = ObjectOf(output, "Document");
  const json::Array* declared = json::GetArray(document, "Parameters");
  const json::Object& variables = ObjectOf(execution_, "Variables");
  const json::Object& given = ObjectOf(execution_, "Parameters");
  json::Object parameters;
  for (const json::Value& entry : declared ? *declared : json::Array()) {
    const json::Object& parameter = entry.as_object();
    const std::string name(json::GetString(parameter, "Name"));
    const json::Value* value = json::Find(saved_, name);
    if (!value) value = json::Find(variables, name);
    if (!value) value = json::Find(given, name);
    if (value) {
      parameters[name] = *value;
    } else if (!json::Find(parameter, "DefaultValue")) {
      Refuse("The undo runbook " + document_ + " needs " + name +
             ", which neither SaveState nor the execution's variables and parameters have.");
    }
  }
  result_["DocumentName"] = document_;
  result_["Parameters"] = parameters;
  if (json::GetBool(call_.input, "DryRun")) return reply_({std::move(result_), std::nullopt});
  json::Object input{{"DocumentName", document_},
                     {"ClientToken", TokenFor(id_, previous_)},
                     {"Tags", json::Array{json::Object{{"Key", kUndoOfTag}, {"Value", id_}}}}};
  if (!parameters.empty()) input["Parameters"] = std::move(parameters);
  Ask("StartAutomationExecution", std::move(input), &Undo::Started);
}

void Undo::Started(const json::Object& output) {
  const std::string id(json::GetString(output, "AutomationExecutionId"));
  result_["AutomationExecutionId"] = id;
  Ask("AddTagsToResource",
      {{"ResourceType", "Automation"},
       {"ResourceId", id_},
       {"Tags", json::Array{json::Object{{"Key", kUndoneByTag}, {"Value", id}}}}},
      &Undo::Tagged);
}

void Undo::Tagged(const json::Object&) {
  reply_({std::move(result_), std::nullopt});
}

}  // namespace riposte::native
