// What ties together everything that one finding or event caused.
//
// A Trace is made when an event is accepted, is stored with each delivery and execution, rides in
// the X-Amzn-Trace-Id header of calls that functions make, and ends in each audit record. The
// timeline of an incident is every record with its correlation. Plain value.
#pragma once

#include <string>

namespace riposte {

struct Trace {
  /// Empty: caused by nobody's event (an operator's call). Else at most 64 characters of
  /// [A-Za-z0-9._-]: "inc-<16 hex digits>" for findings, the event's id otherwise.
  std::string correlation;
  /// How many events of this chain were emitted by the engine's own actions; the chain is cut at
  /// kMaxHops (spec: Event bus, loops).
  int hops = 0;

  static constexpr int kMaxHops = 16;

  /// True for what a finding caused: such calls and deliveries are told one by one, in a timeline.
  [[nodiscard]] bool in_incident() const { return correlation.starts_with("inc-"); }
};

}  // namespace riposte
