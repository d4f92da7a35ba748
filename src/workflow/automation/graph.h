// A runbook as a picture: its steps and the ways from one to another, as text or as SVG.
//
// Everything from the document is escaped in the SVG, which has no scripts and no links. Pure.
#pragma once

#include <string>
#include <vector>

#include "workflow/automation/document.h"

namespace riposte::automation {

struct GraphEdge {
  enum class Kind { kNext, kChoice, kFailure, kCancel } kind = Kind::kNext;
  size_t from = 0;  ///< Index into Graph::nodes.
  size_t to = 0;    ///< The same; Graph::nodes.size() for the end of the execution.
  std::string label;
};

struct GraphNode {
  std::string name;
  std::string action;
  int depth = 0;  ///< 1 inside a loop.
};

struct Graph {
  std::vector<GraphNode> nodes;  ///< In the document's order; a loop before its steps.
  std::vector<GraphEdge> edges;  ///< By `from`.
};

[[nodiscard]] Graph GraphOf(const Document& document);
[[nodiscard]] std::string DrawText(const Document& document);
[[nodiscard]] std::string DrawSvg(const Document& document);

}  // namespace riposte::automation
