#include "store/checked_vfs.h"

#include <sqlite3.h>

#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>

namespace riposte::store {

namespace {

constexpr size_t kSealed = kPageBytes - kSealBytes;
// The header of the file format: https://www.sqlite.org/fileformat.html#the_database_header
constexpr int kReservedAt = 20;

// After a plain SQLITE_CORRUPT SQLite refuses to commit whatever else the transaction did: it
// cannot know how far the damage reaches. Here it is known: one page, which nobody was shown. An
// extended code fails the statement alone.
constexpr int kDamaged = SQLITE_CORRUPT | (0x52 << 8);

struct Vfs {
  sqlite3_vfs vfs;
  sqlite3_vfs* base;
  std::string name;
};

/// What SQLite allocates for an open database; the real file lies behind it. Other files (the log)
/// are the base's alone.
struct File {
  sqlite3_file base;
  sqlite3_file* real;
  bool sealed;  ///< Known to leave room for seals.
  int64_t damaged;
};

File* Self(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);
}
sqlite3_file* Real(sqlite3_file* file) {
  return Self(file)->real;
}

uint64_t Word(const char* bytes) {
  uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

bool IsPage(int amount, sqlite3_int64 offset) {
  return amount == kPageBytes && offset % kPageBytes == 0;
}

/// Asked for each page until the answer is yes: a new database has its header in the log first.
bool Sealed(File* file) {
  if (file->sealed) return true;
  char reserved = 0;
  if (file->real->pMethods->xRead(file->real, &reserved, 1, kReservedAt) != SQLITE_OK) return false;
  file->sealed = reserved == kSealBytes;
  return file->sealed;
}

/// Pages that were never written read as zeros: SQLite leaves such holes for pages that came and
/// went within one transaction.
bool IsHole(const char* page) {
  return page[0] == 0 && std::memcmp(page, page + 1, kPageBytes - 1) == 0;
}

int Close(sqlite3_file* f) {
  return Real(f)->pMethods->xClose(Real(f));
}

int Read(sqlite3_file* f, void* data, int amount, sqlite3_int64 offset) {
  const int code = Real(f)->pMethods->xRead(Real(f), data, amount, offset);
  File* file = Self(f);
  if (code != SQLITE_OK || !IsPage(amount, offset) || !Sealed(file)) return code;
  const char* page = static_cast<const char*>(data);
  const int64_t number = offset / kPageBytes + 1;
  if (PageSeal({page, kSealed}, number) == Word(page + kSealed) || IsHole(page)) return code;
  file->damaged = number;
  return kDamaged;
}

int Write(sqlite3_file* f, const void* data, int amount, sqlite3_int64 offset) {
  File* file = Self(f);
  if (offset == 0 && amount > kReservedAt) {
    file->sealed = static_cast<const char*>(data)[kReservedAt] == kSealBytes;
  }
  if (!IsPage(amount, offset) || !Sealed(file)) {
    return file->real->pMethods->xWrite(file->real, data, amount, offset);
  }
  std::array<char, kPageBytes> page;
  std::memcpy(page.data(), data, kSealed);
  const uint64_t seal = PageSeal({page.data(), kSealed}, offset / kPageBytes + 1);
  std::memcpy(page.data() + kSealed, &seal, sizeof seal);
  return file->real->pMethods->xWrite(file->real, page.data(), amount, offset);
}

int Truncate(sqlite3_file* f, sqlite3_int64 size) {
  return Real(f)->pMethods->xTruncate(Real(f), size);
}
int Sync(sqlite3_file* f, int flags) {
  return Real(f)->pMethods->xSync(Real(f), flags);
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
  if (op == kLastDamagedPage) {
    *static_cast<int64_t*>(arg) = Self(f)->damaged;
    return SQLITE_OK;
  }
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

// Version 2: without memory mapping, which would read around the checks.
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

int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* f, int flags, int* out_flags) {
  const Vfs* self = static_cast<const Vfs*>(vfs->pAppData);
  if ((flags & SQLITE_OPEN_MAIN_DB) == 0) {
    return self->base->xOpen(self->base, name, f, flags, out_flags);
  }
  File* file = Self(f);
  *file = {.base = {.pMethods = nullptr},
           .real = reinterpret_cast<sqlite3_file*>(file + 1),
           .sealed = false,
           .damaged = 0};
  const int code = self->base->xOpen(self->base, name, file->real, flags, out_flags);
  if (file->real->pMethods != nullptr) file->base.pMethods = &kMethods;
  return code;
}

}  // namespace

uint64_t PageSeal(std::string_view bytes, int64_t number) {
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  constexpr size_t kLanes = 4;  // Independent, so that multiplications overlap.
  std::array<uint64_t, kLanes> lanes{1, 2, 3, 4};
  size_t at = 0;
  // Each step can be undone, so a different word makes a different lane.
  const auto mix = [](uint64_t lane, uint64_t word) { return std::rotl((lane ^ word) * kOdd, 29); };
  for (; at + kLanes * sizeof(uint64_t) <= bytes.size(); at += kLanes * sizeof(uint64_t)) {
    for (size_t i = 0; i < kLanes; ++i) {
      lanes[i] = mix(lanes[i], Word(bytes.data() + at + i * sizeof(uint64_t)));
    }
  }
  for (size_t i = 0; at + sizeof(uint64_t) <= bytes.size(); at += sizeof(uint64_t), ++i) {
    lanes[i] = mix(lanes[i], Word(bytes.data() + at));
  }
  uint64_t sum = static_cast<uint64_t>(number) * kOdd;
  for (const uint64_t lane : lanes) sum = mix(sum, lane);
  return sum ^ (sum >> 32);
}

std::string CheckedVfs(const std::string& base) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Vfs>> all;
  const std::scoped_lock lock(mutex);
  sqlite3_vfs* real = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
  if (real == nullptr) return base;  // Opening says so.
  std::unique_ptr<Vfs>& self = all[base];
  if (self == nullptr) {
    self = std::make_unique<Vfs>(Vfs{*real, real, "riposte-checked-" + base});
    sqlite3_vfs& vfs = self->vfs;
    vfs.iVersion = std::min(real->iVersion, 2);  // The hooks for system calls are the base's.
    vfs.szOsFile = static_cast<int>(sizeof(File)) + real->szOsFile;
    vfs.pNext = nullptr;
    vfs.zName = self->name.c_str();
    vfs.pAppData = self.get();
    vfs.xOpen = Open;
    sqlite3_vfs_register(&vfs, 0);
  }
  return self->name;
}

}  // namespace riposte::store
