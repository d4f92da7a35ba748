// The state document of an execution, and what a turn has changed of it.
//
// Data path:     the engine moves an execution's state into Language::Advance -> the language edits
//                it in place -> TakeChanges() is what the commit stores, not the whole document
// Two levels:    a change is a whole member of the document, or one entry of a member that is an
//                object or a list. A document whose bulk lies in entries that are written once or
//                twice (records of steps, children) costs per turn what the turn did.
// Thread safety: none; a plain value.
// Cost:          the text of what was edited. Reading is free.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/json.h"

namespace riposte::workflow {

class State {
 public:
  State() = default;
  /// As it was committed: nothing of it is changed.
  explicit State(json::Object document) : document_(std::move(document)) {}

  [[nodiscard]] const json::Object& view() const { return document_; }

  // What these return may be written until the end of the turn, as references into json::Object
  // may: adding a member moves others.

  /// The member `name`, made when absent.
  json::Value& Edit(std::string_view name);
  /// The same as an object or a list: what is of another type becomes an empty one.
  json::Object& EditObject(std::string_view name);
  json::Array& EditArray(std::string_view name);
  /// The entry `key` of the object `name`; both are made when absent.
  json::Value& Edit(std::string_view name, std::string_view key);
  /// An entry of the list `name`. REQUIRES: it is there.
  json::Value& EditAt(std::string_view name, size_t index);
  void Append(std::string_view name, json::Value entry);
  void Erase(std::string_view name);
  void Erase(std::string_view name, std::string_view key);

  /// What was edited since it was committed, for ApplyChanges; "[]" for nothing. From here on it is
  /// the document as committed.
  [[nodiscard]] std::string TakeChanges();
  [[nodiscard]] json::Object Release() && { return std::move(document_); }

 private:
  struct Place {
    enum class Kind { kMember, kKey, kIndex } kind = Kind::kMember;
    size_t index = 0;
    std::string key;
    std::string name;
  };
  void Note(Place::Kind kind, std::string_view name, std::string_view key = {}, size_t index = 0);

  json::Object document_;
  std::vector<Place> edited_;  ///< Few: in the order of their first edit, none twice.
};

/// Makes the edits of one turn on the document as it was before. Changes are a list of
///   ["=", name, value], ["-", name]             a member set, or gone
///   ["=", name, key, value], ["-", name, key]   an entry of an object, by its key
///   ["=", name, index, value]                   an entry of a list, or its next one
/// Throws std::runtime_error for anything else.
void ApplyChanges(json::Object& document, const json::Array& changes);

}  // namespace riposte::workflow
