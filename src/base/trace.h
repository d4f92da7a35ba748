// What ties together everything that one finding or event caused.
//
// A Trace is made when an event is accepted, is stored with each delivery and execution, rides in
// the X-Amzn-Trace-Id header of calls that functions make, and ends in each audit record. The
// timeline of an incident is every record with its correlation. Plain value.
#pragma once

#include <string>
#include <string_view>

namespace riposte {

struct Trace {
  /// Empty: caused by nobody's event (an operator's call). Else at most 64 characters of
  /// [A-Za-z0-9._-]: "inc-<16 hex digits>" for findings, the event's id otherwise.
  std::string correlation;
  /// How many deliveries led here: of a rule, a topic, a queue to a function, or one function to
  /// another; the chain is cut at kMaxHops (spec: Event bus, loops).
  int hops = 0;

  static constexpr int kMaxHops = 16;

  /// True for what a finding caused: such calls and deliveries are told one by one, in a timeline.
  [[nodiscard]] bool in_incident() const { return correlation.starts_with("inc-"); }
};

/// "Root=<correlation>;Hops=<n>": the X-Amzn-Trace-Id of what functions send on, and the
/// AWSTraceHeader of messages; "" without a correlation.
[[nodiscard]] std::string FormatTrace(const Trace& trace);
/// The other way; whatever else is in the header is ignored.
[[nodiscard]] Trace ParseTrace(std::string_view header);

}  // namespace riposte
