// The text of model/*.smithy, put into the binary by cmake/embed_models.cmake.
#pragma once

#include <span>
#include <string_view>

namespace riposte::wire {

struct EmbeddedModel {
  std::string_view name;  ///< File name without its ending: "events".
  std::string_view text;
};

/// Sorted by name; static storage.
[[nodiscard]] std::span<const EmbeddedModel> EmbeddedModels();

}  // namespace riposte::wire
