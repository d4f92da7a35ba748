#include "json/append.h"

#include <gtest/gtest.h>

#include <limits>

namespace riposte::json {
namespace {

TEST(Append, WritesWhatSerializeWrites) {
  std::string all;
  for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
  const Value value = Array{
      nullptr,
      true,
      false,
      0,
      -1,
      std::numeric_limits<int64_t>::min(),
      std::numeric_limits<uint64_t>::max(),
      0.1,
      -2.5e300,
      1.0,
      "",
      all,
      std::string("\0", 1),
      "ä€😀",
      Object{},
      Array{},
      Object{{"a\"b\n", Array{1, Object{{"", "x"}}}}, {"c", Object{{"d", 2}, {"e", nullptr}}}}};
  EXPECT_EQ(Text(value), Serialize(value));
  EXPECT_EQ(Text(value.get_array()), Serialize(value));
  const Object object{{"list", value}, {"n", 1}};
  EXPECT_EQ(Text(object), Serialize(object));
  std::string out = "x";
  Append(out, object);
  EXPECT_EQ(out, "x" + Serialize(object));
  EXPECT_EQ(Text(*Parse(Text(value))), Text(value));
}

}  // namespace
}  // namespace riposte::json
