#include "access/sealer.h"

#include <gtest/gtest.h>

namespace riposte::access {
namespace {

TEST(SealerTest, OpensOnlyWhatWasSealedUnderTheSameContext) {
  const Sealer sealer(std::string(32, 'k'));
  const std::string nonce(12, 'n');
  for (const std::string& plain : {std::string(), std::string("x"), std::string(5000, 'y')}) {
    const std::string sealed = sealer.Seal(plain, "context", nonce);
    EXPECT_EQ(sealer.Open(sealed, "context"), plain);
    EXPECT_FALSE(sealer.Open(sealed, "other"));
    EXPECT_FALSE(Sealer(std::string(32, 'x')).Open(sealed, "context"));
    for (const size_t at : {size_t{0}, sealed.size() / 2, sealed.size() - 1}) {
      std::string changed = sealed;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      EXPECT_FALSE(sealer.Open(changed, "context")) << at;
    }
    EXPECT_FALSE(sealer.Open(sealed.substr(0, 20), "context"));
  }
}

}  // namespace
}  // namespace riposte::access
