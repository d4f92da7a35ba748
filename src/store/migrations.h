// Brings the tables of every component to the version this program knows. Private to this folder.
//
// Table store_migrations: one row for each migration that was applied.
#pragma once

#include <span>

#include "base/result.h"
#include "store/connection.h"
#include "store/store.h"

namespace riposte::store {

/// Applies what is missing, all in one transaction. Errors: kConflict when the file holds a
/// component or a version that `migrations` lacks (a newer program wrote it); kInternal when the
/// versions of a component are not 1, 2, 3 …; kUnavailable when SQL fails.
[[nodiscard]] Status Migrate(Connection& connection, std::span<const Migration> migrations);

}  // namespace riposte::store
