// Dashboards: documents by name, of an account (they have no region).
//
// Functions over a Transaction, on its thread. Source: "Dashboard body structure and syntax",
// CloudWatch API reference.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/scope.h"
#include "base/time.h"
#include "store/store.h"

namespace riposte::observe {

struct Dashboard {
  std::string name;
  std::string body;
  TimePoint modified;
};

/// What is wrong with a body: a path in it ("/widgets/0/type") and a sentence. A fatal one makes
/// the service refuse the dashboard; with others it is kept.
struct DashboardComplaint {
  std::string path;
  std::string message;
  bool fatal = false;
};
[[nodiscard]] std::vector<DashboardComplaint> CheckDashboard(const std::string& body);

void PutDashboard(store::Transaction& tx, const AccountId& account, const Dashboard& dashboard);
[[nodiscard]] std::optional<Dashboard> FindDashboard(store::Transaction& tx,
                                                     const AccountId& account,
                                                     const std::string& name);
/// By name; those whose name starts with `prefix`.
[[nodiscard]] std::vector<Dashboard> ListDashboards(store::Transaction& tx,
                                                    const AccountId& account,
                                                    const std::string& prefix);
[[nodiscard]] bool DeleteDashboard(store::Transaction& tx, const AccountId& account,
                                   const std::string& name);

}  // namespace riposte::observe
