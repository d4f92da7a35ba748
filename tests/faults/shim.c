// A disk between the engine and its data folder that can fail, fill up, lie and remember.
//
// Loaded with LD_PRELOAD. Every change below FAULTS_DATA goes through here: it may be refused, cut
// short or be the moment at which the process dies, and it is written down in FAULTS_LOG, in the
// order in which it took place, so that disk.py can tell what a power cut would have left. Nothing
// is really synced: what a sync made durable is what the log says. FAULTS_CONTROL is a page shared
// with the test, which arms faults while the engine runs. Children of the engine go without.
//
// Calls that libc makes by itself (mkostemp opens a file without `open`) are noticed when the file
// is first written or synced. SQLite maps its -shm file; that one is not durable and not recorded.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { kWrite = 1, kSync = 2, kTruncate = 4, kCreate = 8, kRename = 16, kUnlink = 32, kRead = 64 };
enum { kDatabase = 1, kWal = 2, kOther = 4, kDirectory = 8 };
enum { kNothing = 0, kFail = 1, kShort = 2, kDie = 3 };

// faults.py has the same layout.
struct Control {
  uint64_t log_bytes;       // Out: where the log ends; a moment of the run.
  uint64_t matched;         // Out: calls that `calls` and `files` name.
  uint64_t struck;          // Out: calls that were failed.
  uint64_t countdown;       // The fault strikes at this matching call, 1 being the next.
  uint64_t times;           // So many calls in a row fail then.
  uint32_t action, error;   // What happens to them; errno.
  uint32_t calls, files;    // Which calls count.
  uint32_t lying_sync;      // Syncs report success and make nothing durable.
  uint32_t sync_delay_us;   // A sync takes a random time up to this.
};

struct Record {
  uint32_t kind, path_bytes;
  uint64_t sequence, object, offset, length;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char data[PATH_MAX];
static size_t data_bytes;
static int log_fd = -1;
static struct Control* control;
static uint64_t sequence, objects;

enum { kSlots = 1 << 14 };
static struct {
  ino_t inode;
  uint64_t object;
} slots[kSlots];

static void Init(void) {
  static struct Control none;
  control = &none;
  const char* folder = getenv("FAULTS_DATA");
  if (folder == NULL) return;
  snprintf(data, sizeof data, "%s", folder);
  data_bytes = strlen(data);
  const char* path = getenv("FAULTS_CONTROL");
  if (path != NULL) {
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    void* page = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd < 0 || page == MAP_FAILED) abort();
    control = page;
  }
  path = getenv("FAULTS_LOG");
  if (path != NULL) {
    log_fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                          0600);
    if (log_fd < 0) abort();
  }
}

__attribute__((constructor)) static void Start(void) {
  pthread_once(&once, Init);
  unsetenv("LD_PRELOAD");
}

static int Ours(const char* path) {
  return data_bytes != 0 && strncmp(path, data, data_bytes) == 0 &&
         (path[data_bytes] == '/' || path[data_bytes] == 0);
}

static int EndsWith(const char* path, const char* end) {
  const size_t a = strlen(path), b = strlen(end);
  return a >= b && strcmp(path + a - b, end) == 0;
}

static int IsShm(const char* path) { return EndsWith(path, "-shm"); }

static uint32_t FileKind(const char* path) {
  if (EndsWith(path, ".db")) return kDatabase;
  if (EndsWith(path, "-wal")) return kWal;
  return kOther;
}

/// The path of an open file or folder below the data folder; 0 when it is none.
static int PathOf(int fd, char* path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t n = readlink(link, path, PATH_MAX - 1);
  if (n <= 0) return 0;
  path[n] = 0;
  return Ours(path) && !IsShm(path) && !EndsWith(path, " (deleted)");
}

/// `name` as an absolute path; 0 when it is not below the data folder.
static int Resolve(int folder, const char* name, char* path) {
  if (name[0] == '/') {
    snprintf(path, PATH_MAX, "%s", name);
  } else {
    char parent[PATH_MAX];
    if (folder == AT_FDCWD) {
      if (getcwd(parent, sizeof parent) == NULL) return 0;
    } else if (!PathOf(folder, parent)) {
      return 0;
    }
    if (snprintf(path, PATH_MAX, "%s/%s", parent, name) >= PATH_MAX) return 0;
  }
  return Ours(path) && !IsShm(path);
}

static void Put(const void* bytes, size_t count) {
  const char* at = bytes;
  while (count > 0) {
    const ssize_t n = syscall(SYS_write, log_fd, at, count);
    if (n <= 0) abort();
    at += n;
    count -= (size_t)n;
  }
}

/// REQUIRES: the mutex is held.
static void Log(char kind, uint64_t object, uint64_t offset, uint64_t length, const char* path,
                const void* bytes) {
  ++sequence;
  if (log_fd < 0) return;
  const int error = errno;
  struct Record record = {(uint32_t)kind, path == NULL ? 0 : (uint32_t)strlen(path), sequence,
                          object,         offset,                                    length};
  Put(&record, sizeof record);
  if (path != NULL) Put(path, record.path_bytes);
  if (bytes != NULL) Put(bytes, length);
  const uint64_t size = sizeof record + record.path_bytes + (bytes == NULL ? 0 : length);
  __atomic_add_fetch(&control->log_bytes, size, __ATOMIC_SEQ_CST);
  errno = error;
}

static uint64_t* Slot(ino_t inode) {
  size_t at = (size_t)(inode * 0x9e3779b97f4a7c15u >> 40) % kSlots;
  while (slots[at].inode != 0 && slots[at].inode != inode) at = (at + 1) % kSlots;
  slots[at].inode = inode;
  return &slots[at].object;
}

/// The number of an open file; its first appearance is recorded under its path.
static uint64_t Object(ino_t inode, const char* path) {
  uint64_t* object = Slot(inode);
  if (*object == 0) {
    *object = ++objects;
    Log('C', *object, 0, 0, path, NULL);
  }
  return *object;
}

/// A number may be given to another file after this.
static void Forget(const char* path) {
  struct stat info;
  if (lstat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_nlink == 1) {
    *Slot(info.st_ino) = 0;
  }
}

/// What shall happen to this call. REQUIRES: the mutex is held.
static uint32_t Strike(uint32_t call, uint32_t file) {
  if ((control->calls & call) == 0 || (control->files & file) == 0) return kNothing;
  __atomic_add_fetch(&control->matched, 1, __ATOMIC_SEQ_CST);
  if (control->action == kNothing || control->times == 0) return kNothing;
  if (control->countdown > 1) {
    --control->countdown;
    return kNothing;
  }
  if (control->action == kDie) {
    syscall(SYS_kill, getpid(), SIGKILL);
    pause();
  }
  if (control->times != UINT64_MAX) --control->times;
  __atomic_add_fetch(&control->struck, 1, __ATOMIC_SEQ_CST);
  errno = (int)control->error;
  return control->action;
}

static int OurFile(int fd, struct stat* info, char* path) {
  pthread_once(&once, Init);
  return data_bytes != 0 && fstat(fd, info) == 0 && S_ISREG(info->st_mode) && PathOf(fd, path);
}

static ssize_t WriteAt(int fd, const void* bytes, size_t count, off_t offset) {
  char path[PATH_MAX];
  struct stat info;
  if (count == 0 || !OurFile(fd, &info, path)) {
    return offset < 0 ? syscall(SYS_write, fd, bytes, count)
                      : syscall(SYS_pwrite64, fd, bytes, count, offset);
  }
  pthread_mutex_lock(&mutex);
  const uint64_t object = Object(info.st_ino, path);
  const uint32_t action = Strike(kWrite, FileKind(path));
  ssize_t n = -1;
  if (action == kShort && count > 1) {
    // Half of it fits; the next call finds no room at all.
    control->action = kFail;
    if (control->times == 0) control->times = 1;
    count /= 2;
  }
  if (action != kFail) {
    const off_t at = offset >= 0                              ? offset
                     : (fcntl(fd, F_GETFL) & O_APPEND) != 0   ? info.st_size
                                                              : lseek(fd, 0, SEEK_CUR);
    n = offset < 0 ? syscall(SYS_write, fd, bytes, count)
                   : syscall(SYS_pwrite64, fd, bytes, count, offset);
    if (n > 0) Log('W', object, (uint64_t)at, (uint64_t)n, NULL, bytes);
  }
  pthread_mutex_unlock(&mutex);
  return n;
}

ssize_t write(int fd, const void* bytes, size_t count) { return WriteAt(fd, bytes, count, -1); }
ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  return WriteAt(fd, bytes, count, offset);
}
ssize_t pwrite64(int fd, const void* bytes, size_t count, off64_t offset) {
  return WriteAt(fd, bytes, count, offset);
}
ssize_t writev(int fd, const struct iovec* parts, int count) {
  char path[PATH_MAX];
  struct stat info;
  if (!OurFile(fd, &info, path)) return syscall(SYS_writev, fd, parts, count);
  ssize_t sum = 0;
  for (int i = 0; i < count; ++i) {
    const ssize_t n = WriteAt(fd, parts[i].iov_base, parts[i].iov_len, -1);
    if (n < 0) return sum > 0 ? sum : n;
    sum += n;
    if ((size_t)n < parts[i].iov_len) break;
  }
  return sum;
}

static ssize_t ReadAt(int fd, void* bytes, size_t count, off_t offset) {
  pthread_once(&once, Init);
  if ((control->calls & kRead) != 0) {
    char path[PATH_MAX];
    struct stat info;
    if (OurFile(fd, &info, path)) {
      pthread_mutex_lock(&mutex);
      const uint32_t action = Strike(kRead, FileKind(path));
      pthread_mutex_unlock(&mutex);
      if (action != kNothing) return -1;
    }
  }
  return syscall(SYS_pread64, fd, bytes, count, offset);
}
ssize_t pread(int fd, void* bytes, size_t count, off_t offset) {
  return ReadAt(fd, bytes, count, offset);
}
ssize_t pread64(int fd, void* bytes, size_t count, off64_t offset) {
  return ReadAt(fd, bytes, count, offset);
}

int ftruncate(int fd, off_t length) {
  char path[PATH_MAX];
  struct stat info;
  if (!OurFile(fd, &info, path)) return (int)syscall(SYS_ftruncate, fd, length);
  pthread_mutex_lock(&mutex);
  const uint64_t object = Object(info.st_ino, path);
  int result = -1;
  if (Strike(kTruncate, FileKind(path)) == kNothing) {
    result = (int)syscall(SYS_ftruncate, fd, length);
    if (result == 0) Log('T', object, 0, (uint64_t)length, NULL, NULL);
  }
  pthread_mutex_unlock(&mutex);
  return result;
}
int ftruncate64(int fd, off64_t length) { return ftruncate(fd, length); }

static int Sync(int fd, long number) {
  pthread_once(&once, Init);
  char path[PATH_MAX];
  struct stat info;
  if (data_bytes == 0 || fstat(fd, &info) != 0 ||
      (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) || !PathOf(fd, path)) {
    return (int)syscall(number, fd);
  }
  const int folder = S_ISDIR(info.st_mode);
  pthread_mutex_lock(&mutex);
  const uint64_t object = folder ? 0 : Object(info.st_ino, path);
  const uint64_t begun = sequence;  // What is written during a sync may miss it.
  const uint32_t action = Strike(kSync, folder ? kDirectory : FileKind(path));
  const int error = errno;
  const uint32_t delay = control->sync_delay_us;
  if (delay > 0) {
    pthread_mutex_unlock(&mutex);
    static __thread unsigned seed;
    if (seed == 0) seed = (unsigned)gettid();
    usleep((useconds_t)((unsigned)rand_r(&seed) % delay));
    pthread_mutex_lock(&mutex);
  }
  if (action != kNothing) {
    Log('X', object, begun, 0, folder ? path : NULL, NULL);
  } else if (!control->lying_sync) {
    Log(folder ? 'G' : 'F', object, begun, 0, folder ? path : NULL, NULL);
  }
  pthread_mutex_unlock(&mutex);
  errno = error;
  return action == kNothing ? 0 : -1;
}
int fsync(int fd) { return Sync(fd, SYS_fsync); }
int fdatasync(int fd) { return Sync(fd, SYS_fdatasync); }

static int Open(int folder, const char* name, int flags, mode_t mode) {
  pthread_once(&once, Init);
  char path[PATH_MAX];
  if ((flags & (O_CREAT | O_TRUNC)) == 0 || (flags & O_TMPFILE) == O_TMPFILE ||
      !Resolve(folder, name, path)) {
    return (int)syscall(SYS_openat, folder, name, flags, mode);
  }
  pthread_mutex_lock(&mutex);
  struct stat info;
  const int existed = lstat(path, &info) == 0;
  int fd = -1;
  if (existed || Strike(kCreate, FileKind(path)) == kNothing) {
    fd = (int)syscall(SYS_openat, folder, name, flags, mode);
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
      if (!existed) *Slot(info.st_ino) = 0;
      const uint64_t object = Object(info.st_ino, path);
      if ((flags & O_TRUNC) != 0 && existed) Log('T', object, 0, 0, NULL, NULL);
    }
  }
  pthread_mutex_unlock(&mutex);
  return fd;
}

#define OPEN_MODE(flags)                          \
  mode_t mode = 0;                                \
  if (((flags) & (O_CREAT | O_TMPFILE)) != 0) {   \
    va_list list;                                 \
    va_start(list, flags);                        \
    mode = va_arg(list, mode_t);                  \
    va_end(list);                                 \
  }
int open(const char* name, int flags, ...) {
  OPEN_MODE(flags)
  return Open(AT_FDCWD, name, flags, mode);
}
int open64(const char* name, int flags, ...) {
  OPEN_MODE(flags)
  return Open(AT_FDCWD, name, flags, mode);
}
int openat(int folder, const char* name, int flags, ...) {
  OPEN_MODE(flags)
  return Open(folder, name, flags, mode);
}
int openat64(int folder, const char* name, int flags, ...) {
  OPEN_MODE(flags)
  return Open(folder, name, flags, mode);
}

int rename(const char* from, const char* to) {
  pthread_once(&once, Init);
  char a[PATH_MAX], b[PATH_MAX];
  if (!Resolve(AT_FDCWD, from, a) || !Resolve(AT_FDCWD, to, b)) {
    return (int)syscall(SYS_rename, from, to);
  }
  pthread_mutex_lock(&mutex);
  int result = -1;
  if (Strike(kRename, FileKind(b)) == kNothing) {
    Forget(b);
    result = (int)syscall(SYS_rename, from, to);
    // The second path takes the place of the bytes.
    if (result == 0) Log('R', 0, 0, strlen(b), a, b);
  }
  pthread_mutex_unlock(&mutex);
  return result;
}

static int Remove(int folder, const char* name, int flags) {
  pthread_once(&once, Init);
  char path[PATH_MAX];
  if (!Resolve(folder, name, path)) return (int)syscall(SYS_unlinkat, folder, name, flags);
  pthread_mutex_lock(&mutex);
  int result = -1;
  if (Strike(kUnlink, FileKind(path)) == kNothing) {
    Forget(path);
    result = (int)syscall(SYS_unlinkat, folder, name, flags);
    if (result == 0) Log('U', 0, 0, 0, path, NULL);
  }
  pthread_mutex_unlock(&mutex);
  return result;
}
int unlink(const char* name) { return Remove(AT_FDCWD, name, 0); }
int unlinkat(int folder, const char* name, int flags) { return Remove(folder, name, flags); }
int rmdir(const char* name) { return Remove(AT_FDCWD, name, AT_REMOVEDIR); }

int mkdir(const char* name, mode_t mode) {
  pthread_once(&once, Init);
  char path[PATH_MAX];
  const int result = (int)syscall(SYS_mkdir, name, mode);
  if (result == 0 && Resolve(AT_FDCWD, name, path)) {
    pthread_mutex_lock(&mutex);
    Log('D', 0, 0, 0, path, NULL);
    pthread_mutex_unlock(&mutex);
  }
  return result;
}
