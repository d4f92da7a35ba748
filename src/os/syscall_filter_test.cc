#include "os/syscall_filter.h"

#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace riposte::os {
namespace {

/// Runs `body` in a child behind the filter; its status is the bits that `body` returns.
template <class Body>
int Behind(const std::string& filter, const Body& body) {
  const pid_t child = fork();
  if (child == 0) {
    sock_fprog program{static_cast<unsigned short>(filter.size() / sizeof(sock_filter)),
                       reinterpret_cast<sock_filter*>(const_cast<char*>(filter.data()))};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) _exit(255);
    _exit(body());
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool Refused(long result, int error = EPERM) {
  return result == -1 && errno == error;
}

TEST(SyscallFilterTest, RefusesWhatBreaksOut) {
  const auto filter = MakeSyscallFilter();
  ASSERT_TRUE(filter) << filter.error().message;
  EXPECT_EQ(Behind(*filter,
                   [] {
                     int passed = 0;
                     if (!Refused(mount("none", "/proc", "proc", 0, nullptr))) passed |= 1;
                     if (!Refused(unshare(CLONE_NEWUSER))) passed |= 2;
                     if (!Refused(syscall(SYS_ptrace, 0, 0, 0, 0))) passed |= 4;
                     if (!Refused(syscall(SYS_bpf, 0, nullptr, 0))) passed |= 8;
                     if (!Refused(syscall(SYS_clone, CLONE_NEWNS | SIGCHLD, nullptr, nullptr,
                                          nullptr, nullptr))) {
                       passed |= 16;
                     }
                     if (!Refused(syscall(SYS_clone3, nullptr, 0), ENOSYS)) passed |= 32;
                     if (!Refused(syscall(SYS_io_uring_setup, 1, nullptr))) passed |= 64;
                     return passed;
                   }),
            0);
}

TEST(SyscallFilterTest, RefusesSocketsOfOtherFamilies) {
  const auto filter = MakeSyscallFilter();
  ASSERT_TRUE(filter);
  EXPECT_EQ(Behind(*filter,
                   [] {
                     constexpr int kPacket = 17, kVsock = 40, kAlg = 38, kAudit = 9;
                     int wrong = 0;
                     if (!Refused(socket(kPacket, SOCK_RAW, 0))) wrong |= 1;
                     if (!Refused(socket(kVsock, SOCK_STREAM, 0))) wrong |= 2;
                     if (!Refused(socket(kAlg, SOCK_SEQPACKET, 0))) wrong |= 4;
                     if (!Refused(socket(AF_NETLINK, SOCK_RAW, kAudit))) wrong |= 8;
                     if (socket(AF_INET, SOCK_STREAM, 0) < 0) wrong |= 16;
                     if (socket(AF_UNIX, SOCK_STREAM, 0) < 0) wrong |= 32;
                     if (socket(AF_NETLINK, SOCK_RAW, 0) < 0) wrong |= 64;
                     return wrong;
                   }),
            0);
}

TEST(SyscallFilterTest, LetsProcessesAndThreadsBegin) {
  const auto filter = MakeSyscallFilter();
  ASSERT_TRUE(filter);
  EXPECT_EQ(Behind(*filter,
                   [] {
                     const pid_t child = fork();
                     if (child == 0) _exit(7);
                     int status = 0;
                     waitpid(child, &status, 0);
                     int value = 0;
                     std::thread([&value] { value = 3; }).join();
                     return WEXITSTATUS(status) + value;
                   }),
            10);
}

}  // namespace
}  // namespace riposte::os
