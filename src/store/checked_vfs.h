// Pages of the database that cannot change unseen. Private to this folder.
//
// A SQLite VFS over another one. Each page of the database file ends in eight bytes that SQLite
// leaves alone (its header says so); they hold a checksum over the rest of the page and its number,
// set when the page is written, compared when it is read. A page that does not fit its checksum is
// a kind of SQLITE_CORRUPT to the statement that needed it, and to it alone. So rows, indexes, the
// schema and the links between pages are all covered; the log has checksums of SQLite's own
// (log_check.h).
//
// Data path:     Connection -> SQLite -> this -> the VFS of the system (or of a test)
// Thread safety: as SQLite's own files: one thread at a time for each.
// Cost:          about three microseconds a page of 16 KiB, on reads that miss the cache and in
//                checkpoints; nothing in a commit, which writes the log.
// Why pages and not rows: docs/decisions/0010-checksums-by-page.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace riposte::store {

inline constexpr int kPageBytes = 16'384;
inline constexpr int kSealBytes = 8;  ///< At the end of each page.

/// The checksum of a page's first bytes under its number (1 is the first). Any damage within eight
/// aligned bytes changes it; other damage goes unseen once in 2^64.
[[nodiscard]] uint64_t PageSeal(std::string_view bytes, int64_t number);

/// The name of the VFS that seals and checks what `base` stores ("" is the default).
/// Registered with SQLite at its first use. Databases whose header does not leave room for seals
/// pass through unchanged. REQUIRES: `base` stays registered.
[[nodiscard]] std::string CheckedVfs(const std::string& base);

/// For sqlite3_file_control: the number of the last page that did not fit its checksum, or 0, into
/// an int64_t.
inline constexpr int kLastDamagedPage = 0x52495001;

}  // namespace riposte::store
