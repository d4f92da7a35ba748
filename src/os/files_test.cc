#include "os/files.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

namespace riposte::os {
namespace {

TEST(Files, WritesWholeAndReadsWithinBounds) {
  std::string folder = (std::filesystem::temp_directory_path() / "riposte-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/a/b/file";
  EXPECT_EQ(ReadFile(path, 10).error().code, Code::kNotFound);
  ASSERT_TRUE(MakePrivateFolder(folder + "/a/b").has_value());
  ASSERT_TRUE(MakePrivateFolder(folder + "/a/b").has_value());
  ASSERT_TRUE(WriteFileAtomically(path, "hello").has_value());
  ASSERT_TRUE(WriteFileAtomically(path, "world!").has_value());
  EXPECT_EQ(ReadFile(path, 6).value(), "world!");
  EXPECT_EQ(ReadFile(path, 5).error().code, Code::kLimitExceeded);
  struct stat info;
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_FALSE(MakePrivateFolder(path).has_value());
  RemoveTree(folder);
  EXPECT_FALSE(std::filesystem::exists(folder));
  EXPECT_GT(ResidentBytes(), 0);
}

}  // namespace
}  // namespace riposte::os
