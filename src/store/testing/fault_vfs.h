// A SQLite VFS over the real one that fails when told to and forgets what was not synced.
//
// Register it once, pass kName as Store::Options::vfs. It keeps, for each file, what every write
// since the file's last sync replaced; PowerCut puts that back, as a disk does that lost its cache.
// Tests only; one set of files at a time; thread safe.
#pragma once

namespace riposte::store::testing {

class FaultVfs {
 public:
  static constexpr const char* kName = "riposte-fault";
  static void Register();

  /// Syncs fail from now on, or no longer.
  static void FailSyncs(bool fail);
  /// Syncs of the database fail from now on, or no longer; those of its log do not.
  static void FailDatabaseSyncs(bool fail);
  /// Writes report a full disk from now on, or no longer.
  static void FillDisk(bool full);
  /// So many more writes succeed; then the disk is full.
  static void FillDiskAfter(int writes);
  /// Everything fails from here on, as if the machine had stopped. Close the store, then Restore().
  static void PowerCut();
  /// The machine stops at the n-th sync from now (1: the next). What that sync was to make durable
  /// is lost, or, with `after`, is the last that was.
  static void PowerCutAt(int sync, bool after);
  /// That sync and all after it fail.
  static void FailSyncsFrom(int sync);
  /// The disk is full from the n-th write from now.
  static void FillDiskFrom(int write);
  /// Since a power cut.
  [[nodiscard]] static bool Dead();
  /// Nothing armed, nothing failing.
  static void Heal();
  /// Takes back every write that was not synced, and lets files work again.
  static void Restore();
};

}  // namespace riposte::store::testing
