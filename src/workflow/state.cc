#include "workflow/state.h"

#include <algorithm>
#include <stdexcept>

#include "json/append.h"

namespace riposte::workflow {
namespace {

constexpr std::string_view kSet = R"(["=",)";
constexpr std::string_view kGone = R"(["-",)";

json::Object& MakeObject(json::Value& value) {
  if (!value.is_object()) value = json::Object();
  return value.get_object();
}

json::Array& MakeArray(json::Value& value) {
  if (!value.is_array()) value = json::Array();
  return value.get_array();
}

}  // namespace

void State::Note(Place::Kind kind, std::string_view name, std::string_view key, size_t index) {
  for (const Place& place : edited_) {
    if (place.kind == kind && place.index == index && place.key == key && place.name == name) {
      return;
    }
  }
  edited_.push_back({kind, index, std::string(key), std::string(name)});
}

json::Value& State::Edit(std::string_view name) {
  Note(Place::Kind::kMember, name);
  return document_[name];
}

json::Object& State::EditObject(std::string_view name) {
  return MakeObject(Edit(name));
}

json::Array& State::EditArray(std::string_view name) {
  return MakeArray(Edit(name));
}

json::Value& State::Edit(std::string_view name, std::string_view key) {
  Note(Place::Kind::kKey, name, key);
  return MakeObject(document_[name])[key];
}

json::Value& State::EditAt(std::string_view name, size_t index) {
  Note(Place::Kind::kIndex, name, {}, index);
  return document_.at(name).as_array().at(index);
}

void State::Append(std::string_view name, json::Value entry) {
  json::Array& list = MakeArray(document_[name]);
  Note(Place::Kind::kIndex, name, {}, list.size());
  list.push_back(std::move(entry));
}

void State::Erase(std::string_view name) {
  const auto at = document_.find(name);
  if (at == document_.end()) return;
  Note(Place::Kind::kMember, name);
  document_.erase(at);
}

void State::Erase(std::string_view name, std::string_view key) {
  const auto at = document_.find(name);
  json::Object* object = at == document_.end() ? nullptr : at->value().if_object();
  if (!object) return;
  const auto entry = object->find(key);
  if (entry == object->end()) return;
  Note(Place::Kind::kKey, name, key);
  object->erase(entry);
}

std::string State::TakeChanges() {
  std::string out = "[";
  const auto is_whole = [this](const std::string& name) {
    return std::ranges::any_of(edited_, [&name](const Place& place) {
      return place.kind == Place::Kind::kMember && place.name == name;
    });
  };
  for (const Place& place : edited_) {
    const bool whole = place.kind == Place::Kind::kMember;
    if (!whole && is_whole(place.name)) continue;
    const auto member = document_.find(place.name);
    const json::Value* value = member == document_.end() ? nullptr : &member->value();
    if (value && place.kind == Place::Kind::kKey) {
      const json::Object* object = value->if_object();
      value = object ? object->if_contains(place.key) : nullptr;
    } else if (value && place.kind == Place::Kind::kIndex) {
      value = &value->as_array().at(place.index);
    }
    if (out.size() > 1) out += ',';
    out += value ? kSet : kGone;
    json::AppendString(out, place.name);
    if (place.kind == Place::Kind::kKey) {
      out += ',';
      json::AppendString(out, place.key);
    } else if (place.kind == Place::Kind::kIndex) {
      out += ',';
      out += std::to_string(place.index);
    }
    if (value) {
      out += ',';
      json::Append(out, *value);
    }
    out += ']';
  }
  edited_.clear();
  out += ']';
  return out;
}

namespace {

void Apply(json::Object& document, const json::Array& change) {
  const bool set = change.at(0).as_string() == "=";
  if (!set && change.at(0).as_string() != "-") throw std::runtime_error("an unknown change");
  const std::string_view name = json::View(change.at(1));
  if (change.size() == (set ? 3U : 2U)) {
    if (set) {
      document[name] = change.at(2);
    } else {
      document.erase(name);
    }
    return;
  }
  const json::Value& entry = change.at(2);
  if (entry.is_string()) {
    json::Object& object = MakeObject(document[name]);
    if (set) {
      object[json::View(entry)] = change.at(3);
    } else {
      object.erase(json::View(entry));
    }
    return;
  }
  json::Array& list = MakeArray(document[name]);
  const auto index = entry.to_number<size_t>();
  if (!set || index > list.size()) throw std::runtime_error("a change of an entry that is not");
  if (index == list.size()) {
    list.push_back(change.at(3));
  } else {
    list[index] = change.at(3);
  }
}

}  // namespace

void ApplyChanges(json::Object& document, const json::Array& changes) {
  for (const json::Value& change : changes) Apply(document, change.as_array());
}

}  // namespace riposte::workflow
