#include "workflow/automation/graph.h"

#include <algorithm>

#include "workflow/automation/action.h"
#include "workflow/automation/expression.h"

namespace riposte::automation {
namespace {

constexpr size_t kMaxLabel = 60;

std::string Cut(std::string text) {
  if (text.size() <= kMaxLabel) return text;
  size_t end = kMaxLabel;
  while (end > 0 && (text[end] & 0xC0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "…";
}

/// "Linux StringEquals {{ Os }}"; composed conditions with their word.
std::string ConditionText(const json::Object& condition) {
  for (const std::string_view word : {"And", "Or"}) {
    const json::Array* parts = json::GetArray(condition, word);
    if (!parts) continue;
    std::string text;
    for (const json::Value& part : *parts) {
      text += (text.empty()    ? ""
               : word == "And" ? " and "
                               : " or ") +
              ConditionText(part.as_object());
    }
    return text;
  }
  if (const json::Object* part = json::GetObject(condition, "Not")) {
    return "not " + ConditionText(*part);
  }
  for (const auto& member : condition) {
    const std::string_view key(member.key().data(), member.key().size());
    if (key == "Variable" || key == "NextStep") continue;
    const json::Value* variable = json::Find(condition, "Variable");
    return (variable ? ToText(*variable) : "") + " " + std::string(key) + " " +
           ToText(member.value());
  }
  return "";
}

class Builder {
 public:
  explicit Builder(const Document& document) {
    Add(document.steps, 0);
    AddEdges(document.steps);
  }
  Graph graph;

 private:
  void Add(const std::vector<Step>& steps, int depth) {
    for (const Step& step : steps) {
      graph.nodes.push_back({step.name, std::string(step.action->name), depth});
      Add(step.inner, depth + 1);
    }
  }
  [[nodiscard]] size_t IndexOf(std::string_view name) const {
    const auto found = std::ranges::find(graph.nodes, name, &GraphNode::name);
    return static_cast<size_t>(found - graph.nodes.begin());
  }
  void Edge(GraphEdge::Kind kind, size_t from, std::string_view to, std::string label = {}) {
    graph.edges.push_back(
        {kind, from, to.empty() ? graph.nodes.size() : IndexOf(to), Cut(std::move(label))});
  }

  void AddEdges(const std::vector<Step>& steps, const Step* loop = nullptr) {
    using Kind = GraphEdge::Kind;
    for (size_t i = 0; i < steps.size(); ++i) {
      const Step& step = steps[i];
      const size_t from = IndexOf(step.name);
      std::string following = i + 1 < steps.size() ? steps[i + 1].name : "";
      const bool last_of_loop = loop && following.empty();
      if (last_of_loop) following = loop->name;
      const std::string_view next = step.is_end ? std::string_view() : following;
      if (step.action->name == "aws:branch") {
        const json::Array* choices = json::GetArray(step.inputs, "Choices");
        for (const json::Value& choice : choices ? *choices : json::Array()) {
          const json::Object& object = choice.as_object();
          Edge(Kind::kChoice, from, json::GetString(object, "NextStep"),
               "when " + ConditionText(object));
        }
        const std::string_view fallback = json::GetString(step.inputs, "Default");
        Edge(Kind::kChoice, from, fallback.empty() ? next : fallback, "otherwise");
      } else {
        if (!step.inner.empty()) {
          Edge(Kind::kChoice, from, step.inner.front().name, "each pass");
        }
        Edge(Kind::kNext, from,
             step.next_step.empty() || step.is_end ? next : std::string_view(step.next_step),
             last_of_loop && !step.is_end && step.next_step.empty() ? "next pass" : "");
      }
      if (step.on_failure == Step::OnFailure::kStep) {
        Edge(Kind::kFailure, from, step.on_failure_step, "on failure");
      } else if (step.on_failure == Step::OnFailure::kContinue) {
        Edge(Kind::kFailure, from, next, "on failure");
      }
      if (!step.on_cancel_step.empty()) {
        Edge(Kind::kCancel, from, step.on_cancel_step, "on cancel");
      }
      AddEdges(step.inner, &step);
    }
  }
};

std::string Escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
  }
  return out;
}

constexpr int kBoxWidth = 320;
constexpr int kBoxHeight = 46;
constexpr int kRow = 84;
constexpr int kLeft = 260;  ///< Room for the failure edges and their labels.

std::string_view ColourOf(GraphEdge::Kind kind) {
  switch (kind) {
    case GraphEdge::Kind::kFailure:
      return "#b3261e";
    case GraphEdge::Kind::kCancel:
      return "#8a6d00";
    case GraphEdge::Kind::kChoice:
      return "#1f5fa8";
    case GraphEdge::Kind::kNext:
      break;
  }
  return "#444";
}

std::string Text(int x, int y, std::string_view anchor, std::string_view colour, int size,
                 std::string_view text) {
  return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\" text-anchor=\"" +
         std::string(anchor) + "\" fill=\"" + std::string(colour) + "\" font-size=\"" +
         std::to_string(size) + "\">" + Escape(text) + "</text>\n";
}

}  // namespace

Graph GraphOf(const Document& document) {
  return Builder(document).graph;
}

std::string DrawText(const Document& document) {
  const Graph graph = GraphOf(document);
  size_t widest = 0;
  for (const GraphNode& node : graph.nodes) {
    widest = std::max(widest, node.name.size() + static_cast<size_t>(node.depth) * 2);
  }
  std::string out;
  size_t edge = 0;
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    const std::string indent(static_cast<size_t>(node.depth) * 2, ' ');
    out += indent + node.name + std::string(widest - node.name.size() - indent.size() + 2, ' ') +
           node.action + "\n";
    for (; edge < graph.edges.size(); ++edge) {
      const GraphEdge& way = graph.edges[edge];
      if (way.from != i) break;
      out += indent + "    " + way.label + (way.label.empty() ? "" : " ") + "-> " +
             (way.to < graph.nodes.size() ? graph.nodes[way.to].name : "(end)") + "\n";
    }
  }
  return out;
}

std::string DrawSvg(const Document& document) {
  const Graph graph = GraphOf(document);
  const auto top = [](size_t index) { return 20 + static_cast<int>(index) * kRow; };
  int lanes = 1;
  std::string ways;
  for (const GraphEdge& way : graph.edges) {
    const std::string colour(ColourOf(way.kind));
    const bool failure =
        way.kind == GraphEdge::Kind::kFailure || way.kind == GraphEdge::Kind::kCancel;
    const std::string style = "\" fill=\"none\" stroke=\"" + colour + "\"" +
                              (failure ? " stroke-dasharray=\"5 4\"" : "") +
                              " marker-end=\"url(#tip)\"/>\n";
    const int from_x = kLeft + graph.nodes[way.from].depth * 30;
    const int from_y = top(way.from);
    const int to_x = kLeft + (way.to < graph.nodes.size() ? graph.nodes[way.to].depth * 30 : 0);
    const int to_y = top(way.to);
    if (way.to == way.from + 1 && !failure) {
      const int x = std::max(from_x, to_x) + kBoxWidth / 2;
      ways += "<path d=\"M" + std::to_string(x) + " " + std::to_string(from_y + kBoxHeight) + " V" +
              std::to_string(to_y - 4) + style;
      if (!way.label.empty()) {
        ways += Text(x + 8, from_y + kBoxHeight + 22, "start", colour, 12, way.label);
      }
      continue;
    }
    // Beside the boxes: failures on the left, jumps on the right, each in a lane of its own.
    const int side = failure ? -1 : 1;
    const int start = failure ? from_x : from_x + kBoxWidth;
    const int end = failure ? to_x : to_x + kBoxWidth;
    const int lane = (failure ? kLeft : kLeft + kBoxWidth + 60) + side * (14 + 12 * (lanes++ % 8));
    const int y1 = from_y + kBoxHeight / 2 + (failure ? 8 : 6);
    const int y2 = way.to < graph.nodes.size() ? to_y + kBoxHeight / 2 - 6 : to_y + 12;
    ways += "<path d=\"M" + std::to_string(start) + " " + std::to_string(y1) + " H" +
            std::to_string(lane) + " V" + std::to_string(y2) + " H" +
            std::to_string(end + side * 4) + style;
    if (!way.label.empty()) {
      ways += Text(lane + side * 4, y1 - 4, failure ? "end" : "start", colour, 12, way.label);
    }
  }
  const int width = kLeft + kBoxWidth + 620;
  const int height = top(graph.nodes.size()) + 50;
  std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " +
                    std::to_string(width) + " " + std::to_string(height) +
                    "\" font-family=\"sans-serif\">\n"
                    "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
                    "markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0 L8 4 L0 "
                    "8 z\" fill=\"#444\"/></marker></defs>\n"
                    "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n";
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const int x = kLeft + graph.nodes[i].depth * 30;
    out += "<rect x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(top(i)) + "\" width=\"" +
           std::to_string(kBoxWidth) + "\" height=\"" + std::to_string(kBoxHeight) +
           "\" rx=\"6\" fill=\"#f4f6f9\" stroke=\"#8a94a3\"/>\n";
    out += Text(x + 12, top(i) + 20, "start", "#111", 15, Cut(graph.nodes[i].name));
    out += Text(x + 12, top(i) + 38, "start", "#555", 12, graph.nodes[i].action);
  }
  out += "<rect x=\"" + std::to_string(kLeft) + "\" y=\"" +
         std::to_string(top(graph.nodes.size())) +
         "\" width=\"80\" height=\"26\" rx=\"13\" fill=\"#e8ecf1\" stroke=\"#8a94a3\"/>\n" +
         Text(kLeft + 40, top(graph.nodes.size()) + 18, "middle", "#111", 13, "end");
  return out + ways + "</svg>\n";
}

}  // namespace riposte::automation
