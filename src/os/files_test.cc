#include "os/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace riposte::os {
namespace {

namespace fs = std::filesystem;

class FileTest : public ::testing::Test {
 protected:
  TempDir dir_ = *TempDir::Make("", "riposte-os-");
  std::string path_ = dir_.path() + "/file";
};

unsigned Mode(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(lstat(path.c_str(), &info), 0) << path;
  return info.st_mode & 0777;
}

TEST_F(FileTest, WritesAndReadsWithinBounds) {
  ASSERT_TRUE(WriteFileAtomically(path_, "first"));
  EXPECT_EQ(Mode(path_), 0600U);
  const std::string large(200'000, 'x');
  ASSERT_TRUE(WriteFileAtomically(path_, large, 0640));
  EXPECT_EQ(Mode(path_), 0640U);
  EXPECT_EQ(ReadFile(path_, 200'000), large);
  const auto refused = ReadFile(path_, 199'999);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kLimitExceeded);
  // No temporary file stays behind.
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_.path()), {}), 1);
}

TEST_F(FileTest, NamesWhatIsMissing) {
  const auto read = ReadFile(path_ + "/none", 10);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kNotFound);
  EXPECT_NE(read.error().message.find(path_), std::string::npos);
  EXPECT_EQ(WriteFileAtomically(dir_.path() + "/no/dir", "x").error().code, Code::kNotFound);
}

TEST_F(FileTest, MakesPrivateDirectories) {
  const std::string deep = dir_.path() + "/a/b/c";
  ASSERT_TRUE(MakePrivateFolder(deep));
  EXPECT_EQ(Mode(dir_.path() + "/a"), 0700U);
  EXPECT_EQ(Mode(deep), 0700U);
  ASSERT_TRUE(MakePrivateFolder(deep));
  ASSERT_TRUE(WriteFileAtomically(path_, "x"));
  EXPECT_EQ(MakePrivateFolder(path_).error().code, Code::kAlreadyExists);
  EXPECT_FALSE(MakePrivateFolder(path_ + "/under"));
}

TEST_F(FileTest, RemovesTreesButNotWhatLinksPointTo) {
  ASSERT_TRUE(MakePrivateFolder(dir_.path() + "/keep"));
  ASSERT_TRUE(WriteFileAtomically(dir_.path() + "/keep/file", "x"));
  const std::string tree = dir_.path() + "/tree";
  ASSERT_TRUE(MakePrivateFolder(tree + "/sub/closed"));
  ASSERT_TRUE(WriteFileAtomically(tree + "/sub/closed/file", "x"));
  fs::create_directory_symlink(dir_.path() + "/keep", tree + "/link");
  chmod((tree + "/sub/closed").c_str(), 0);
  RemoveTree(tree);
  EXPECT_FALSE(fs::exists(tree));
  EXPECT_TRUE(fs::exists(dir_.path() + "/keep/file"));
  RemoveTree(tree);
}

TEST_F(FileTest, TempDirGoesAway) {
  std::string path;
  {
    auto made = TempDir::Make(dir_.path(), "t-");
    ASSERT_TRUE(made);
    const TempDir moved = *std::move(made);
    path = moved.path();
    EXPECT_EQ(Mode(path), 0700U);
    ASSERT_TRUE(WriteFileAtomically(path + "/x", "x"));
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_FALSE(TempDir::Make(dir_.path() + "/none", "t-"));
}

TEST_F(FileTest, ProgramsAreFoundOnPathWithLinksResolved) {
  const std::string program = dir_.path() + "/real";
  ASSERT_TRUE(WriteFileAtomically(program, "#!/bin/sh\n"));
  ASSERT_TRUE(MakePrivateFolder(dir_.path() + "/bin"));
  fs::create_symlink(program, dir_.path() + "/bin/riposte-no-program");
  const std::string old = std::getenv("PATH");
  setenv("PATH", ("::relative:" + dir_.path() + "/none:" + dir_.path() + "/bin").c_str(), 1);
  EXPECT_EQ(FindProgram("riposte-no-program"), std::nullopt);  // not executable
  fs::permissions(program, fs::perms::owner_all);
  EXPECT_EQ(FindProgram("riposte-no-program"), fs::canonical(program).string());
  EXPECT_EQ(FindProgram(program), fs::canonical(program).string());
  EXPECT_EQ(FindProgram("bin"), std::nullopt);  // a folder
  unsetenv("PATH");
  EXPECT_EQ(FindProgram("riposte-no-program"), std::nullopt);
  setenv("PATH", old.c_str(), 1);
}

TEST(ResidentBytes, IsPlausible) {
  EXPECT_GT(ResidentBytes(), 1 << 20);
}

}  // namespace
}  // namespace riposte::os
