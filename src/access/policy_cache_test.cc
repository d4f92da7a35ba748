#include "access/policy_cache.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace riposte::access {
namespace {

std::string Text(const std::string& sid) {
  return R"({"Version":"2012-10-17","Statement":[{"Sid":")" + sid +
         R"(","Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}]})";
}

TEST(PolicyCacheTest, ATextIsCompiledOnce) {
  PolicyCache cache;
  const auto first = cache.Get(Text("a"), PolicyKind::kResource);
  ASSERT_TRUE(first);
  EXPECT_EQ(cache.Get(Text("a"), PolicyKind::kResource), first);
  const auto other = cache.Get(Text("b"), PolicyKind::kResource);
  ASSERT_TRUE(other);
  EXPECT_NE(other, first);
  EXPECT_EQ(cache.Get(Text("a"), PolicyKind::kResource), first);
}

TEST(PolicyCacheTest, TheKindBelongsToTheText) {
  PolicyCache cache;
  EXPECT_TRUE(cache.Get(Text("a"), PolicyKind::kResource));
  EXPECT_FALSE(cache.Get(Text("a"), PolicyKind::kIdentity));  // Names a principal.
  EXPECT_TRUE(cache.Get(Text("a"), PolicyKind::kResource));
}

TEST(PolicyCacheTest, WhatDoesNotParseIsNull) {
  PolicyCache cache;
  EXPECT_FALSE(cache.Get("{", PolicyKind::kResource));
  const size_t bytes = cache.bytes(PolicyKind::kResource);
  EXPECT_GT(bytes, 0u);
  EXPECT_FALSE(cache.Get("{", PolicyKind::kResource));
  EXPECT_EQ(cache.bytes(PolicyKind::kResource), bytes);
}

TEST(PolicyCacheTest, GrowsToItsBoundOnly) {
  PolicyCache cache;
  const std::string junk(20'000, 'x');
  size_t most = 0;
  for (int i = 0; i < 500; ++i) {
    (void)cache.Get(junk + std::to_string(i), PolicyKind::kIdentity);
    most = std::max(most, cache.bytes(PolicyKind::kIdentity));
    ASSERT_LE(cache.bytes(PolicyKind::kIdentity), PolicyCache::kMaxBytes);
  }
  EXPECT_GT(most, PolicyCache::kMaxBytes / 2);
  // A document that somebody still holds stays good when the cache forgets it.
  const auto held = cache.Get(Text("a"), PolicyKind::kResource);
  for (int i = 0; i < 500; ++i) {
    (void)cache.Get(junk + std::to_string(i), PolicyKind::kResource);
  }
  EXPECT_NE(cache.Get(Text("a"), PolicyKind::kResource), held);
  const Principal root = Principal::Root(AccountId("111122223333"));
  const Context context;
  EXPECT_EQ(held->Evaluate({"sqs:SendMessage", "r", &context, &root}).effect,
            PolicyVerdict::Effect::kAllow);
}

TEST(PolicyCacheTest, ThreadsAgree) {
  PolicyCache cache;
  std::vector<std::shared_ptr<const PolicyDocument>> seen(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : seen) {
      threads.emplace_back([&cache, &mine] {
        for (int i = 0; i < 200; ++i) {
          (void)cache.Get(Text(std::to_string(i)), PolicyKind::kResource);
        }
        mine = cache.Get(Text("shared"), PolicyKind::kResource);
      });
    }
  }
  for (const auto& mine : seen) EXPECT_EQ(mine, cache.Get(Text("shared"), PolicyKind::kResource));
}

}  // namespace
}  // namespace riposte::access
