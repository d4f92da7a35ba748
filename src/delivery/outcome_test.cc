#include "delivery/outcome.h"

#include <gtest/gtest.h>

namespace riposte::delivery {
namespace {

TEST(ResultOf, ByErrorCode) {
  const auto of = [](const char* code) { return ResultOf({{}, api::Error(code, "m")}); };
  EXPECT_EQ(of("AccessDeniedException").error_code, "NO_PERMISSIONS");
  EXPECT_EQ(of("AuthorizationError").kind, Result::Kind::kDead);
  EXPECT_EQ(of("ResourceNotFoundException").error_code, "NO_RESOURCE");
  EXPECT_EQ(of("AWS.SimpleQueueService.NonExistentQueue").error_code, "NO_RESOURCE");
  EXPECT_EQ(of("QueueDoesNotExist").error_code, "NO_RESOURCE");
  EXPECT_EQ(of("NotFound").error_code, "NO_RESOURCE");
  EXPECT_EQ(of("ExecutionAlreadyExists").error_code, "RESOURCE_ALREADY_EXISTS");
  EXPECT_EQ(of("ValidationException").error_code, "SDK_CLIENT_ERROR");
  EXPECT_EQ(of("TooManyRequestsException").error_code, "THROTTLING");
  EXPECT_EQ(of("TooManyRequestsException").kind, Result::Kind::kRetry);
  EXPECT_EQ(of("ThrottlingException").kind, Result::Kind::kRetry);
  EXPECT_EQ(of("ServiceException").kind, Result::Kind::kRetry);
  EXPECT_EQ(of("InvalidAutomationExecutionParametersException").kind, Result::Kind::kDead);
  EXPECT_EQ(ResultOf({json::Object(), std::nullopt}).kind, Result::Kind::kDone);
}

}  // namespace
}  // namespace riposte::delivery
