#include "wire/error_style.h"

#include <fmt/format.h>

#include <array>

namespace riposte::wire {
namespace {

enum class Wording {
  kCommon,      ///< "1 validation error detected: Value 'x' at 'y' failed to …"
  kEc2,         ///< "The request must contain the parameter X"
  kSqs,         ///< The same with a full stop.
  kMonitoring,  ///< "The parameter X is required."
  kS3,
  kLambda,  ///< Common, but runtimes have a code of their own.
};

struct Style {
  std::string_view service;
  std::string_view code;
  Wording wording;
};

/// Services that differ from the default of their protocol.
constexpr std::array<Style, 9> kStyles = {{
    {"ec2", "InvalidParameterValue", Wording::kEc2},
    {"sqs", "InvalidParameterValue", Wording::kSqs},
    {"monitoring", "ValidationError", Wording::kMonitoring},
    {"s3", "InvalidArgument", Wording::kS3},
    {"lambda", "ValidationException", Wording::kLambda},
    {"logs", "InvalidParameterException", Wording::kCommon},
    {"securityhub", "InvalidInputException", Wording::kCommon},
    {"guardduty", "BadRequestException", Wording::kCommon},
    {"resource-groups", "BadRequestException", Wording::kCommon},
}};

Style StyleOf(const ServiceModel& service) {
  for (const Style& style : kStyles) {
    if (style.service == service.name) return style;
  }
  const bool query = !service.protocols.empty() && service.protocols[0] == Protocol::kAwsQuery;
  return {service.name, query ? "ValidationError" : "ValidationException", Wording::kCommon};
}

Error Make(std::string code, std::string message) {
  return {Code::kInvalidArgument, std::move(message), std::move(code)};
}

std::string CommonText(const std::vector<Violation>& violations, size_t total) {
  std::string text = fmt::format("{} validation error{} detected: ", total, total == 1 ? "" : "s");
  const char* separator = "";
  for (const Violation& violation : violations) {
    std::string value;
    if (violation.kind == Violation::Kind::kMissing) {
      value = "null ";
    } else if (!violation.hide_value) {
      value = "'" + violation.value + "' ";
    }
    text += fmt::format("{}Value {}at '{}' failed to satisfy constraint: {}", separator, value,
                        ServicePath(violation.path), violation.constraint);
    separator = "; ";
  }
  return text;
}

std::string LowerFirst(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] | 32);
  return text;
}

}  // namespace

std::string ServicePath(const Path& path) {
  std::string out;
  for (const PathStep& step : path) {
    if (!out.empty()) out += '.';
    if (step.member) {
      out += LowerFirst(step.member->name);
    } else {
      out += (step.index > 0 ? std::to_string(step.index) : step.key) + ".member";
    }
  }
  return out;
}

std::string Ec2QueryName(const Member& member) {
  if (!member.ec2_query_name.empty()) return member.ec2_query_name;
  std::string name = member.xml_name.empty() ? member.name : member.xml_name;
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] & ~32);
  return name;
}

std::string QueryPath(const Path& path, bool ec2) {
  std::string out;
  bool flattened = ec2;
  for (const PathStep& step : path) {
    if (!out.empty()) out += '.';
    if (step.member) {
      out += ec2 ? Ec2QueryName(*step.member) : step.member->name;
      flattened = ec2 || step.member->xml_flattened;
    } else if (step.index > 0) {
      out += (flattened ? "" : "member.") + std::to_string(step.index);
    } else {
      out += step.key;
    }
  }
  return out;
}

Error DescribeViolations(const ServiceModel& service, const std::vector<Violation>& violations,
                         size_t total) {
  const Style style = StyleOf(service);
  const Violation& first = violations.front();
  const bool missing = first.kind == Violation::Kind::kMissing;
  switch (style.wording) {
    case Wording::kCommon:
      break;
    case Wording::kEc2:
    case Wording::kSqs: {
      const bool ec2 = style.wording == Wording::kEc2;
      const std::string name = QueryPath(first.path, ec2);
      if (missing) {
        return Make("MissingParameter", fmt::format("The request must contain the parameter {}{}",
                                                    name, ec2 ? "" : "."));
      }
      return Make(std::string(style.code),
                  fmt::format("Value ({}) for parameter {} is invalid. {}",
                              first.hide_value ? "" : first.value, name, first.constraint));
    }
    case Wording::kMonitoring:
      if (missing) {
        return Make("MissingRequiredParameterException",
                    fmt::format("The parameter {} is required.", QueryPath(first.path, false)));
      }
      break;
    case Wording::kS3:
      if (first.path.size() > 1) {
        return Make("MalformedXML",
                    "The XML you provided was not well-formed or did not validate against our "
                    "published schema");
      }
      if (missing) {
        return Make("InvalidRequest", fmt::format("Missing required parameter for this request: {}",
                                                  QueryPath(first.path, false)));
      }
      break;
    case Wording::kLambda:
      if (first.kind == Violation::Kind::kEnum && ServicePath(first.path) == "runtime") {
        return Make("InvalidParameterValueException",
                    fmt::format("Value {} at 'runtime' failed to satisfy constraint: {} or be a "
                                "valid ARN",
                                first.value, first.constraint));
      }
      break;
  }
  return Make(std::string(style.code), CommonText(violations, total));
}

}  // namespace riposte::wire
