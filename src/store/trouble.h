// What a disk does to a store: why a write was not stored (Store::Trouble() says what is wrong
// now).
//
// Thread safety: any thread.
#pragma once

#include "store/store.h"

namespace riposte::store {

/// Nothing was stored, through no fault of the closure: the disk refuses writes, the store has
/// failed or is closing. The same write may succeed later. (So may one that was Overloaded.)
class Unavailable : public Failure {
 public:
  using Failure::Failure;
};
/// The disk refused a write (no space, an I/O error) before anything was made durable; the next
/// commit may succeed. After a failed sync none does:
/// docs/decisions/0009-what-a-failed-commit-means.md
class WriteRefused : public Unavailable {
 public:
  using Unavailable::Unavailable;
};

}  // namespace riposte::store
