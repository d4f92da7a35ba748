#include "functions/package.h"

#include <gtest/gtest.h>

#include <map>

#include "functions/testing/zip_writer.h"

namespace riposte::functions {
namespace {

using testing::MakeZip;
using testing::ZipEntry;

Result<std::map<std::string, std::string>> Unpack(const std::string& zip,
                                                  const PackageLimits& limits = {}) {
  std::map<std::string, std::string> files;
  Status status =
      UnpackPackage(zip, limits, [&](const PackageEntry& entry, std::string_view bytes) {
        files[entry.name] = entry.directory ? "<dir>" : std::string(bytes);
        return Status();
      });
  if (!status) return std::unexpected(status.error());
  return files;
}

TEST(PackageTest, UnpacksFilesAndDirectories) {
  auto files = Unpack(MakeZip({{"pkg/", ""}, {"pkg/a.py", "x = 1\n"}, {"b.py", "y = 2\n"}}));
  ASSERT_TRUE(files) << files.error().detail;
  EXPECT_EQ(files->at("pkg"), "<dir>");
  EXPECT_EQ(files->at("pkg/a.py"), "x = 1\n");
  EXPECT_EQ(files->at("b.py"), "y = 2\n");
}

TEST(PackageTest, KeepsTheExecutableBit) {
  auto info = InspectPackage(MakeZip({{"bootstrap", "#!/bin/sh\n", 0100755}, {"a", "", 0100644}}),
                             PackageLimits());
  ASSERT_TRUE(info);
  EXPECT_TRUE(info->entries[0].executable);
  EXPECT_FALSE(info->entries[1].executable);
}

TEST(PackageTest, RefusesWhatIsNoZip) {
  for (const std::string& text : {std::string("hello"), std::string(), std::string(100, 'P')}) {
    auto info = InspectPackage(text, PackageLimits());
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().code, Code::kInvalidArgument);
  }
  EXPECT_EQ(InspectPackage("hello", PackageLimits()).error().message,
            "Could not unzip uploaded file. Please check your file, then try to upload again.");
}

TEST(PackageTest, RefusesNamesThatLeaveTheDirectory) {
  for (const char* name : {"../a", "a/../../b", "/etc/passwd", "a\\..\\b", "./a", "a//b", ".."}) {
    auto info = InspectPackage(MakeZip({{name, "x"}}), PackageLimits());
    ASSERT_FALSE(info) << name;
    EXPECT_EQ(info.error().detail, "unsafe name") << name;
  }
  EXPECT_TRUE(InspectPackage(MakeZip({{"..a/b..", "x"}}), PackageLimits()));
}

TEST(PackageTest, RefusesSymbolicLinksAndDevices) {
  for (uint32_t mode : {0120777u, 0060666u, 0020666u, 0010666u}) {
    auto info = InspectPackage(MakeZip({{"link", "/etc/passwd", mode}}), PackageLimits());
    ASSERT_FALSE(info);
    EXPECT_EQ(info.error().detail, "special file");
  }
}

TEST(PackageTest, RefusesTheSameNameTwice) {
  EXPECT_FALSE(InspectPackage(MakeZip({{"a", "1"}, {"a", "2"}}), PackageLimits()));
}

TEST(PackageTest, CountsBytesAndEntriesBeforeUnpacking) {
  PackageLimits limits;
  limits.max_unzipped_bytes = 10;
  auto info = InspectPackage(MakeZip({{"a", "123456"}, {"b", "123456"}}), limits);
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, Code::kLimitExceeded);
  EXPECT_EQ(info.error().message, "Unzipped size must be smaller than 10 bytes");
  limits = {};
  limits.max_entries = 1;
  EXPECT_FALSE(InspectPackage(MakeZip({{"a", "1"}, {"b", "2"}}), limits));
  EXPECT_TRUE(InspectPackage(MakeZip({{"a", "1"}}), limits));
}

TEST(PackageTest, AnEntryThatLiesAboutItsSizeIsRefused) {
  ZipEntry entry{"a", "0123456789"};
  entry.declared_size = 4;
  EXPECT_FALSE(Unpack(MakeZip({entry})));
}

TEST(PackageTest, HashesAsTheServiceShowsThem) {
  EXPECT_EQ(PackageSha256(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(PackageDirectoryName(PackageSha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace riposte::functions
