#include "store/testing/fault_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace riposte::store::testing {

namespace {

struct Undo {
  int64_t offset;
  std::string before;  ///< Shorter than the write where the file grew.
  int64_t size;        ///< Of the file, before the write.
};

struct State {
  std::mutex mutex;
  bool fail_syncs = false;
  bool fail_database_syncs = false;
  bool full = false;
  int writes_left = -1;  ///< Until it is full; -1: not counted.
  bool dead = false;
  int cut_at = 0;  ///< Syncs from now; 0: not.
  bool cut_after = false;
  int fail_from = 0;
  int fill_from = 0;
  std::map<std::string, std::vector<Undo>> unsynced;
};

State& Shared() {
  static State state;
  return state;
}

/// What SQLite allocates for each open file; the real file lies behind it.
struct File {
  sqlite3_file base;
  const char* path;  ///< Lives as long as the open file.
  sqlite3_file* real;
};

File* Self(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);
}
sqlite3_file* Real(sqlite3_file* file) {
  return Self(file)->real;
}

void Remember(File* file, int64_t offset, int64_t amount) {
  if (file->path == nullptr) return;
  Undo undo{offset, {}, 0};
  file->real->pMethods->xFileSize(file->real, reinterpret_cast<sqlite3_int64*>(&undo.size));
  const int64_t kept = std::clamp<int64_t>(undo.size - offset, 0, amount);
  undo.before.resize(static_cast<size_t>(kept));
  if (kept > 0) {
    file->real->pMethods->xRead(file->real, undo.before.data(), static_cast<int>(kept), offset);
  }
  Shared().unsynced[file->path].push_back(std::move(undo));
}

int Close(sqlite3_file* f) {
  return Real(f)->pMethods->xClose(Real(f));
}

int Read(sqlite3_file* f, void* data, int amount, sqlite3_int64 offset) {
  return Real(f)->pMethods->xRead(Real(f), data, amount, offset);
}

int Write(sqlite3_file* f, const void* data, int amount, sqlite3_int64 offset) {
  const std::scoped_lock lock(Shared().mutex);
  if (Shared().dead) return SQLITE_IOERR_WRITE;
  if (Shared().writes_left == 0) Shared().full = true;
  if (Shared().writes_left > 0) --Shared().writes_left;
  if (Shared().fill_from > 0 && --Shared().fill_from == 0) Shared().full = true;
  if (Shared().full) return SQLITE_FULL;
  Remember(Self(f), offset, amount);
  return Real(f)->pMethods->xWrite(Real(f), data, amount, offset);
}

int Truncate(sqlite3_file* f, sqlite3_int64 size) {
  const std::scoped_lock lock(Shared().mutex);
  if (Shared().dead) return SQLITE_IOERR_TRUNCATE;
  sqlite3_int64 old = 0;
  Real(f)->pMethods->xFileSize(Real(f), &old);
  Remember(Self(f), size, std::max<int64_t>(old - size, 0));
  return Real(f)->pMethods->xTruncate(Real(f), size);
}

int Sync(sqlite3_file* f, int) {
  const std::scoped_lock lock(Shared().mutex);
  State& state = Shared();
  if (state.fail_from > 0 && --state.fail_from == 0) state.fail_syncs = true;
  const bool cut = state.cut_at > 0 && --state.cut_at == 0;
  if (cut && !state.cut_after) state.dead = true;
  if (state.dead || state.fail_syncs) return SQLITE_IOERR_FSYNC;
  if (state.fail_database_syncs && Self(f)->path != nullptr &&
      std::string_view(Self(f)->path).ends_with(".db")) {
    return SQLITE_IOERR_FSYNC;
  }
  if (Self(f)->path != nullptr) state.unsynced.erase(Self(f)->path);
  if (cut) state.dead = true;
  return SQLITE_OK;  // The process lives on, so the page cache is disk enough.
}

int FileSize(sqlite3_file* f, sqlite3_int64* size) {
  return Real(f)->pMethods->xFileSize(Real(f), size);
}
int Lock(sqlite3_file* f, int level) {
  return Real(f)->pMethods->xLock(Real(f), level);
}
int Unlock(sqlite3_file* f, int level) {
  return Real(f)->pMethods->xUnlock(Real(f), level);
}
int CheckReservedLock(sqlite3_file* f, int* out) {
  return Real(f)->pMethods->xCheckReservedLock(Real(f), out);
}
int FileControl(sqlite3_file* f, int op, void* arg) {
  return Real(f)->pMethods->xFileControl(Real(f), op, arg);
}
int SectorSize(sqlite3_file* f) {
  return Real(f)->pMethods->xSectorSize(Real(f));
}
int DeviceCharacteristics(sqlite3_file* f) {
  return Real(f)->pMethods->xDeviceCharacteristics(Real(f));
}
int ShmMap(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  return Real(f)->pMethods->xShmMap(Real(f), page, size, extend, out);
}
int ShmLock(sqlite3_file* f, int offset, int count, int flags) {
  return Real(f)->pMethods->xShmLock(Real(f), offset, count, flags);
}
void ShmBarrier(sqlite3_file* f) {
  Real(f)->pMethods->xShmBarrier(Real(f));
}
int ShmUnmap(sqlite3_file* f, int remove) {
  return Real(f)->pMethods->xShmUnmap(Real(f), remove);
}

const sqlite3_io_methods kMethods = {.iVersion = 2,
                                     .xClose = Close,
                                     .xRead = Read,
                                     .xWrite = Write,
                                     .xTruncate = Truncate,
                                     .xSync = Sync,
                                     .xFileSize = FileSize,
                                     .xLock = Lock,
                                     .xUnlock = Unlock,
                                     .xCheckReservedLock = CheckReservedLock,
                                     .xFileControl = FileControl,
                                     .xSectorSize = SectorSize,
                                     .xDeviceCharacteristics = DeviceCharacteristics,
                                     .xShmMap = ShmMap,
                                     .xShmLock = ShmLock,
                                     .xShmBarrier = ShmBarrier,
                                     .xShmUnmap = ShmUnmap,
                                     .xFetch = nullptr,
                                     .xUnfetch = nullptr};

sqlite3_vfs* RealVfs() {
  return sqlite3_vfs_find(nullptr);
}

int Open(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out_flags) {
  File* file = Self(f);
  file->path = name;
  file->real = reinterpret_cast<sqlite3_file*>(file + 1);
  file->base.pMethods = nullptr;
  const int code = RealVfs()->xOpen(RealVfs(), name, file->real, flags, out_flags);
  if (file->real->pMethods != nullptr) file->base.pMethods = &kMethods;
  return code;
}

int Delete(sqlite3_vfs*, const char* name, int sync_directory) {
  const std::scoped_lock lock(Shared().mutex);
  if (Shared().dead) return SQLITE_IOERR_DELETE;
  Shared().unsynced.erase(name);
  return RealVfs()->xDelete(RealVfs(), name, sync_directory);
}

void Undelay(const std::string& path, const std::vector<Undo>& undos) {
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  for (auto undo = undos.rbegin(); undo != undos.rend(); ++undo) {
    if (!undo->before.empty()) {
      [[maybe_unused]] const ssize_t n =
          pwrite(file, undo->before.data(), undo->before.size(), undo->offset);
    }
    [[maybe_unused]] const int r = ftruncate(file, undo->size);
  }
  close(file);
}

}  // namespace

void FaultVfs::Register() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs copy = *RealVfs();
    copy.iVersion = 2;  // Without the hooks for system calls, which belong to the real one.
    copy.szOsFile = static_cast<int>(sizeof(File)) + RealVfs()->szOsFile;
    copy.zName = kName;
    copy.pNext = nullptr;
    copy.xOpen = Open;
    copy.xDelete = Delete;
    return copy;
  }();
  sqlite3_vfs_register(&vfs, 0);
  const std::scoped_lock lock(Shared().mutex);
  Shared().fail_syncs = Shared().full = Shared().dead = false;
  Shared().writes_left = -1;
  Shared().fail_database_syncs = false;
  Shared().unsynced.clear();
}

void FaultVfs::FailSyncs(bool fail) {
  const std::scoped_lock lock(Shared().mutex);
  Shared().fail_syncs = fail;
}

void FaultVfs::FailDatabaseSyncs(bool fail) {
  const std::scoped_lock lock(Shared().mutex);
  Shared().fail_database_syncs = fail;
}

void FaultVfs::FillDisk(bool full) {
  const std::scoped_lock lock(Shared().mutex);
  Shared().full = full;
  Shared().writes_left = -1;
}

void FaultVfs::FillDiskAfter(int writes) {
  const std::scoped_lock lock(Shared().mutex);
  Shared().full = false;
  Shared().writes_left = writes;
}

void FaultVfs::PowerCut() {
  const std::scoped_lock lock(Shared().mutex);
  Shared().dead = true;
}

void FaultVfs::PowerCutAt(int sync, bool after) {
  const std::scoped_lock lock(Shared().mutex);
  Shared().cut_at = sync;
  Shared().cut_after = after;
}

void FaultVfs::FailSyncsFrom(int sync) {
  const std::scoped_lock lock(Shared().mutex);
  Shared().fail_from = sync;
}

void FaultVfs::FillDiskFrom(int write) {
  const std::scoped_lock lock(Shared().mutex);
  Shared().fill_from = write;
}

bool FaultVfs::Dead() {
  const std::scoped_lock lock(Shared().mutex);
  return Shared().dead;
}

void FaultVfs::Heal() {
  const std::scoped_lock lock(Shared().mutex);
  Shared().fail_syncs = Shared().full = false;
  Shared().cut_at = Shared().fail_from = Shared().fill_from = 0;
}

void FaultVfs::Restore() {
  const std::scoped_lock lock(Shared().mutex);
  for (const auto& [path, undos] : Shared().unsynced) Undelay(path, undos);
  Shared().unsynced.clear();
  Shared().dead = false;
}

}  // namespace riposte::store::testing
