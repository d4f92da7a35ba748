// Files attached to documents: where they come from, what is checked, who sees them, when they go.
#include "services/ssm/attachments.h"

#include "access/crypto.h"
#include "base/encoding.h"
#include "services/ssm/s3_object.h"
#include "services/ssm/testing/ssm_fixture.h"

namespace riposte::ssm {
namespace {

constexpr const char* kScript = "def main(e, c):\n    return 1\n";

TEST(S3AddressTest, Forms) {
  const auto parsed = [](std::string_view text) {
    const auto address = ParseS3Address(text);
    return address ? address->bucket + " " + address->key : "";
  };
  EXPECT_EQ(parsed("s3://box/a/b.py"), "box a/b.py");
  EXPECT_EQ(parsed("s3://box/a%20b"), "box a%20b");  // no URL: nothing is encoded
  EXPECT_EQ(parsed("s3://box"), "box ");
  EXPECT_EQ(parsed("https://box.s3.eu-west-1.amazonaws.com/a%20b.py?X-Amz-Signature=1"),
            "box a b.py");
  EXPECT_EQ(parsed("https://my.box.s3.amazonaws.com/a"), "my.box a");
  EXPECT_EQ(parsed("https://box.s3-us-west-2.amazonaws.com/a"), "box a");
  EXPECT_EQ(parsed("https://my.s3.box.s3.eu-west-1.amazonaws.com/a"), "my.s3.box a");
  EXPECT_EQ(parsed("https://s3.eu-west-1.amazonaws.com/box/a/b"), "box a/b");
  EXPECT_EQ(parsed("https://s3.amazonaws.com/box"), "box ");
  EXPECT_EQ(parsed("https://box.s3.cn-north-1.amazonaws.com.cn/a"), "box a");
  for (const char* other :
       {"", "s3://", "s3:///key", "box/key", "http://box.s3.amazonaws.com/a",
        "https://s3.amazonaws.com/", "https://example.com/box/a", "https://box.amazonaws.com/a",
        "https://box.s3.amazonaws.com.example.com/a", "https://.s3.amazonaws.com/a"}) {
    EXPECT_EQ(parsed(other), "") << other;
  }
}

class AttachmentsTest : public SsmTest {
 protected:
  AttachmentsTest() {
    invoker_.within = [this](const api::Invocation& call) -> std::optional<api::Outcome> {
      EXPECT_EQ(call.service + ":" + call.operation, "s3:GetObject");
      EXPECT_EQ(call.principal.account, scope_.account);
      const std::string bucket(json::GetString(call.input, "Bucket"));
      if (bucket == "closed") return Fails("AccessDenied", "Access Denied");
      if (bucket != "box") return Fails("NoSuchBucket");
      const auto found = objects_.find(json::GetString(call.input, "Key"));
      if (found == objects_.end()) return Fails("NoSuchKey");
      return Ok({{"Body", Base64Encode(found->second)}});
    };
  }

  static Object Source(std::string_view key, std::string_view value, std::string_view name = "") {
    Object source{{"Key", key}, {"Values", Array{value}}};
    json::SetIfNotEmpty(source, "Name", name);
    return source;
  }
  /// A runbook of one script step, with `files` and a marker that makes contents differ.
  static std::string Runbook(const std::string& file, Object files, int marker = 1) {
    return json::Serialize(
        Object{{"schemaVersion", "0.3"},
               {"description", std::to_string(marker)},
               {"files", std::move(files)},
               {"mainSteps", Array{Object{{"name", "run"},
                                          {"action", "aws:executeScript"},
                                          {"inputs", Object{{"Runtime", "python3.11"},
                                                            {"Handler", "run.main"},
                                                            {"Attachment", file}}}}}}});
  }
  static Object Checksum(std::string_view body) {
    return Object{{"checksums", Object{{"sha256", access::Sha256Hex(body)}}}};
  }
  static Object Document(const std::string& name, std::string content, Array sources) {
    return Object{{"Name", name},
                  {"Content", std::move(content)},
                  {"DocumentType", "Automation"},
                  {"DocumentFormat", "JSON"},
                  {"Attachments", std::move(sources)}};
  }
  /// One with the script run.py.
  static Object WithScript(const std::string& name, Array sources) {
    return Document(name, Runbook("run.py", {{"run.py", Checksum(kScript)}}), std::move(sources));
  }
  Object Get(const std::string& name, const std::string& version = "") {
    Object input{{"Name", name}};
    json::SetIfNotEmpty(input, "DocumentVersion", version);
    return Run("GetDocument", std::move(input));
  }
  std::string Content(const std::string& name, const std::string& version = "") {
    return At(Get(name, version), "AttachmentsContent.0.Hash");
  }
  /// What lies behind an address that GetDocument gave, or "Code: message".
  std::string Fetch(const std::string& url) {
    const size_t token = url.find("/riposte-attachments/") + 21;
    const size_t name = url.rfind('/');
    const std::string home = std::exchange(service_, "attachments");
    const Object input{{"Token", url.substr(token, name - token)}, {"Name", url.substr(name + 1)}};
    const auto outcome = Begin("GetDocumentAttachment", input);
    service_ = home;
    const api::Outcome& result = **outcome;
    if (!result.ok()) return result.error->code() + ": " + result.error->message();
    EXPECT_EQ(At(result.output, "ContentDisposition"), "attachment");
    return Base64Decode(At(result.output, "Body")).value();
  }
  int64_t CountBodies() {
    int64_t count = 0;
    store_->Read([&](store::Transaction& tx) {
      count = tx.QueryInt("SELECT COUNT(*) FROM ssm_attachments").value();
    });
    return count;
  }

  std::map<std::string, std::string, std::less<>> objects_{
      {"scripts/run.py", kScript}, {"run.zip", std::string("PK\0\xff", 4)}, {"more/a.py", "a = 1"}};
};

TEST_F(AttachmentsTest, EachKindOfSource) {
  Run("CreateDocument", WithScript("ByFile", {Source("S3FileUrl", "s3://box/scripts/run.py")}));
  const Object shown = Get("ByFile");
  EXPECT_EQ(At(shown, "AttachmentsContent.0.Name"), "run.py");
  EXPECT_EQ(At(shown, "AttachmentsContent.0.Size"), std::to_string(std::strlen(kScript)));
  EXPECT_EQ(At(shown, "AttachmentsContent.0.Hash"), access::Sha256Hex(kScript));
  EXPECT_EQ(At(shown, "AttachmentsContent.0.HashType"), "Sha256");
  EXPECT_EQ(Fetch(At(shown, "AttachmentsContent.0.Url")), kScript);

  const auto created =
      Run("CreateDocument",
          WithScript("ByFolder",
                     {Source("SourceUrl", "https://s3.amazonaws.com/box/scripts", "run.py")}));
  EXPECT_EQ(At(created, "DocumentDescription.AttachmentsInformation.0.Name"), "run.py");
  Run("CreateDocument",
      WithScript("ByReference", {Source("AttachmentReference", "ByFile/1/run.py")}));
  EXPECT_EQ(Content("ByReference"), access::Sha256Hex(kScript));

  // A folder without a name gives what the content lists; another name is given by Name.
  Run("CreateDocument",
      Document(
          "Both", Runbook("run.py", {{"run.py", Checksum(kScript)}, {"two.py", Object()}}),
          {Source("SourceUrl", "s3://box/scripts/", "run.py"),
           Source("S3FileUrl", "https://box.s3.us-east-1.amazonaws.com/more/a.py", "two.py")}));
  EXPECT_EQ(At(Run("DescribeDocument", {{"Name", "Both"}}), "Document.AttachmentsInformation"),
            R"([{"Name":"run.py"},{"Name":"two.py"}])");
  Run("CreateDocument", WithScript("Listed", {Source("SourceUrl", "s3://box/scripts")}));
  EXPECT_EQ(Content("Listed"), access::Sha256Hex(kScript));

  // Bytes are bytes; documents of other types have attachments without files.
  Run("CreateDocument", {{"Name", "Pack"},
                         {"Content", R"({"schemaVersion": "2.0", "packages": {}})"},
                         {"DocumentType", "Package"},
                         {"Attachments", Array{Source("S3FileUrl", "s3://box/run.zip")}}});
  EXPECT_EQ(Fetch(At(Get("Pack"), "AttachmentsContent.0.Url")), objects_["run.zip"]);
  EXPECT_EQ(At(Run("DescribeDocument", {{"Name", "AWS-StopEC2Instance"}}),
               "Document.AttachmentsInformation"),
            "");
}

TEST_F(AttachmentsTest, WhatIsRefused) {
  const std::string content = "InvalidDocumentContent: ";
  const std::string source = "InvalidParameterValueException: ";
  const auto refused = [this](Array sources) {
    return ErrorOf("CreateDocument", WithScript("Doc", std::move(sources)));
  };
  EXPECT_EQ(refused({Source("S3FileUrl", "s3://none/run.py")}),
            content +
                "The specified S3 bucket does not exist. Verify that the URL of the S3 bucket is "
                "correct.");
  EXPECT_EQ(refused({Source("S3FileUrl", "s3://box/run.py")}),
            content + "There is no S3 object s3://box/run.py.");
  EXPECT_EQ(refused({Source("S3FileUrl", "s3://closed/run.py")}),
            content + "s3://closed/run.py can't be read: Access Denied");
  EXPECT_EQ(refused({Source("S3FileUrl", "s3://box/more/a.py", "run.py")})
                .starts_with(content + "The checksum of the attachment run.py doesn't match"),
            true);
  EXPECT_EQ(refused({}), source + "AttachmentsSource not provided in the input request.");
  EXPECT_EQ(refused({Source("S3FileUrl", "s3://box/more/a.py")}),
            content + "The file run.py is not attached to the document.");
  for (const Object& bad :
       {Source("S3FileUrl", "s3://box"), Source("S3FileUrl", "s3://box/scripts/"),
        Source("S3FileUrl", "https://example.com/run.py"), Source("SourceUrl", "box/scripts"),
        Source("AttachmentReference", "run.py"), Source("AttachmentReference", "/1/run.py"),
        Source("Elsewhere", "s3://box/scripts/run.py"), Object{{"Key", "S3FileUrl"}},
        Source("S3FileUrl", "s3://box/scripts/run.py", "a/b.py"),
        Source("S3FileUrl", "s3://box/scripts/run.py", "..")}) {
    EXPECT_EQ(refused({bad}).substr(0, source.size()), source) << json::Serialize(bad);
  }
  const Object run = Source("S3FileUrl", "s3://box/scripts/run.py");
  EXPECT_EQ(refused({run, run}), source + "There are two attachments of the name run.py.");
  EXPECT_EQ(refused(Array(21, run)), source + "A document has at most 20 attachments.");
  Object many;
  for (int i = 0; i < 21; ++i) {
    const std::string name = "file" + std::to_string(i) + ".py";
    many[name] = Object();
    objects_["many/" + name] = "x";
  }
  EXPECT_EQ(ErrorOf("CreateDocument", Document("Doc", Runbook("file1.py", many),
                                               {Source("SourceUrl", "s3://box/many")})),
            source + "A document has at most 20 attachments.");

  objects_["scripts/run.py"] = std::string(Attachments::kMaxFileBytes + 1, 'x');
  EXPECT_EQ(refused({run}), content + "s3://box/scripts/run.py is longer than 1048576 bytes.");
  Array large;
  for (int i = 0; i < 5; ++i) {
    const std::string name = "large" + std::to_string(i) + ".py";
    objects_[name] = std::string(Attachments::kMaxFileBytes, 'x');
    large.push_back(Source("S3FileUrl", "s3://box/" + name));
  }
  EXPECT_EQ(refused(large),
            content + "The attachments of a document are at most 4194304 bytes together.");
  objects_["more/a.py"] = "\xff";
  EXPECT_EQ(ErrorOf("CreateDocument", Document("Doc", Runbook("a.py", {{"a.py", Object()}}),
                                               {Source("S3FileUrl", "s3://box/more/a.py")})),
            content + "The script a.py is not UTF-8.");
  EXPECT_EQ(CountBodies(), 0);
  EXPECT_EQ(ErrorOf("GetDocument", {{"Name", "Doc"}}).substr(0, 16), "InvalidDocument:");
}

TEST_F(AttachmentsTest, VersionsHaveTheirOwnAndTakeThemAlong) {
  const auto update = [](int marker, std::string_view body) {
    return Object{{"Name", "Doc"},
                  {"DocumentVersion", "$LATEST"},
                  {"Content", Runbook("run.py", {{"run.py", Checksum(body)}}, marker)}};
  };
  Run("CreateDocument", WithScript("Doc", {Source("S3FileUrl", "s3://box/scripts/run.py")}));
  // Nothing is taken over from the version before.
  EXPECT_EQ(ErrorOf("UpdateDocument", update(2, kScript)),
            "InvalidParameterValueException: AttachmentsSource not provided in the input request.");
  Object second = update(2, "a = 1");
  second["Attachments"] = Array{Source("S3FileUrl", "s3://box/more/a.py", "run.py")};
  EXPECT_EQ(At(Run("UpdateDocument", second), "DocumentDescription.AttachmentsInformation.0.Name"),
            "run.py");
  Object third = update(3, kScript);
  third["Attachments"] = Array{Source("AttachmentReference", "Doc/1/run.py")};
  Run("UpdateDocument", third);
  EXPECT_EQ(Content("Doc", "1"), access::Sha256Hex(kScript));
  EXPECT_EQ(Content("Doc", "2"), access::Sha256Hex("a = 1"));
  EXPECT_EQ(Content("Doc", "$LATEST"), access::Sha256Hex(kScript));
  const std::string url = At(Get("Doc", "2"), "AttachmentsContent.0.Url");

  EXPECT_EQ(CountBodies(), 3);
  Run("DeleteDocument", {{"Name", "Doc"}, {"DocumentVersion", "2"}});
  EXPECT_EQ(CountBodies(), 2);
  EXPECT_EQ(Fetch(url), "ResourceNotFoundException: The attachment is no longer there.");
  Run("DeleteDocument", {{"Name", "Doc"}});
  EXPECT_EQ(CountBodies(), 0);
}

TEST_F(AttachmentsTest, AddressesEndAndCannotBeMadeUp) {
  Run("CreateDocument", WithScript("Doc", {Source("S3FileUrl", "s3://box/scripts/run.py")}));
  const std::string url = At(Get("Doc"), "AttachmentsContent.0.Url");
  EXPECT_TRUE(url.starts_with("http://127.0.0.1:4566/riposte-attachments/")) << url;
  const std::string no = "AccessDeniedException: The address is not valid, or no longer.";
  std::string forged = url;
  forged[50] = forged[50] == '0' ? '1' : '0';
  EXPECT_EQ(Fetch(forged), no);
  EXPECT_EQ(Fetch(url.substr(0, url.rfind('/')) + "/other.py"), no);
  EXPECT_EQ(Fetch("http://127.0.0.1:4566/riposte-attachments/zz/run.py"), no);
  loop_.Advance(std::chrono::minutes(59));
  EXPECT_EQ(Fetch(url), kScript);
  loop_.Advance(std::chrono::minutes(1));
  EXPECT_EQ(Fetch(url), no);
}

TEST_F(AttachmentsTest, SharedDocumentsLendTheirs) {
  const Scope owner = scope_;
  Run("CreateDocument", WithScript("Doc", {Source("S3FileUrl", "s3://box/scripts/run.py")}));
  const std::string arn = "arn:aws:ssm:us-east-1:123456789012:document/Doc";
  scope_.account = AccountId("210987654321");
  const Object reference = WithScript("Mine", {Source("AttachmentReference", arn + "/1/run.py")});
  EXPECT_EQ(ErrorOf("CreateDocument", reference),
            "InvalidDocumentContent: The attachment " + arn +
                "/1/run.py can't be used: The specified SSM document doesn't exist.");
  scope_ = owner;
  Run("ModifyDocumentPermission",
      {{"Name", "Doc"}, {"PermissionType", "Share"}, {"AccountIdsToAdd", Array{"210987654321"}}});
  scope_.account = AccountId("210987654321");
  EXPECT_EQ(ErrorOf("CreateDocument",
                    WithScript("Mine", {Source("AttachmentReference", arn + "/1/none.py")})),
            "InvalidDocumentContent: There is no attachment " + arn + "/1/none.py.");
  Run("CreateDocument", reference);
  EXPECT_EQ(Content("Mine"), access::Sha256Hex(kScript));
  EXPECT_EQ(Fetch(At(Get(arn), "AttachmentsContent.0.Url")), kScript);
}

TEST_F(AttachmentsTest, AReferenceIsOfADocumentThatTheCallerMayRead) {
  Run("CreateDocument", WithScript("Doc", {Source("S3FileUrl", "s3://box/scripts/run.py")}));
  access::Principal nobody = access::Principal::Root(scope_.account);
  nobody.kind = access::Principal::Kind::kUser;
  nobody.arn = "arn:aws:iam::123456789012:user/nobody";
  caller_ = nobody;
  EXPECT_NE(
      ErrorOf("CreateDocument", WithScript("Mine", {Source("AttachmentReference", "Doc/1/run.py")}))
          .find("is not authorized to perform: ssm:GetDocument on resource: "
                "arn:aws:ssm:us-east-1:123456789012:document/Doc"),
      std::string::npos);
}

TEST_F(AttachmentsTest, ExecutionsRunThem) {
  workflow::testing::FakeScripts scripts;
  scripts.answer = [](const workflow::ScriptRequest&) {
    return workflow::ScriptResult{json::Value(7), "", {}};
  };
  engine_->SetScriptRunner(scripts);
  Run("CreateDocument", WithScript("Text", {Source("S3FileUrl", "s3://box/scripts/run.py")}));
  EXPECT_EQ(Status(Start({{"DocumentName", "Text"}})), "Success");
  ASSERT_EQ(scripts.requests.size(), 1u);
  EXPECT_EQ(scripts.requests[0].script, kScript);
  EXPECT_EQ(scripts.requests[0].package, "");

  Run("CreateDocument",
      Document("Zip", Runbook("run.zip", {{"run.zip", Checksum(objects_["run.zip"])}}),
               {Source("S3FileUrl", "s3://box/run.zip")}));
  EXPECT_EQ(Status(Start({{"DocumentName", "Zip"}})), "Success");
  ASSERT_EQ(scripts.requests.size(), 2u);
  EXPECT_EQ(Base64Decode(scripts.requests[1].package).value(), objects_["run.zip"]);
  EXPECT_EQ(scripts.requests[1].script, "");
}

}  // namespace
}  // namespace riposte::ssm
