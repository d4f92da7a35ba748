#include "app/credentials.h"

#include <gtest/gtest.h>

#include <map>

#include "app/client.h"
#include "os/files.h"

namespace riposte::app {
namespace {

constexpr const char* kFile = R"(# Keys of ours
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key=secret/of+default=

; other
[ staging ]
  aws_access_key_id=AKIASTAGING
  aws_secret_access_key = s
  aws_session_token = t
  region = eu-west-1
[half]
aws_access_key_id = AKIAHALF
)";

TEST(ReadProfileTest, FindsTheKeyOfASection) {
  const auto first = ReadProfile(kFile, "default");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->access_key_id, "AKIADEFAULT");
  EXPECT_EQ(first->secret, "secret/of+default=");
  EXPECT_EQ(first->session_token, "");
  const auto staging = ReadProfile(kFile, "staging");
  ASSERT_TRUE(staging);
  EXPECT_EQ(staging->secret, "s");
  EXPECT_EQ(staging->session_token, "t");
}

TEST(ReadProfileTest, ANamelessOrHalfKeyIsNone) {
  EXPECT_FALSE(ReadProfile(kFile, "half"));
  EXPECT_FALSE(ReadProfile(kFile, "nobody"));
  EXPECT_FALSE(ReadProfile(kFile, ""));
  EXPECT_FALSE(ReadProfile("", "default"));
  EXPECT_FALSE(ReadProfile("[", "default"));
  EXPECT_FALSE(ReadProfile("aws_access_key_id=a\naws_secret_access_key=b\n", "default"));
}

class FindKeyTest : public ::testing::Test {
 protected:
  FindKeyTest() {
    EXPECT_TRUE(os::MakePrivateFolder(folder_.path() + "/home/.aws"));
    EXPECT_TRUE(os::MakePrivateFolder(folder_.path() + "/data"));
    options_.data_dir = folder_.path() + "/data";
    environment_["HOME"] = folder_.path() + "/home";
  }
  void Write(const std::string& name, const std::string& text) {
    ASSERT_TRUE(os::WriteFileAtomically(folder_.path() + "/" + name, text));
  }
  /// The id of the key that is found, or the error's text.
  std::string Found() {
    const auto key = FindKey(options_, [this](const char* name) {
      const auto found = environment_.find(name);
      return found == environment_.end() ? std::string() : found->second;
    });
    return key ? key->access_key_id : key.error().message;
  }

  os::TempDir folder_ = *os::TempDir::Make("", "riposte-keys-");
  std::map<std::string, std::string> environment_;
  ClientOptions options_;
};

// From the last place to the first: each one added wins over all before it.
TEST_F(FindKeyTest, TheMoreExplicitPlaceWins) {
  EXPECT_EQ(Found().substr(0, 8), "no keys:");
  Write("home/.aws/credentials", kFile);
  EXPECT_EQ(Found(), "AKIADEFAULT");
  Write("data/root-credentials.json", R"({"AccessKeyId": "AKIAROOT", "SecretAccessKey": "r"})");
  EXPECT_EQ(Found(), "AKIAROOT");
  Write("keys",
        "[default]\naws_access_key_id=AKIAFILE\naws_secret_access_key=f\n"
        "[blue]\naws_access_key_id=AKIABLUE\naws_secret_access_key=b\n");
  environment_["AWS_SHARED_CREDENTIALS_FILE"] = folder_.path() + "/keys";
  EXPECT_EQ(Found(), "AKIAFILE");
  environment_["AWS_PROFILE"] = "blue";
  EXPECT_EQ(Found(), "AKIABLUE");
  environment_["AWS_ACCESS_KEY_ID"] = "AKIAENV";
  environment_["AWS_SECRET_ACCESS_KEY"] = "e";
  EXPECT_EQ(Found(), "AKIAENV");
  options_.profile = "blue";
  EXPECT_EQ(Found(), "AKIABLUE");
}

TEST_F(FindKeyTest, AProfileThatWasNamedMustBeThere) {
  Write("home/.aws/credentials", kFile);
  Write("data/root-credentials.json", R"({"AccessKeyId": "AKIAROOT", "SecretAccessKey": "r"})");
  environment_["AWS_PROFILE"] = "staging";
  EXPECT_EQ(Found(), "AKIASTAGING");
  environment_["AWS_PROFILE"] = "nobody";
  EXPECT_EQ(Found(),
            "profile nobody: no keys for it in " + folder_.path() + "/home/.aws/credentials");
}

TEST_F(FindKeyTest, HalfAKeyIsAMistake) {
  environment_["AWS_ACCESS_KEY_ID"] = "AKIAENV";
  EXPECT_EQ(Found(), "half a key: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together");
}

}  // namespace
}  // namespace riposte::app
