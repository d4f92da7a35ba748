#include "access/sigv4.h"

#include <gtest/gtest.h>

#include "access/crypto.h"
#include "base/encoding.h"

namespace riposte::access {
namespace {

// The key, date and scope of the published SigV4 test suite; its expected signatures stand below,
// so that what is signed here is what every other implementation signs.
constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr const char* kTimestamp = "20150830T123600Z";

struct Vector {
  const char* name;
  const char* method;
  const char* target;
  std::vector<std::pair<const char*, const char*>> headers;  // Beside Host and X-Amz-Date.
  const char* body;
  const char* signature;
};

std::string Sign(const Vector& vector) {
  http::Request request;
  request.method = vector.method;
  request.target = vector.target;
  request.body = vector.body;
  request.headers.Add("Host", "example.amazonaws.com");
  std::vector<std::string> names = {"host", "x-amz-date"};
  for (const auto& [name, value] : vector.headers) {
    request.headers.Add(name, value);
    std::string lower(name);
    for (char& c : lower) c = static_cast<char>(std::tolower(c));
    if (std::find(names.begin(), names.end(), lower) == names.end()) names.push_back(lower);
  }
  request.headers.Add("X-Amz-Date", kTimestamp);
  const std::string canonical = CanonicalRequest(request, names, Sha256Hex(request.body), {});
  const std::string key = DeriveSigningKey(kSecret, "20150830", "us-east-1", "service");
  return HexEncode(HmacSha256(
      key, StringToSign(kTimestamp, "20150830/us-east-1/service/aws4_request", canonical)));
}

// The suite's paths are not encoded yet, so theirs is the first encoding and ours the only one.
constexpr const char* kVanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";

TEST(Sigv4Test, PublishedVectors) {
  const std::vector<Vector> vectors = {
      {"get-vanilla", "GET", "/", {}, "", kVanilla},
      {"get-slash", "GET", "//", {}, "", kVanilla},
      {"get-relative", "GET", "/example/..", {}, "", kVanilla},
      {"get-relative-relative", "GET", "/example1/example2/../..", {}, "", kVanilla},
      {"get-slash-dot-slash", "GET", "/./", {}, "", kVanilla},
      {"get-slash-pointless-dot",
       "GET",
       "/./example",
       {},
       "",
       "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"},
      {"get-slashes",
       "GET",
       "//example//",
       {},
       "",
       "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
      {"get-space",
       "GET",
       "/example space/",
       {},
       "",
       "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"},
      {"get-unreserved",
       "GET",
       "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
       {},
       "",
       "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"},
      {"get-utf8",
       "GET",
       "/\u1234",
       {},
       "",
       "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
      {"get-vanilla-empty-query-key",
       "GET",
       "/?Param1=value1",
       {},
       "",
       "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
      {"get-vanilla-query-order-key-case",
       "GET",
       "/?Param2=value2&Param1=value1",
       {},
       "",
       "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
      {"get-header-key-duplicate",
       "GET",
       "/",
       {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
       "",
       "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
      {"get-header-value-order",
       "GET",
       "/",
       {{"My-Header1", "value4"},
        {"My-Header1", "value1"},
        {"My-Header1", "value3"},
        {"My-Header1", "value2"}},
       "",
       "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
      {"get-header-value-trim",
       "GET",
       "/",
       {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}},
       "",
       "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
      {"post-vanilla",
       "POST",
       "/",
       {},
       "",
       "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
      {"post-vanilla-query",
       "POST",
       "/?Param1=value1",
       {},
       "",
       "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11"},
      {"post-header-key-sort",
       "POST",
       "/",
       {{"My-Header1", "value1"}},
       "",
       "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
      {"post-header-value-case",
       "POST",
       "/",
       {{"My-Header1", "VALUE1"}},
       "",
       "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
      {"post-x-www-form-urlencoded",
       "POST",
       "/",
       {{"Content-Type", "application/x-www-form-urlencoded"}},
       "Param1=value1",
       "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
  };
  for (const Vector& vector : vectors) EXPECT_EQ(Sign(vector), vector.signature) << vector.name;
}

TEST(Sigv4Test, IamDocumentationExample) {
  http::Request request;
  request.method = "GET";
  request.target = "/?Action=ListUsers&Version=2010-05-08";
  request.headers.Add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.headers.Add("Host", "iam.amazonaws.com");
  request.headers.Add("X-Amz-Date", kTimestamp);
  const std::vector<std::string> names = {"content-type", "host", "x-amz-date"};
  const std::string key = DeriveSigningKey(kSecret, "20150830", "us-east-1", "iam");
  EXPECT_EQ(HexEncode(key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
  EXPECT_EQ(
      HexEncode(HmacSha256(key, StringToSign(kTimestamp, "20150830/us-east-1/iam/aws4_request",
                                             CanonicalRequest(request, names, kEmptySha256, {})))),
      "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(Sigv4Test, PathIsEncodedTwiceButOnceForS3) {
  http::Request request;
  request.method = "GET";
  request.target = "/functions/arn%3Aaws/x?b=2&a=%2f&a=+1&flag";
  const std::string twice = CanonicalRequest(request, {}, "", {});
  EXPECT_NE(twice.find("/functions/arn%253Aaws/x\n"), std::string::npos) << twice;
  EXPECT_NE(twice.find("a=%201&a=%2F&b=2&flag=\n"), std::string::npos) << twice;
  const std::string once = CanonicalRequest(request, {}, "", {.s3 = true});
  EXPECT_NE(once.find("/functions/arn%3Aaws/x\n"), std::string::npos) << once;
  request.target = "/a//../b";
  EXPECT_NE(CanonicalRequest(request, {}, "", {.s3 = true}).find("/a//../b\n"), std::string::npos);
}

TEST(Sigv4Test, ParsesBothForms) {
  http::Request request;
  request.target = "/";
  EXPECT_FALSE(HasSignature(request));
  request.headers.Add("Authorization",
                      "AWS4-HMAC-SHA256 Credential=AKID/EX/20150830/us-east-1/iam/aws4_request,"
                      "SignedHeaders=host;X-Amz-Date, Signature=abcd");
  request.headers.Add("Date", "Sun, 30 Aug 2015 12:36:00 GMT");
  ASSERT_TRUE(HasSignature(request));
  const auto header = ParseSignature(request);
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->access_key_id, "AKID/EX");
  EXPECT_EQ(header->Scope(), "20150830/us-east-1/iam/aws4_request");
  EXPECT_EQ(header->timestamp, kTimestamp);
  EXPECT_EQ(header->signed_headers, (std::vector<std::string>{"host", "x-amz-date"}));

  http::Request presigned;
  presigned.target =
      "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20150830%2Fus-east-1%2Fs3%2F"
      "aws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
      "&X-Amz-Signature=ff";
  const auto query = ParseSignature(presigned);
  ASSERT_TRUE(query) << query.error().message;
  EXPECT_TRUE(query->presigned);
  EXPECT_EQ(query->access_key_id, "AKID");
  EXPECT_EQ(query->expires, "60");
}

TEST(Sigv4Test, SaysWhatIsMissing) {
  http::Request request;
  request.headers.Add("Authorization", "AWS4-HMAC-SHA256 SignedHeaders=host");
  const auto claim = ParseSignature(request);
  ASSERT_FALSE(claim);
  EXPECT_EQ(claim.error().message,
            "Authorization header requires 'Credential' parameter. Authorization header requires "
            "'Signature' parameter. Authorization header requires existence of either a "
            "'X-Amz-Date' or a 'Date' header. Authorization=AWS4-HMAC-SHA256");
  request.headers.Set("Authorization", "AWS4-HMAC-SHA256 Credential");
  EXPECT_NE(ParseSignature(request).error().message.find("not a valid key=value pair"),
            std::string::npos);
  request.headers.Set("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c");
  EXPECT_NE(ParseSignature(request).error().message.find("at least 5 slash-delimited elements"),
            std::string::npos);
}

}  // namespace
}  // namespace riposte::access
