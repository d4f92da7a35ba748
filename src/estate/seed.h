// Loads a description of an account into the simulation: for rehearsals, demonstrations and tests.
//
// Format: docs/estate.md. Ids are given, so that findings can name them; what is there already
// under the same id is refused, and then nothing of the document is loaded.
// Thread safety: inside a write transaction.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "estate/estate.h"

namespace riposte::estate {

class Seed {
 public:
  /// Makes one empty bucket.
  using MakeBucket = std::function<void(Act&, const std::string& name)>;

  Seed(Estate& estate, MakeBucket make_bucket)
      : estate_(estate), make_bucket_(std::move(make_bucket)) {}

  /// YAML or JSON (which is YAML). Returns how many of each were loaded.
  /// Throws api::Error ValidationException naming the line.
  json::Object Load(store::Transaction& tx, const Scope& scope, std::string_view document,
                    TimePoint now);

 private:
  Estate& estate_;
  MakeBucket make_bucket_;
};

}  // namespace riposte::estate
