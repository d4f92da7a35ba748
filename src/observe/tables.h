// The tables of observe/. The SQL over each lies in the one source file that owns it: metrics.cc,
// alarm_tables.cc, dashboards.cc, log_tables.cc, audit.cc, timeline.cc, tags.cc; what expires is
// deleted by retention.cc.
#pragma once

#include <span>

#include "store/store.h"

namespace riposte::observe {

[[nodiscard]] std::span<const store::Migration> Migrations();

}  // namespace riposte::observe
