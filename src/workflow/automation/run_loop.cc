// The part of Run that is aws:loop: passes over iterators, or while a condition holds.
#include "workflow/automation/condition.h"
#include "workflow/automation/parameter.h"
#include "workflow/automation/run.h"
#include "workflow/automation/state.h"

namespace riposte::automation {

void Run::BeginLoop(const Step& step, json::Object& record) {
  json::Object inputs;
  for (const std::string_view name : {"Iterators", "IteratorDataType", "MaxIterations"}) {
    if (const json::Value* value = json::Find(step.inputs, name)) inputs[name] = *value;
  }
  auto substituted = Substitute(json::Value(std::move(inputs)), MakeResolver());
  if (!substituted) {
    FailStep(step, Progress::Failed("Input", "InvalidInput", substituted.error().message));
    return;
  }
  json::Object& stored = ObjectAt(record, "inputs");
  stored = std::move(substituted->get_object());
  json::Object loop{{"step", step.name}};
  int64_t most = 100;
  if (const json::Value* max = json::Find(stored, "MaxIterations")) {
    most = ToInteger(*max).value_or(0);
  }
  if (const json::Value* iterators = json::Find(stored, "Iterators")) {
    json::Array items = ToList(*iterators);
    if (items.size() > 100) most = 0;
    if (const json::Value* type = json::Find(stored, "IteratorDataType")) {
      for (json::Value& item : items) {
        auto typed = Coerce(item, ToText(*type));
        if (!typed) {
          FailStep(step, Progress::Failed("Input", "InvalidInput",
                                          "An iterator is not a valid " + ToText(*type) + "."));
          return;
        }
        item = std::move(*typed);
      }
    }
    loop["items"] = std::move(items);
  }
  if (most < 1 || most > 100) {
    FailStep(step, Progress::Failed("Input", "InvalidInput",
                                    "A loop has 1 to 100 iterations and at most 100 iterators."));
    return;
  }
  loop["most"] = most;
  loop["iteration"] = 0;
  state_.Edit("loop") = std::move(loop);
  const json::Array* items = json::GetArray(*json::GetObject(state_.view(), "loop"), "items");
  if (items && items->empty()) {
    state_.Erase("loop");
    Succeed(step, {});
    return;
  }
  StartPass(step, 1);
}

void Run::StartPass(const Step& loop, int64_t iteration) {
  json::Object& state = state_.EditObject("loop");
  state["iteration"] = iteration;
  json::Value item;
  if (const json::Array* items = json::GetArray(state, "items")) {
    item = (*items)[static_cast<size_t>(iteration - 1)];
  }
  state["item"] = item;
  // The last iteration's records stay referable until the next one replaces them.
  for (const Step& inner : loop.inner) {
    json::Object* ended = RecordOf(inner.name);
    if (!ended) continue;
    state_.Append("past", std::move(*ended));
    state_.Erase("steps", inner.name);
  }
  json::Object& record = *RecordOf(loop.name);
  json::Object& outputs = ObjectAt(record, "outputs");
  outputs["CurrentIteration"] = iteration;
  if (!item.is_null()) outputs["CurrentIteratorValue"] = item;
  Go(loop.inner.front().name);
}

void Run::NextPass(const Step& loop, json::Object& record) {
  const json::Object& state = *json::GetObject(state_.view(), "loop");
  const int64_t iteration = json::GetInt(state, "iteration");
  const json::Array* items = json::GetArray(state, "items");
  bool again = iteration < json::GetInt(state, "most");
  if (items) {
    again = again && iteration < static_cast<int64_t>(items->size());
  } else if (again) {
    const auto result = Evaluate(loop.inputs.at("LoopCondition").as_object(), MakeResolver());
    if (!result) {
      state_.Erase("loop");
      state_.Edit("current") = loop.name;
      FailStep(loop, Progress::Failed("Input", "InvalidInput", result.error().message));
      return;
    }
    again = *result;
  }
  if (again) {
    StartPass(loop, iteration + 1);
    return;
  }
  state_.Erase("loop");
  state_.Edit("current") = loop.name;
  const json::Object raw = ObjectAt(record, "outputs");
  Succeed(loop, raw);
}

void Run::AbortLoop(const std::string& status, const std::string& message) {
  const json::Object* loop = json::GetObject(state_.view(), "loop");
  if (!loop) return;
  const Step* step = document_.FindStep(json::GetString(*loop, "step"));
  json::Object* record = step ? RecordOf(step->name) : nullptr;
  if (record) {
    ForgetOpen(*record);
    json::SetIfNotEmpty(*record, "failure_message", message);
    Close(*record, status);
    AnnounceStep(*step, *record);
  }
  state_.Erase("loop");
}

}  // namespace riposte::automation
