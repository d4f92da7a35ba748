// Did the log lose commits that were durable? Private to this folder.
//
// SQLite's log (the -wal file) is a header and frames, each with a checksum that covers all before
// it: https://www.sqlite.org/fileformat.html#the_write_ahead_log. At a start SQLite takes frames up
// to the first that does not fit and forgets the rest without a word. For a commit that a power cut
// interrupted that is right; for a damaged frame with later commits behind it, it loses what was
// acknowledged. The difference shows: the store syncs each commit before it writes the next, so
// whatever has another commit after it was durable.
//
// Not told apart: damage within the last commit of a log, and a power cut during that commit. Only
// an engine that did not end in order leaves a log at all.
#pragma once

#include <string>

#include "base/result.h"

namespace riposte::store {

/// Looks at the log of the database `path`, if there is one. Errors: kCorrupt, saying where.
/// REQUIRES: nobody has the database open.
[[nodiscard]] Status CheckLog(const std::string& path);

/// Looks at the header of the database file: SQLite believes what it says of the size of a page
/// before any checksum can be compared. Errors: kCorrupt.
[[nodiscard]] Status CheckHeader(const std::string& path);

}  // namespace riposte::store
