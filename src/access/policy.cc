#include "access/policy.h"

#include <algorithm>
#include <set>

#include "base/arn.h"
#include "json/json.h"

namespace riposte::access {
namespace {

constexpr const char* kSyntax = "Syntax errors in policy.";

std::unexpected<Error> Malformed(std::string message) {
  return Fail(Code::kInvalidArgument, std::move(message), "MalformedPolicyDocument");
}

/// A string, or a list of strings. False for anything else.
bool ReadStrings(const json::Value& value, std::vector<std::string>& out) {
  if (value.is_string()) {
    out.emplace_back(json::View(value));
    return true;
  }
  if (!value.is_array()) return false;
  for (const json::Value& item : value.get_array()) {
    if (!item.is_string()) return false;
    out.emplace_back(json::View(item));
  }
  return true;
}

Status CheckAction(std::string_view action, PolicyKind kind) {
  if (kind == PolicyKind::kTrust) {
    const std::string lower = ToLower(action);
    if (lower.starts_with("sts:assumerole") || lower == "sts:tagsession" ||
        lower == "sts:setsourceidentity" || lower == "sts:setcontext" || lower == "sts:*") {
      return {};
    }
    return Malformed("AssumeRole policy may only specify STS AssumeRole actions.");
  }
  if (action == "*") return {};
  const size_t colon = action.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return Malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
  }
  const std::string_view vendor = action.substr(0, colon);
  if (vendor.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") !=
      std::string_view::npos) {
    return Malformed("Vendor " + std::string(vendor) + " is not valid");
  }
  if (action.find_first_of(" :", colon + 1) != std::string_view::npos ||
      colon + 1 == action.size()) {
    return Malformed("Actions/Condition can contain only one colon.");
  }
  return {};
}

Status CheckResource(std::string_view resource, PolicyKind kind) {
  if (kind != PolicyKind::kIdentity || resource == "*" || resource.starts_with("${")) return {};
  const bool arn =
      resource.starts_with("arn:") &&
      (std::count(resource.begin(), resource.end(), ':') >= 5 || resource.ends_with("*"));
  if (!arn) {
    return Malformed("Resource " + std::string(resource) + " must be in ARN format or \"*\".");
  }
  const std::string_view rest = resource.substr(4);
  const std::string_view partition = rest.substr(0, rest.find(':'));
  if (!partition.starts_with("aws") && partition.find('*') == std::string_view::npos &&
      !partition.starts_with("${")) {
    return Malformed("Partition \"" + std::string(partition) + "\" is not valid for resource \"" +
                     std::string(resource) + "\".");
  }
  return {};
}

std::unexpected<Error> InvalidPrincipal(std::string_view type, std::string_view value) {
  return Malformed("Invalid principal in policy: \"" + std::string(type) + "\":\"" +
                   std::string(value) + "\"");
}

}  // namespace

Status PolicyDocument::ParsePrincipals(const json::Value& value, PolicyKind kind,
                                       PrincipalSet& out) {
  if (value.is_string()) {
    if (json::View(value) != "*") return InvalidPrincipal("AWS", json::View(value));
    out.anyone = true;
    return {};
  }
  if (!value.is_object() || value.get_object().empty()) return Malformed(kSyntax);
  for (const auto& [type, list] : value.get_object()) {
    std::vector<std::string> names;
    if (!ReadStrings(list, names)) return Malformed(kSyntax);
    if (type == "AWS") {
      for (std::string& name : names) {
        const Result<Arn> arn = Arn::Parse(name);
        if (name == "*") {
          out.anyone = true;
        } else if (IsAccountId(name)) {
          out.accounts.push_back(std::move(name));
        } else if (arn && arn->service == "iam" && arn->resource == "root") {
          out.accounts.push_back(arn->account.str());
        } else if (arn && (arn->service == "iam" || arn->service == "sts") &&
                   name.find('*') == std::string::npos) {
          out.arns.push_back(std::move(name));
        } else {
          return InvalidPrincipal("AWS", name);
        }
      }
    } else if (type == "Service") {
      for (std::string& name : names) {
        if (name.find('.') == std::string::npos && name != "*") {
          return InvalidPrincipal("SERVICE", name);
        }
        out.services.push_back(std::move(name));
      }
    } else if (type != "Federated" && type != "CanonicalUser") {
      if (kind == PolicyKind::kTrust)
        return Malformed("Unsupported principal: " + std::string(type));
      return Malformed(kSyntax);
    }
  }
  return {};
}

Result<PolicyDocument::Statement> PolicyDocument::ParseStatement(const json::Value& value,
                                                                 PolicyKind kind, bool variables) {
  if (!value.is_object()) return Malformed(kSyntax);
  static constexpr std::string_view kFields[] = {"Sid",          "Effect",      "Principal",
                                                 "NotPrincipal", "Action",      "NotAction",
                                                 "Resource",     "NotResource", "Condition"};
  const json::Object& object = value.get_object();
  for (const auto& [name, member] : object) {
    if (std::find(std::begin(kFields), std::end(kFields), std::string_view(name)) ==
        std::end(kFields)) {
      return Malformed(kSyntax);
    }
  }
  Statement statement;
  if (const json::Value* sid = json::Find(object, "Sid")) {
    if (!sid->is_string()) return Malformed(kSyntax);
    statement.name = json::View(*sid);
    if (kind != PolicyKind::kResource &&
        statement.name.find_first_not_of(
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") !=
            std::string::npos) {
      return Malformed(
          "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
          "expression [0-9A-Za-z]*");
    }
  }
  const std::string_view effect = json::GetString(object, "Effect");
  if (effect.empty()) return Malformed("Missing required field Effect");
  if (effect != "Allow" && effect != "Deny") {
    return Malformed("Invalid effect: " + std::string(effect));
  }
  statement.allow = effect == "Allow";

  const json::Value* principal = json::Find(object, "Principal");
  const json::Value* not_principal = json::Find(object, "NotPrincipal");
  if (kind == PolicyKind::kIdentity) {
    if (principal || not_principal) {
      return Malformed("Policy document should not specify a principal.");
    }
  } else {
    if (principal && not_principal) return Malformed(kSyntax);
    if (!principal && !not_principal) return Malformed("Missing required field Principal");
    statement.not_principal = not_principal != nullptr;
    if (Status status =
            ParsePrincipals(principal ? *principal : *not_principal, kind, statement.principals);
        !status) {
      return std::unexpected(status.error());
    }
  }

  const json::Value* action = json::Find(object, "Action");
  const json::Value* not_action = json::Find(object, "NotAction");
  if (action && not_action) return Malformed(kSyntax);
  statement.not_action = not_action != nullptr;
  std::vector<std::string> names;
  if ((action || not_action) && !ReadStrings(action ? *action : *not_action, names)) {
    return Malformed(kSyntax);
  }
  if (names.empty()) return Malformed("Policy statement must contain actions.");
  for (const std::string& name : names) {
    if (Status status = CheckAction(name, kind); !status) return std::unexpected(status.error());
    statement.actions.push_back(PolicyPattern::Compile(name, false));
  }

  const json::Value* resource = json::Find(object, "Resource");
  const json::Value* not_resource = json::Find(object, "NotResource");
  if (resource && not_resource) return Malformed(kSyntax);
  if (kind == PolicyKind::kTrust && (resource || not_resource)) {
    return Malformed("Has prohibited field Resource");
  }
  statement.not_resource = not_resource != nullptr;
  names.clear();
  if ((resource || not_resource) && !ReadStrings(resource ? *resource : *not_resource, names)) {
    return Malformed(kSyntax);
  }
  if (names.empty()) {
    if (kind == PolicyKind::kIdentity) return Malformed("Policy statement must contain resources.");
    statement.any_resource = true;  // The one that the document is attached to.
  }
  for (const std::string& name : names) {
    if (Status status = CheckResource(name, kind); !status) return std::unexpected(status.error());
    statement.resources.push_back(PolicyPattern::Compile(name, variables));
  }

  if (const json::Value* condition = json::Find(object, "Condition")) {
    Result<Conditions> conditions = Conditions::Parse(*condition, variables);
    if (!conditions) return Malformed(conditions.error().message);
    statement.conditions = std::move(*conditions);
  }
  return statement;
}

Result<std::shared_ptr<const PolicyDocument>> PolicyDocument::Parse(std::string_view text,
                                                                    PolicyKind kind) {
  const Result<json::Value> value = json::Parse(text, 16);
  if (!value || !value->is_object()) return Malformed("This policy contains invalid Json");
  const json::Object& object = value->get_object();
  for (const auto& [name, member] : object) {
    if (name != "Version" && name != "Id" && name != "Statement") return Malformed(kSyntax);
  }
  bool variables = false;
  if (const json::Value* version = json::Find(object, "Version")) {
    if (!version->is_string() ||
        (json::View(*version) != "2012-10-17" && json::View(*version) != "2008-10-17")) {
      return Malformed("The policy must contain a valid version string");
    }
    variables = json::View(*version) == "2012-10-17";
  }
  const json::Value* statements = json::Find(object, "Statement");
  if (!statements) return Malformed("Missing required field Statement");
  auto document = std::make_shared<PolicyDocument>();
  document->kind_ = kind;
  std::set<std::string> sids;
  const auto add = [&](const json::Value& item) -> Status {
    Result<Statement> statement = ParseStatement(item, kind, variables);
    if (!statement) return std::unexpected(statement.error());
    if (statement->name.empty()) {
      statement->name = "#" + std::to_string(document->statements_.size() + 1);
    } else if (!sids.insert(statement->name).second) {
      return Malformed("Statement IDs (SID) in a single policy must be unique.");
    }
    const auto variable = [](const PolicyPattern& pattern) { return pattern.has_variables(); };
    document->needs_context_ = document->needs_context_ || !statement->conditions.empty() ||
                               std::ranges::any_of(statement->actions, variable) ||
                               std::ranges::any_of(statement->resources, variable);
    document->statements_.push_back(std::move(*statement));
    return {};
  };
  if (statements->is_array()) {
    for (const json::Value& item : statements->get_array()) {
      if (Status status = add(item); !status) return std::unexpected(status.error());
    }
  } else if (Status status = add(*statements); !status) {
    return std::unexpected(status.error());
  }
  if (document->statements_.empty()) return Malformed(kSyntax);
  return document;
}

NamedBy PolicyDocument::NameOf(const Statement& statement, const Principal& principal) {
  const PrincipalSet& set = statement.principals;
  const auto has = [](const std::vector<std::string>& list, const std::string& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  switch (principal.kind) {
    case Principal::Kind::kService:
      if (has(set.services, principal.service) || has(set.services, "*")) {
        return NamedBy::kPrincipal;
      }
      return set.anyone ? NamedBy::kAnyone : NamedBy::kNobody;
    case Principal::Kind::kAnonymous:
      return set.anyone ? NamedBy::kAnyone : NamedBy::kNobody;
    case Principal::Kind::kRoot:
    case Principal::Kind::kUser:
    case Principal::Kind::kAssumedRole:
      break;
  }
  if (has(set.arns, principal.arn)) return NamedBy::kPrincipal;
  if (!principal.role_arn.empty() && has(set.arns, principal.role_arn)) return NamedBy::kRole;
  if (set.anyone) return NamedBy::kAnyone;
  return has(set.accounts, principal.account.str()) ? NamedBy::kAccount : NamedBy::kNobody;
}

PolicyVerdict PolicyDocument::Evaluate(const PolicyRequest& request) const {
  PolicyVerdict best;
  const auto any = [&](const std::vector<PolicyPattern>& patterns, std::string_view text,
                       bool ignore_case) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const PolicyPattern& pattern) {
      return pattern.Matches(text, *request.context, ignore_case);
    });
  };
  for (const Statement& statement : statements_) {
    NamedBy named_by = NamedBy::kNobody;
    if (kind_ != PolicyKind::kIdentity) {
      named_by = NameOf(statement, *request.principal);
      if (statement.not_principal) {
        named_by = named_by == NamedBy::kNobody ? NamedBy::kAnyone : NamedBy::kNobody;
      }
      if (named_by == NamedBy::kNobody) continue;
    }
    if (any(statement.actions, request.action, true) == statement.not_action) continue;
    if (!statement.any_resource &&
        any(statement.resources, request.resource, false) == statement.not_resource) {
      continue;
    }
    if (!statement.conditions.Hold(*request.context)) continue;
    if (!statement.allow) return {PolicyVerdict::Effect::kDeny, statement.name, named_by};
    if (best.effect == PolicyVerdict::Effect::kNone || named_by > best.named_by) {
      best = {PolicyVerdict::Effect::kAllow, statement.name, named_by};
    }
  }
  return best;
}

void AddPrincipalContext(const Principal& principal, Context& context) {
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) context[key] = {value};
  };
  const auto after = [](const std::string& text, char separator) {
    const size_t at = text.rfind(separator);
    return at == std::string::npos ? text : text.substr(at + 1);
  };
  switch (principal.kind) {
    case Principal::Kind::kService:
      add("aws:principalisawsservice", "true");
      add("aws:principalservicename", principal.service);
      add("aws:sourcearn", principal.source_arn);
      add("aws:sourceaccount", principal.account.str());
      return;
    case Principal::Kind::kAnonymous:
      add("aws:principaltype", "Anonymous");
      add("aws:principalisawsservice", "false");
      return;
    case Principal::Kind::kRoot:
      add("aws:principaltype", "Account");
      add("aws:principalarn", principal.arn);
      break;
    case Principal::Kind::kUser:
      add("aws:principaltype", "User");
      add("aws:principalarn", principal.arn);
      add("aws:username", after(principal.arn, '/'));
      break;
    case Principal::Kind::kAssumedRole:
      add("aws:principaltype", "AssumedRole");
      add("aws:principalarn", principal.role_arn);
      break;
  }
  add("aws:principalaccount", principal.account.str());
  add("aws:userid", principal.id);
  add("aws:principalisawsservice", "false");
}

}  // namespace riposte::access
