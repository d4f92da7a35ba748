// A closure's own savepoint, and doing without it.
//
// Each closure can be undone alone: before its first change a savepoint is opened, and from then on
// SQLite keeps the former content of every page that the closure touches. For a closure that
// changes one row that is more work than the change: a fifth to a third of what it costs to send a
// message. Whoever throws only before the first change has nothing to undo, and can leave it out.
//
// Thread safety: inside a closure of Store::Write. In read transactions without effect.
#pragma once

#include "store/store.h"

namespace riposte::store {

/// The closure promises to throw only while it has changed nothing. When it breaks the promise (a
/// bug: the log tells) all closures of its batch are undone and get Unavailable. Without effect
/// once the closure has written, or after KeepGuarded.
void LeaveUnguarded(Transaction& tx);

/// For whoever runs others' code inside a closure and may throw later: what that code promises does
/// not bind the whole. Without effect after LeaveUnguarded.
void KeepGuarded(Transaction& tx);

}  // namespace riposte::store
