#include "observe/dashboards.h"

#include <algorithm>

#include "json/json.h"

namespace riposte::observe {
namespace {

constexpr size_t kMaxBodyBytes = 1024 * 1024;
constexpr size_t kMaxWidgets = 500;
constexpr std::string_view kWidgetTypes[] = {"metric", "text",   "log",
                                             "alarm",  "custom", "explorer"};

void CheckWidget(const json::Value& widget, const std::string& path,
                 std::vector<DashboardComplaint>& out) {
  if (!widget.is_object()) {
    out.push_back({path, "Should be object", true});
    return;
  }
  const json::Object& object = widget.get_object();
  const std::string_view type = json::GetString(object, "type");
  if (type.empty()) {
    out.push_back({path, "Should have required property 'type'", true});
  } else if (std::find(std::begin(kWidgetTypes), std::end(kWidgetTypes), type) ==
             std::end(kWidgetTypes)) {
    out.push_back({path + "/type", "Should be equal to one of the allowed values", true});
  }
  if (!json::GetObject(object, "properties")) {
    out.push_back({path, "Should have required property 'properties'", true});
  }
  for (const char* member : {"x", "y", "width", "height"}) {
    const json::Value* value = json::Find(object, member);
    if (value && (!value->is_number() || value->to_number<double>() < 0)) {
      out.push_back({path + "/" + member, "Should be a number that is not negative", true});
    }
  }
  if (type == "metric") {
    const json::Object* properties = json::GetObject(object, "properties");
    const json::Value* metrics = properties ? json::Find(*properties, "metrics") : nullptr;
    if (metrics && !metrics->is_array()) {
      out.push_back({path + "/properties/metrics", "Should be array", true});
    }
    if (properties && json::GetString(*properties, "region").empty()) {
      out.push_back({path + "/properties/region", "Should name a region", false});
    }
  }
}

}  // namespace

std::vector<DashboardComplaint> CheckDashboard(const std::string& body) {
  if (body.size() > kMaxBodyBytes) return {{"/", "The dashboard body is too large", true}};
  const auto parsed = json::Parse(body);
  if (!parsed || !parsed->is_object()) {
    return {{"/", "The dashboard body is invalid: it should be a JSON object", true}};
  }
  const json::Value* widgets = json::Find(parsed->get_object(), "widgets");
  if (!widgets) return {{"/", "Should have required property 'widgets'", true}};
  if (!widgets->is_array()) return {{"/widgets", "Should be array", true}};
  if (widgets->get_array().size() > kMaxWidgets) {
    return {{"/widgets", "Should not have more than 500 items", true}};
  }
  std::vector<DashboardComplaint> out;
  size_t index = 0;
  for (const json::Value& widget : widgets->get_array()) {
    CheckWidget(widget, "/widgets/" + std::to_string(index++), out);
  }
  return out;
}

void PutDashboard(store::Transaction& tx, const AccountId& account, const Dashboard& dashboard) {
  tx.Execute(
      "INSERT OR REPLACE INTO observe_dashboards (account, name, body, modified_ms)"
      " VALUES (?, ?, ?, ?)",
      {account.str(), dashboard.name, dashboard.body, dashboard.modified});
}

std::optional<Dashboard> FindDashboard(store::Transaction& tx, const AccountId& account,
                                       const std::string& name) {
  std::optional<Dashboard> dashboard;
  tx.QueryOne(
      "SELECT name, body, modified_ms FROM observe_dashboards WHERE account = ? AND name = ?",
      {account.str(), name},
      [&](const store::Row& row) { dashboard = Dashboard{row.Str(0), row.Str(1), row.Time(2)}; });
  return dashboard;
}

std::vector<Dashboard> ListDashboards(store::Transaction& tx, const AccountId& account,
                                      const std::string& prefix) {
  std::vector<Dashboard> out;
  tx.Query(
      "SELECT name, body, modified_ms FROM observe_dashboards"
      " WHERE account = ? AND name >= ? AND substr(name, 1, length(?)) = ? ORDER BY name",
      {account.str(), prefix, prefix, prefix}, [&](const store::Row& row) {
        out.push_back({row.Str(0), row.Str(1), row.Time(2)});
        return true;
      });
  return out;
}

bool DeleteDashboard(store::Transaction& tx, const AccountId& account, const std::string& name) {
  return tx.Execute("DELETE FROM observe_dashboards WHERE account = ? AND name = ?",
                    {account.str(), name}) > 0;
}

}  // namespace riposte::observe
