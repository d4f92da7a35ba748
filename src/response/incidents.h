// Incidents: each finding that came in, and everything that happened because of it.
//
// Data path:     every service -> Incidents::Emit -> bus (the next EventSink)
// Thread safety: Emit and the queries run inside transactions, as api/registry.h says.
//
// An incident is known by the correlation of its finding ("inc-…"). Its timeline is the observed
// record of every event, decision and call that carries that correlation, or the correlation of the
// event that the finding was made from.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "api/sinks.h"

namespace riposte::response {

class Incidents final : public api::EventSink {
 public:
  Incidents(api::EventSink& next, const Clock& clock) : next_(next), clock_(clock) {}

  /// Notes what concerns an incident at the time it arrives (an event's own time may be long past),
  /// then hands the event on.
  void Emit(store::Transaction& tx, api::Event event) override;

  /// Newest first; at most `limit`, from the one after `token` ("" is the start).
  struct Page {
    json::Array incidents;
    std::string next_token;
  };
  [[nodiscard]] Page List(store::Transaction& tx, const Scope& scope, const std::string& status,
                          int64_t limit, const std::string& token) const;
  /// With its timeline. nullopt when there is none.
  [[nodiscard]] std::optional<json::Object> Describe(store::Transaction& tx, const Scope& scope,
                                                     const std::string& id) const;

  [[nodiscard]] static std::span<const store::Migration> Migrations();

 private:
  void NoteFinding(store::Transaction& tx, const api::Event& event, TimePoint now);

  api::EventSink& next_;
  const Clock& clock_;
};

}  // namespace riposte::response
