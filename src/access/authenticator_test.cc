#include "access/authenticator.h"

#include <gtest/gtest.h>

#include "access/chunked.h"
#include "access/crypto.h"
#include "access/sigv4.h"
#include "access/testing/identities.h"
#include "base/encoding.h"

namespace riposte::access {
namespace {

constexpr std::chrono::minutes kMinute{1};

class AuthenticatorTest : public ::testing::Test {
 protected:
  [[nodiscard]] http::Request MakeRequest() const {
    http::Request request;
    request.method = "POST";
    request.target = "/?a=1";
    request.headers.Add("X-Amz-Target", "AWSEvents.PutRule");
    request.headers.Add("Content-Type", "application/x-amz-json-1.1");
    request.body = R"({"Name":"r"})";
    return request;
  }
  [[nodiscard]] http::Request Signed(std::string_view service = "events") const {
    http::Request request = MakeRequest();
    SignRequest(request, "localhost:4566", {key_.id, key_.secret, ""}, "eu-west-1", service, now_);
    return request;
  }
  /// The code of the refusal, "" when there is none.
  [[nodiscard]] std::string Refusal(const http::Request& request,
                                    ErrorFamily family = ErrorFamily::kJson) const {
    const auto who = authenticator_.Authenticate(request, identities_.clock.Now(), family);
    return who ? "" : who.error().detail;
  }

  testing::Identities identities_;
  AccessKey key_ = identities_.AddUser("ann");
  Authenticator authenticator_{{}, identities_.directory};
  TimePoint now_ = identities_.clock.Now();
};

TEST_F(AuthenticatorTest, AcceptsWhatSignRequestMakes) {
  for (const std::string_view service : {"events", "s3"}) {
    const auto who = authenticator_.Authenticate(Signed(service), now_);
    ASSERT_TRUE(who) << who.error().message;
    EXPECT_EQ(who->principal.arn, "arn:aws:iam::111122223333:user/ann");
    EXPECT_EQ(who->principal.access_key_id, key_.id);
    EXPECT_EQ(who->region.str(), "eu-west-1");
    EXPECT_EQ(who->signing_name, service);
  }
}

TEST_F(AuthenticatorTest, EveryChangeIsNoticed) {
  const std::vector<std::pair<const char*, std::function<void(http::Request&)>>> changes = {
      {"method", [](http::Request& r) { r.method = "PUT"; }},
      {"path", [](http::Request& r) { r.target = "/x?a=1"; }},
      {"query", [](http::Request& r) { r.target = "/?a=2"; }},
      {"added query", [](http::Request& r) { r.target += "&b"; }},
      {"body", [](http::Request& r) { r.body += " "; }},
      {"target", [](http::Request& r) { r.headers.Set("X-Amz-Target", "AWSEvents.DeleteRule"); }},
      {"second value", [](http::Request& r) { r.headers.Add("X-Amz-Target", "x"); }},
      {"host", [](http::Request& r) { r.headers.Set("Host", "elsewhere"); }},
      {"date", [](http::Request& r) { r.headers.Set("X-Amz-Date", "20260101T000001Z"); }},
      {"unsigned x-amz header", [](http::Request& r) { r.headers.Add("X-Amz-Acl", "public"); }},
      {"declared hash",
       [](http::Request& r) { r.headers.Set("X-Amz-Content-Sha256", std::string(kEmptySha256)); }},
      {"unsigned payload outside S3",
       [](http::Request& r) {
         r.headers.Set("X-Amz-Content-Sha256", std::string(kUnsignedPayload));
       }},
      {"region in the scope",
       [](http::Request& r) {
         std::string header(r.headers.Get("Authorization"));
         header.replace(header.find("eu-west-1"), 9, "us-east-1");
         r.headers.Set("Authorization", header);
       }},
  };
  ASSERT_EQ(Refusal(Signed()), "");
  for (const auto& [name, change] : changes) {
    http::Request request = Signed();
    change(request);
    EXPECT_EQ(Refusal(request), "InvalidSignatureException") << name;
    EXPECT_EQ(Refusal(request, ErrorFamily::kQuery), "SignatureDoesNotMatch") << name;
  }
}

TEST_F(AuthenticatorTest, RefusesByNameOfTheProtocol) {
  http::Request unknown = MakeRequest();
  SignRequest(unknown, "h", {"AKIANOBODY", "x", ""}, "eu-west-1", "events", now_);
  EXPECT_EQ(Refusal(unknown), "UnrecognizedClientException");
  EXPECT_EQ(Refusal(unknown, ErrorFamily::kRestJson), "UnrecognizedClientException");
  EXPECT_EQ(Refusal(unknown, ErrorFamily::kQuery), "InvalidClientTokenId");
  EXPECT_EQ(Refusal(unknown, ErrorFamily::kEc2), "AuthFailure");
  EXPECT_EQ(Refusal(unknown, ErrorFamily::kS3), "InvalidAccessKeyId");
  EXPECT_EQ(Authenticator::ErrorStatus(ErrorFamily::kJson, "UnrecognizedClientException"), 400);
  EXPECT_EQ(Authenticator::ErrorStatus(ErrorFamily::kQuery, "InvalidClientTokenId"), 403);
  EXPECT_EQ(Authenticator::ErrorStatus(ErrorFamily::kEc2, "AuthFailure"), 401);

  http::Request basic = MakeRequest();
  basic.headers.Add("Authorization", "Basic abc");
  EXPECT_EQ(Refusal(basic), "MissingAuthenticationTokenException");
  EXPECT_EQ(Refusal(basic, ErrorFamily::kQuery), "MissingAuthenticationToken");
  http::Request broken = MakeRequest();
  broken.headers.Add("Authorization", "AWS4-HMAC-SHA256 Credential=a/b/c/d/e");
  EXPECT_EQ(Refusal(broken), "IncompleteSignatureException");
  EXPECT_EQ(Refusal(broken, ErrorFamily::kQuery), "IncompleteSignature");
}

TEST_F(AuthenticatorTest, ASignatureCountsForTheServiceOfItsScope) {
  const auto who = authenticator_.Authenticate(Signed("events"), now_);
  ASSERT_TRUE(who);
  const auto check = [&](std::string_view service, ErrorFamily family) {
    const Status fits = authenticator_.CheckService(*who, service, family);
    return fits ? "" : fits.error().detail + ": " + fits.error().message;
  };
  EXPECT_EQ(check("events", ErrorFamily::kJson), "");
  EXPECT_EQ(check("ssm", ErrorFamily::kJson),
            "InvalidSignatureException: Credential should be scoped to correct service: 'ssm'. ");
  EXPECT_EQ(check("event", ErrorFamily::kRestJson),
            "InvalidSignatureException: Credential should be scoped to correct service: 'event'. ");
  EXPECT_EQ(check("iam", ErrorFamily::kQuery),
            "SignatureDoesNotMatch: Credential should be scoped to correct service: 'iam'. ");
  EXPECT_EQ(check("ec2", ErrorFamily::kEc2),
            "AuthFailure: AWS was not able to validate the provided access credentials");
  EXPECT_EQ(
      check("s3", ErrorFamily::kS3),
      "AuthorizationHeaderMalformed: The authorization header is malformed; incorrect service "
      "\"events\". This endpoint belongs to \"s3\".");
  // Nothing is checked where nothing is signed, or where nobody asks.
  const auto unsigned_call = authenticator_.Authenticate(MakeRequest(), now_);
  EXPECT_TRUE(authenticator_.CheckService(*unsigned_call, "ssm", ErrorFamily::kJson));
  const Authenticator open({.open = true}, identities_.directory);
  EXPECT_TRUE(open.CheckService(*who, "ssm", ErrorFamily::kJson));
}

TEST_F(AuthenticatorTest, UnsignedIsAnonymous) {
  const auto who = authenticator_.Authenticate(MakeRequest(), now_);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->principal.kind, Principal::Kind::kAnonymous);
}

TEST_F(AuthenticatorTest, TheClockMayBeFifteenMinutesOff) {
  const http::Request request = Signed();
  identities_.clock.Set(now_ + 15 * kMinute);
  EXPECT_EQ(Refusal(request), "");
  identities_.clock.Set(now_ - 15 * kMinute);
  EXPECT_EQ(Refusal(request), "");
  identities_.clock.Set(now_ + 16 * kMinute);
  EXPECT_EQ(Refusal(request, ErrorFamily::kQuery), "SignatureDoesNotMatch");
  EXPECT_EQ(Refusal(request, ErrorFamily::kS3), "RequestTimeTooSkewed");
  EXPECT_EQ(authenticator_.Authenticate(request, identities_.clock.Now()).error().message,
            "Signature expired: 20260101T000000Z is now earlier than 20260101T000100Z "
            "(20260101T001600Z - 15 min.)");
  identities_.clock.Set(now_ - 16 * kMinute);
  EXPECT_EQ(authenticator_.Authenticate(request, identities_.clock.Now()).error().message,
            "Signature not yet current: 20260101T000000Z is still later than 20251231T235900Z "
            "(20251231T234400Z + 15 min.)");
}

TEST_F(AuthenticatorTest, TemporaryKeysNeedTheirTokenAndExpire) {
  const AccessKey key =
      identities_.directory.IssueTemporaryKey(key_.principal, std::chrono::minutes(10));
  http::Request request = MakeRequest();
  SignRequest(request, "h", {key.id, key.secret, key.session_token}, "eu-west-1", "events", now_);
  EXPECT_EQ(Refusal(request), "");
  http::Request no_token = MakeRequest();
  SignRequest(no_token, "h", {key.id, key.secret, ""}, "eu-west-1", "events", now_);
  EXPECT_EQ(Refusal(no_token), "UnrecognizedClientException");
  identities_.clock.Set(now_ + 10 * kMinute);
  EXPECT_EQ(Refusal(request), "ExpiredTokenException");
  EXPECT_EQ(Refusal(request, ErrorFamily::kQuery), "ExpiredToken");
}

TEST_F(AuthenticatorTest, InactiveAndDeletedKeysAreUnknown) {
  const http::Request request = Signed();
  identities_.store->WriteAndWait([&](store::Transaction& tx) {
    tx.Execute("UPDATE access_keys SET active = 0 WHERE id = ?", {key_.id});
  });
  identities_.directory.Reload();
  EXPECT_EQ(Refusal(request), "UnrecognizedClientException");
}

TEST_F(AuthenticatorTest, PresignedUrlsLastAsLongAsTheySay) {
  http::Request request;
  request.method = "GET";
  request.target = "/bucket/a%20b?x=1";
  PresignRequest(request, "localhost", {key_.id, key_.secret, ""}, "eu-west-1", "s3", now_,
                 std::chrono::hours(1));
  EXPECT_EQ(Refusal(request, ErrorFamily::kS3), "");
  identities_.clock.Set(now_ + 60 * kMinute);
  EXPECT_EQ(Refusal(request, ErrorFamily::kS3), "");
  http::Request other = request;
  other.target.replace(other.target.find("a%20b"), 5, "a%20c");
  EXPECT_EQ(Refusal(other, ErrorFamily::kS3), "SignatureDoesNotMatch");
  http::Request longer = request;
  longer.target.replace(longer.target.find("Expires=3600"), 12, "Expires=7200");
  EXPECT_EQ(Refusal(longer, ErrorFamily::kS3), "SignatureDoesNotMatch");
  identities_.clock.Set(now_ + 61 * kMinute);
  EXPECT_EQ(Refusal(request, ErrorFamily::kS3), "AccessDenied");
  EXPECT_EQ(Refusal(request, ErrorFamily::kQuery), "RequestExpired");

  http::Request sts;
  sts.method = "GET";
  sts.target = "/?Action=GetCallerIdentity&Version=2011-06-15";
  PresignRequest(sts, "localhost", {key_.id, key_.secret, ""}, "eu-west-1", "sts",
                 identities_.clock.Now(), std::chrono::minutes(1));
  EXPECT_EQ(Refusal(sts, ErrorFamily::kQuery), "");
}

TEST_F(AuthenticatorTest, OpenModeTakesTheKeyIdForTheAccount) {
  const Authenticator open({.open = true}, identities_.directory);
  http::Request request = MakeRequest();
  SignRequest(request, "h", {"123456789012", "any", ""}, "eu-west-1", "events", now_);
  auto who = open.Authenticate(request, now_);
  ASSERT_TRUE(who);
  EXPECT_EQ(who->principal.arn, "arn:aws:iam::123456789012:root");
  EXPECT_EQ(who->region.str(), "eu-west-1");
  http::Request test = MakeRequest();
  SignRequest(test, "h", {"test", "test", ""}, "us-west-2", "events", now_);
  who = open.Authenticate(test, now_);
  EXPECT_EQ(who->principal.account.str(), "000000000000");
  who = open.Authenticate(Signed(), now_);
  EXPECT_EQ(who->principal.arn, "arn:aws:iam::111122223333:root");
  who = open.Authenticate(MakeRequest(), now_);
  EXPECT_EQ(who->principal.kind, Principal::Kind::kRoot);
  EXPECT_EQ(who->region.str(), "us-east-1");
}

TEST_F(AuthenticatorTest, NotesWhenAKeyWasUsed) {
  ASSERT_EQ(Refusal(Signed()), "");
  std::string service;
  identities_.store->Read([&](store::Transaction& tx) {
    service = *tx.QueryText("SELECT last_used_service FROM access_keys WHERE id = ?", {key_.id});
  });
  EXPECT_EQ(service, "events");
}

// The worked example of the S3 reference: 66560 bytes of 'a' in chunks of 64 KB and 1 KB.
class ChunkedTest : public ::testing::Test {
 protected:
  [[nodiscard]] static std::string Body() {
    return "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
           "\r\n" +
           std::string(65536, 'a') +
           "\r\n400;chunk-signature="
           "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" +
           std::string(1024, 'a') +
           "\r\n0;chunk-signature="
           "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
  }
  [[nodiscard]] Result<std::string> Decode(const std::string& body) const {
    return DecodeChunked(body, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                         {key_, "20130524T000000Z", "20130524/us-east-1/s3/aws4_request",
                          "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"});
  }
  std::string key_ =
      DeriveSigningKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524", "us-east-1", "s3");
};

TEST_F(ChunkedTest, DecodesAndChecksEachPiece) {
  const auto body = Decode(Body());
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(*body, std::string(66560, 'a'));
  std::string changed = Body();
  changed[66000] = 'b';
  EXPECT_EQ(Decode(changed).error().code, Code::kUnauthenticated);
  std::string cut = Body();
  cut.resize(cut.size() - 90);  // Without its last chunk.
  EXPECT_FALSE(Decode(cut));
}

TEST_F(ChunkedTest, UnsignedWithTrailer) {
  const auto body = DecodeChunked("3\r\nabc\r\n0\r\nx-amz-checksum-crc32:NSRBwg==\r\n\r\n",
                                  "STREAMING-UNSIGNED-PAYLOAD-TRAILER", {});
  ASSERT_TRUE(body);
  EXPECT_EQ(*body, "abc");
  for (const char* broken : {"", "3\r\nab", "zz\r\n", "fffffffffffffffff\r\n", "3\r\nabcd\r\n0\r\n",
                             "ffffffff\r\nabc"}) {
    EXPECT_FALSE(DecodeChunked(broken, "STREAMING-UNSIGNED-PAYLOAD-TRAILER", {})) << broken;
  }
  EXPECT_FALSE(DecodeChunked("0\r\n\r\n", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", {}));
}

TEST_F(AuthenticatorTest, ChunkedUploadsComeDecoded) {
  http::Request request;
  request.method = "PUT";
  request.target = "/bucket/key";
  request.headers.Add("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
  request.body = "3\r\nabc\r\n0\r\n\r\n";
  SignRequest(request, "h", {key_.id, key_.secret, ""}, "eu-west-1", "s3", now_);
  const auto who = authenticator_.Authenticate(request, now_, ErrorFamily::kS3);
  ASSERT_TRUE(who) << who.error().message;
  EXPECT_EQ(who->decoded_body, "abc");
}

}  // namespace
}  // namespace riposte::access
