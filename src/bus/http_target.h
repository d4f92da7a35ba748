// Calls API destinations: one HTTP request an event, authorised by the destination's connection.
//
// Data path:     RuleTargets::Deliver() -> HttpTarget::Deliver() -> HttpConnections::Send()
//                or, for whoever wants the reply, HttpTarget::Call()
// Thread safety: on the loop; the completion runs there too.
// Facts:         "API destinations as targets", EventBridge user guide.
//
// | what came of it | the delivery |
// |---|---|
// | 2xx | done |
// | 429, 5xx | again later, not before Retry-After says; a negative one ends it |
// | 401, 407 with OAuth | the token is fetched anew and the request sent again, once; then later |
// | no reply within 5 seconds, no connection | again later |
// | any other status | dead: SDK_CLIENT_ERROR |
// | no destination, no connection of that ARN | dead: NO_RESOURCE |
// | the role may not events:InvokeApiDestination | dead: NO_PERMISSIONS |
// | a value of the event that no request may carry | dead: INVALID_PARAMETER |
#pragma once

#include <functional>
#include <string>
#include <unordered_map>

#include "access/principal.h"
#include "bus/http_connection.h"
#include "bus/rule_delivery.h"
#include "delivery/delivery.h"

namespace riposte::bus {

/// How many calls a second each destination gets: a leaky bucket that lets a tenth of a second's
/// worth through at once. Cost: one small entry a destination that was called within the last
/// second.
class CallPace {
 public:
  /// The longest `patience`.
  static constexpr Millis kMostPatience = std::chrono::seconds(2);

  /// How long the next call has to wait. It counts, and its place is kept, when that is no longer
  /// than `patience`; else nothing has happened.
  [[nodiscard]] Millis Take(const std::string& arn, int64_t per_second, TimePoint now,
                            Millis patience);
  void Clear() { next_.clear(); }

 private:
  using Micros = std::chrono::sys_time<std::chrono::microseconds>;
  std::unordered_map<std::string, Micros> next_;  ///< When the bucket will have drained.
};

class HttpTarget {
 public:
  static constexpr int64_t kDefaultRate = 300;

  /// Whether a role may call a destination.
  using MayInvoke = std::function<bool(const access::Principal& role, const std::string& arn)>;
  /// Everything it stands on; all outlive it.
  struct Parts {
    store::Store& store;
    HttpConnections& connections;
    Executor& loop;
    const Clock& clock;
    MayInvoke may_invoke;
  };
  explicit HttpTarget(Parts parts) : parts_(std::move(parts)) {}

  /// The calls a second that the destination takes; 0 when there is none of that ARN.
  [[nodiscard]] static int RateOf(store::Transaction& tx, const std::string& arn);
  /// Beyond the rate (others may call the destination too) the work is held back.
  void Deliver(const delivery::Work& work, const RuleDelivery& delivery,
               const access::Principal& role, delivery::Target::Completion completion);
  /// The same for another caller than a rule: `input` is the body, `parameters` what
  /// HttpParameters::Resolve() gave. Errors: as HttpConnections::Send says, kNotFound without such
  /// a destination, kPermissionDenied when the role may not, kThrottled beyond the rate.
  void Call(const std::string& arn, const access::Principal& role, const std::string& input,
            const json::Object& parameters, HttpConnections::Completion completion);
  /// Forgets memory after Store::DeleteAllRows.
  void Reset() { pace_.Clear(); }

 private:
  [[nodiscard]] std::optional<ApiDestinationRow> Find(const std::string& arn) const;
  /// Sends the call when the destination's rate has room for it: now, or shortly. When that would
  /// take too long, or too many wait already, completes with kThrottled and says by `wait` how
  /// long.
  void Send(const ApiDestinationRow& row, HttpCall call,
            std::move_only_function<void(Result<http::Response>, Millis wait)> completion);

  Parts parts_;
  CallPace pace_;
  int waiting_ = 0;
};

/// What a reply, or the lack of one, means for a delivery that is tried until `expires`.
[[nodiscard]] delivery::Result ResultOf(const Result<http::Response>& reply, TimePoint now,
                                        TimePoint expires);

}  // namespace riposte::bus
