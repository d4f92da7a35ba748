#include "os/syscall_filter.h"

#include <errno.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "os/files.h"

namespace riposte::os {
namespace {

// By name: headers and kernels do not know all of them.
constexpr const char* kRefused[] = {
    // Mounts and namespaces.
    "mount", "umount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen",
    "fsconfig", "fsmount", "fspick", "mount_setattr", "unshare", "setns",
    // Other processes.
    "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "process_madvise",
    // The kernel itself.
    "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "bpf",
    "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter", "io_uring_register",
    "iopl", "ioperm", "lookup_dcookie", "vm86", "vm86old", "modify_ldt", "vmsplice",
    "fanotify_init", "open_by_handle_at", "name_to_handle_at",
    // The machine.
    "reboot", "swapon", "swapoff", "acct", "quotactl", "quotactl_fd", "sethostname",
    "setdomainname", "vhangup", "syslog", "settimeofday", "stime", "clock_settime", "clock_adjtime",
    "adjtimex", "nfsservctl", "mbind", "set_mempolicy", "migrate_pages", "move_pages",
    // Keys of the kernel.
    "add_key", "request_key", "keyctl"};

constexpr int kNewNamespaces = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |
                               CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP;

struct Release {
  void operator()(void* context) const { seccomp_release(context); }
};

/// Refuses socket(family, …) for all families but these. Each rule is a range between two of them.
bool RefuseSockets(scmp_filter_ctx context, uint32_t denied) {
  constexpr std::array<unsigned, 4> kAllowed{AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
  unsigned next = 0;
  for (const unsigned family : kAllowed) {
    for (; next < family; ++next) {
      if (seccomp_rule_add(context, denied, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_EQ, next)) != 0) {
        return false;
      }
    }
    next = family + 1;
  }
  constexpr unsigned kNetlinkRoute = 0;
  return seccomp_rule_add(context, denied, SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GE, next)) == 0 &&
         seccomp_rule_add(context, denied, SCMP_SYS(socket), 2, SCMP_A0(SCMP_CMP_EQ, AF_NETLINK),
                          SCMP_A2(SCMP_CMP_NE, kNetlinkRoute)) == 0;
}

bool RefuseNamespaces(scmp_filter_ctx context, uint32_t denied) {
  for (int bit = 1; bit != 0 && bit <= kNewNamespaces; bit <<= 1) {
    if ((kNewNamespaces & bit) == 0) continue;
    const auto flag = static_cast<scmp_datum_t>(static_cast<unsigned>(bit));
    if (seccomp_rule_add(context, denied, SCMP_SYS(clone), 1,
                         SCMP_A0(SCMP_CMP_MASKED_EQ, flag, flag)) != 0) {
      return false;
    }
  }
  return seccomp_rule_add(context, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

bool AddRules(scmp_filter_ctx context) {
  const uint32_t denied = SCMP_ACT_ERRNO(EPERM);
  for (const char* name : kRefused) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number < 0) continue;  // Not a call of this architecture.
    if (seccomp_rule_add(context, denied, number, 0) != 0) return false;
  }
  return seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
         RefuseSockets(context, denied) && RefuseNamespaces(context, denied);
}

}  // namespace

Result<std::string> MakeSyscallFilter() {
  const std::unique_ptr<void, Release> context(seccomp_init(SCMP_ACT_ALLOW));
  const int file = memfd_create("filter", MFD_CLOEXEC);
  if (!context || file < 0) return Fail(Code::kUnavailable, "cannot begin a seccomp filter");
  std::string out;
  bool ok = AddRules(context.get()) && seccomp_export_bpf(context.get(), file) == 0 &&
            lseek(file, 0, SEEK_SET) == 0;
  for (std::array<char, 4096> chunk{}; ok;) {
    const ssize_t n = read(file, chunk.data(), chunk.size());
    ok = n >= 0;
    if (n <= 0) break;
    out.append(chunk.data(), static_cast<size_t>(n));
  }
  close(file);
  if (!ok || out.empty()) return Fail(Code::kUnavailable, "cannot make a seccomp filter");
  return out;
}

}  // namespace riposte::os
