#include "services/scheduler/universal.h"

#include <array>
#include <cctype>

#include "base/encoding.h"

namespace riposte::scheduler {
namespace {

constexpr std::string_view kPrefix = "arn:aws:scheduler:::aws-sdk:";

/// Verbs that ask and do not act, beyond those that models mark.
constexpr auto kReading = std::to_array<std::string_view>(
    {"get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read",
     "lookup", "discover", "validate", "batchGet", "batchDescribe", "batchRead"});

bool OnlyReads(const wire::OperationModel& operation, std::string_view action) {
  if (operation.readonly) return true;
  for (const std::string_view verb : kReading) {
    const bool whole = action.size() == verb.size() ||
                       (action.size() > verb.size() &&
                        std::isupper(static_cast<unsigned char>(action[verb.size()])) != 0);
    if (action.starts_with(verb) && whole) return true;
  }
  return false;
}

const wire::Member* FindMember(const wire::Shape& shape, std::string_view name) {
  if (const wire::Member* member = shape.FindMember(name)) return member;
  if (name.empty()) return nullptr;
  std::string other(name);
  const auto first = static_cast<unsigned char>(other[0]);
  other[0] = static_cast<char>(std::isupper(first) ? std::tolower(first) : std::toupper(first));
  return shape.FindMember(other);
}

json::Value Fit(const wire::Shape* shape, const json::Value& value) {
  if (!shape) return value;
  switch (shape->type) {
    case wire::ShapeType::kStructure:
    case wire::ShapeType::kUnion: {
      if (!value.is_object()) return value;
      json::Object out;
      for (const auto& [name, inner] : value.get_object()) {
        const wire::Member* member = FindMember(*shape, name);
        out[member ? std::string_view(member->name) : std::string_view(name)] =
            Fit(member ? member->target : nullptr, inner);
      }
      return out;
    }
    case wire::ShapeType::kList: {
      if (!value.is_array()) return value;
      json::Array out;
      for (const json::Value& inner : value.get_array()) {
        out.push_back(Fit(shape->members.at(0).target, inner));
      }
      return out;
    }
    case wire::ShapeType::kMap: {
      if (!value.is_object()) return value;
      json::Object out;
      for (const auto& [name, inner] : value.get_object()) {
        out[name] = Fit(shape->members.at(1).target, inner);
      }
      return out;
    }
    case wire::ShapeType::kBlob:
      return json::Value(Base64Encode(value.is_string() ? std::string(json::View(value))
                                                        : json::Serialize(value)));
    default:
      return value;
  }
}

}  // namespace

bool IsUniversal(std::string_view arn) {
  return arn.starts_with(kPrefix);
}

Result<UniversalTarget> FindUniversal(const wire::Catalog& catalog, std::string_view arn) {
  const std::string_view name = arn.substr(std::min(arn.size(), kPrefix.size()));
  const size_t colon = name.find(':');
  const std::string_view action =
      colon == std::string_view::npos ? std::string_view() : name.substr(colon + 1);
  UniversalTarget target;
  target.service = catalog.FindByAnyName(name.substr(0, colon));
  if (target.service) target.operation = wire::Catalog::FindOperation(*target.service, action);
  if (!target.operation) {
    return Fail(Code::kInvalidArgument,
                "Invalid target: " + std::string(name) + " is not a supported API operation.");
  }
  if (OnlyReads(*target.operation, action)) {
    return Fail(Code::kInvalidArgument, "Invalid target: " + std::string(name) +
                                            " only reads, which a schedule cannot invoke.");
  }
  return target;
}

json::Object RequestOf(const wire::OperationModel& operation, const json::Object& input) {
  return Fit(operation.input, input).as_object();
}

}  // namespace riposte::scheduler
