// `riposte runbook validate` and `graph`: what scripts see of them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "app/commands.h"

namespace riposte::app {
namespace {

class RunbookCommandsTest : public ::testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(file_); }
  const std::string& Write(const std::string& text) {
    std::ofstream(file_) << text;
    return file_;
  }
  std::string file_ = ::testing::TempDir() + "riposte-runbook-" +
                      std::to_string(reinterpret_cast<uintptr_t>(this)) + ".yaml";
};

TEST_F(RunbookCommandsTest, ValidateTellsByItsExitCode) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(RunbookValidate(
                Write("schemaVersion: '0.3'\nmainSteps: [{name: hold, action: aws:pause}]\n")),
            0);
  EXPECT_NE(::testing::internal::GetCapturedStdout().find("valid, 1 steps"), std::string::npos);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(
      RunbookValidate(Write("schemaVersion: '0.3'\nmainSteps: [{name: hold, action: aws:fly}]\n")),
      1);
  const std::string refusal = ::testing::internal::GetCapturedStderr();
  EXPECT_NE(refusal.find("InvalidDocumentContent: Step hold: action aws:fly is not supported."),
            std::string::npos)
      << refusal;
  EXPECT_EQ(RunbookValidate(file_ + ".nobody"), 2);
}

TEST_F(RunbookCommandsTest, GraphShowsEveryWay) {
  const std::string& file = Write(R"(
schemaVersion: '0.3'
parameters: {Os: {type: String}}
mainSteps:
- name: choose
  action: aws:branch
  inputs:
    Choices: [{NextStep: linux, Variable: "{{ Os }}", StringEquals: "<b>"}]
- {name: other, action: aws:pause, isEnd: true, onFailure: 'step:linux'}
- {name: linux, action: aws:executeAwsApi, inputs: {Service: x, Api: Y}}
)");
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(RunbookGraph(file, false), 0);
  EXPECT_EQ(::testing::internal::GetCapturedStdout(),
            "choose  aws:branch\n"
            "    when {{ Os }} StringEquals <b> -> linux\n"
            "    otherwise -> other\n"
            "other   aws:pause\n"
            "    -> (end)\n"
            "    on failure -> linux\n"
            "linux   aws:executeAwsApi\n"
            "    -> (end)\n");
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(RunbookGraph(file, true), 0);
  const std::string svg = ::testing::internal::GetCapturedStdout();
  EXPECT_TRUE(svg.starts_with("<svg xmlns="));
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
  EXPECT_NE(svg.find("&lt;b&gt;"), std::string::npos);
}

}  // namespace
}  // namespace riposte::app
