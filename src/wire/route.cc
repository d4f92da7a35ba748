// Codec::FindRoute: which service, operation and protocol a request means.
#include <algorithm>

#include "base/encoding.h"
#include "wire/codec.h"
#include "wire/http_binding.h"

namespace riposte::wire {
namespace {

bool IsJsonRpc(Protocol protocol) {
  return protocol == Protocol::kAwsJson10 || protocol == Protocol::kAwsJson11;
}

/// The first of the service's protocols that satisfies `test`.
template <class Test>
std::optional<Protocol> FirstProtocol(const ServiceModel& service, Test test) {
  for (const Protocol protocol : service.protocols) {
    if (test(protocol)) return protocol;
  }
  return std::nullopt;
}

WireError UnknownOperation(std::string_view name) {
  return {"UnknownOperationException",
          name.empty() ? "The request names no operation."
                       : "The operation " + std::string(name.substr(0, 128)) + " is not known.",
          404,
          false,
          {}};
}

/// The value of `key` in a form or query string, decoded; nullopt when it is not there.
std::optional<std::string> FindParameter(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.size() > key.size() && pair.starts_with(key) && pair[key.size()] == '=') {
      return PercentDecode(pair.substr(key.size() + 1), true);
    }
  }
  return std::nullopt;
}

std::optional<std::string> FormParameter(const http::Request& request, std::string_view key) {
  if (auto value = FindParameter(request.query(), key)) return value;
  const std::string_view type = request.headers.Get("Content-Type");
  const bool form = type.empty() || type.starts_with("application/x-www-form-urlencoded");
  return form ? FindParameter(request.body, key) : std::nullopt;
}

const OperationModel* FindExact(const ServiceModel& service, std::string_view name) {
  const auto it = service.operations.find(name);
  return it == service.operations.end() ? nullptr : &it->second;
}

/// True when a bare key of the query ("?policyStatus") is one that the operation knows: at S3 it
/// names another operation, not an option of this one.
bool KnowsBareKeys(const OperationModel& operation, std::string_view query) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty() || pair.find('=') != std::string_view::npos) continue;
    const bool literal = std::any_of(operation.uri_query.begin(), operation.uri_query.end(),
                                     [pair](const auto& known) { return known.first == pair; });
    const bool bound =
        std::any_of(operation.input->members.begin(), operation.input->members.end(),
                    [pair](const Member& member) { return member.http_query == pair; });
    if (!literal && !bound) return false;
  }
  return true;
}

/// What tells a path of one service from the same path of another that signs alike.
bool HasRequiredHeaders(const OperationModel& operation, const http::Request& request) {
  return std::ranges::all_of(operation.input->members, [&request](const Member& member) {
    return !member.required || member.http_header.empty() ||
           request.headers.Has(member.http_header);
  });
}

struct RestMatch {
  const ServiceModel* service = nullptr;
  const OperationModel* operation = nullptr;
  UriMatch match;
};

/// The best fit among the operations of one service.
std::optional<RestMatch> MatchRest(const ServiceModel& service, const http::Request& request,
                                   bool bare_keys_matter) {
  std::optional<RestMatch> best;
  for (const auto& [name, operation] : service.operations) {
    auto match = MatchUri(operation, request);
    if (!match || (best && best->match.score >= match->score)) continue;
    if (bare_keys_matter && !KnowsBareKeys(operation, request.query())) continue;
    best = RestMatch{&service, &operation, std::move(*match)};
  }
  return best;
}

class Router {
 public:
  Router(const Catalog& catalog, const http::Request& request, std::string_view signing_name)
      : catalog_(catalog), request_(request), signing_name_(signing_name) {}

  Codec::Found Find() {
    if (FindRpcV2() || FindTarget()) return std::move(found_);
    const ServiceModel* service =
        signing_name_.empty() ? nullptr : catalog_.FindBySigningName(signing_name_);
    if (service) {
      Route& route = found_.route;
      route.service = service;
      route.protocol = service->protocols.front();
      if (!FindAction(*service) && !FindPath(*service)) {
        if (IsJsonRpc(route.protocol)) route.operation = nullptr;
        if (!found_.error) found_.error = NoOperation(*service);
      }
      return std::move(found_);
    }
    // A path alone does not tell services apart, S3's least of all: who signs for a service that
    // is not here hears just that.
    if (FindAnyAction() || (signing_name_.empty() && FindAnyPath())) return std::move(found_);
    if (!found_.error) {
      found_.error = signing_name_.empty()
                         ? UnknownOperation("")
                         : WireError{"UnknownOperationException",
                                     "The service " + std::string(signing_name_.substr(0, 64)) +
                                         " is not offered here.",
                                     404,
                                     false,
                                     {}};
    }
    return std::move(found_);
  }

 private:
  static WireError NoOperation(const ServiceModel& service) {
    if (service.Speaks(Protocol::kAwsQuery) || service.Speaks(Protocol::kEc2Query)) {
      return {"MissingAction", "The request must contain the parameter Action", 400, false, {}};
    }
    return UnknownOperation("");
  }

  /// POST /service/<name>/operation/<name>
  bool FindRpcV2() {
    constexpr std::string_view kService = "/service/";
    constexpr std::string_view kOperation = "/operation/";
    const std::string_view path = request_.path();
    if (!path.starts_with(kService) || request_.method != "POST") return false;
    const size_t middle = path.find(kOperation, kService.size());
    if (middle == std::string_view::npos) return false;
    const std::string_view name = path.substr(kService.size(), middle - kService.size());
    const std::string_view operation = path.substr(middle + kOperation.size());
    const ServiceModel* service = catalog_.FindByTargetPrefix(name);
    if (!service || !service->Speaks(Protocol::kRpcV2Cbor)) return false;
    Set(*service, Protocol::kRpcV2Cbor, operation);
    return true;
  }

  /// X-Amz-Target: <prefix>.<operation>
  bool FindTarget() {
    const std::string_view target = request_.headers.Get("X-Amz-Target");
    const size_t dot = target.rfind('.');
    if (dot == std::string_view::npos) return false;
    const std::string_view type = request_.headers.Get("Content-Type");
    const Protocol wanted = type.starts_with("application/x-amz-json-1.0") ? Protocol::kAwsJson10
                                                                           : Protocol::kAwsJson11;
    const ServiceModel* service = catalog_.FindByTargetPrefix(target.substr(0, dot));
    if (!service || !FirstProtocol(*service, IsJsonRpc)) {
      found_.route.protocol = wanted;
      found_.error = UnknownOperation(target);
      return true;
    }
    Set(*service, service->Speaks(wanted) ? wanted : *FirstProtocol(*service, IsJsonRpc),
        target.substr(dot + 1));
    return true;
  }

  void Set(const ServiceModel& service, Protocol protocol, std::string_view operation) {
    Route& route = found_.route;
    route.service = &service;
    route.protocol = protocol;
    route.operation = FindExact(service, operation);
    if (!route.operation) found_.error = UnknownOperation(operation);
  }

  static WireError InvalidAction(std::string_view action) {
    return {
        "InvalidAction",
        "The action " + std::string(action.substr(0, 128)) + " is not valid for this web service.",
        400,
        false,
        {}};
  }

  static bool IsQuery(Protocol protocol) {
    return protocol == Protocol::kAwsQuery || protocol == Protocol::kEc2Query;
  }

  /// Action=… of a service that is known.
  bool FindAction(const ServiceModel& service) {
    const auto protocol = FirstProtocol(service, IsQuery);
    if (!protocol) return false;
    const auto action = FormParameter(request_, "Action");
    if (!action) return false;
    Route& route = found_.route;
    route.protocol = *protocol;
    route.operation = FindExact(service, *action);
    if (!route.operation) found_.error = InvalidAction(*action);
    return true;
  }

  bool FindPath(const ServiceModel& service) {
    const auto protocol = FirstProtocol(
        service, [](Protocol p) { return p == Protocol::kRestJson1 || p == Protocol::kRestXml; });
    if (!protocol) return false;
    auto match = MatchRest(service, request_, *protocol == Protocol::kRestXml);
    for (const ServiceModel* sibling : catalog_.FindSiblings(service)) {
      if (!sibling->Speaks(*protocol)) continue;
      auto other = MatchRest(*sibling, request_, *protocol == Protocol::kRestXml);
      if (!other || !HasRequiredHeaders(*other->operation, request_)) continue;
      if (!match || other->match.score > match->match.score) match = std::move(other);
    }
    if (!match) return false;
    SetPath(*match, *protocol);
    return true;
  }

  void SetPath(RestMatch& match, Protocol protocol) {
    Route& route = found_.route;
    route.service = match.service;
    route.protocol = protocol;
    route.operation = match.operation;
    route.labels = std::move(match.match.labels);
  }

  /// Action=… of an unsigned call: the version, where given, tells services apart.
  bool FindAnyAction() {
    const auto action = FormParameter(request_, "Action");
    if (!action) return false;
    const auto version = FormParameter(request_, "Version");
    found_.route.protocol = Protocol::kAwsQuery;
    for (const Protocol protocol : {Protocol::kAwsQuery, Protocol::kEc2Query}) {
      for (const ServiceModel* service : catalog_.FindByOperation(*action, protocol)) {
        if (version && service->api_version != *version) continue;
        found_.route.service = service;
        found_.route.protocol = protocol;
        found_.route.operation = FindExact(*service, *action);
        return true;
      }
    }
    found_.error = InvalidAction(*action);
    return true;
  }

  /// A REST path of an unsigned call; S3 last, because its paths fit everything.
  bool FindAnyPath() {
    for (const Protocol protocol : {Protocol::kRestJson1, Protocol::kRestXml}) {
      std::optional<RestMatch> best;
      for (const ServiceModel* service : catalog_.FindByProtocol(protocol)) {
        auto match = MatchRest(*service, request_, protocol == Protocol::kRestXml);
        if (match && (!best || match->match.score > best->match.score)) best = std::move(match);
      }
      if (best) {
        SetPath(*best, protocol);
        return true;
      }
    }
    return false;
  }

  const Catalog& catalog_;
  const http::Request& request_;
  const std::string_view signing_name_;
  Codec::Found found_;
};

}  // namespace

Codec::Found Codec::FindRoute(const http::Request& request, std::string_view signing_name) const {
  return Router(catalog_, request, signing_name).Find();
}

}  // namespace riposte::wire
