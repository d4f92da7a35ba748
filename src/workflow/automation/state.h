// How the language's state document is written: members that are made when they are not there.
#pragma once

#include <string_view>

#include "json/json.h"

namespace riposte::automation {

inline json::Object& ObjectAt(json::Object& object, std::string_view name) {
  json::Value& value = object[name];
  if (!value.is_object()) value = json::Object();
  return value.get_object();
}

inline json::Array& ArrayAt(json::Object& object, std::string_view name) {
  json::Value& value = object[name];
  if (!value.is_array()) value = json::Array();
  return value.get_array();
}

}  // namespace riposte::automation
