#include "functions/output_lines.h"

#include <gtest/gtest.h>

#include <vector>

namespace riposte::functions {
namespace {

std::vector<std::string> Split(const std::vector<std::string>& chunks) {
  OutputLines lines;
  std::vector<std::string> out;
  const auto record = [&](std::string text) { out.push_back(std::move(text)); };
  for (const std::string& chunk : chunks) {
    lines.Append(chunk, record,
                 [&](std::string_view id) { out.push_back("<end " + std::string(id) + ">"); });
  }
  lines.Finish(record);
  return out;
}

using Lines = std::vector<std::string>;

TEST(OutputLinesTest, CutsAtLineEndsWhereverTheChunksEnd) {
  EXPECT_EQ(Split({"a\nb", "c\n", "\nd"}), (Lines{"a", "bc", "", "d"}));
  EXPECT_EQ(Split({"a\r\nb\rc\n"}), (Lines{"a", "b\nc"}));
}

TEST(OutputLinesTest, TheMarkEndsALineLeftOpen) {
  EXPECT_EQ(Split({"x\x1e"
                   "END 1\n",
                   "\x1e"
                   "END",
                   " 2\n"}),
            (Lines{"x", "<end 1>", "<end 2>"}));
}

TEST(OutputLinesTest, LongLinesAreCut) {
  const std::string line(OutputLines::kMaxRecordBytes + 5, 'x');
  const Lines out = Split({line + "\n"});
  ASSERT_EQ(out.size(), 2u);
  EXPECT_EQ(out[0].size(), OutputLines::kMaxRecordBytes);
  EXPECT_EQ(out[1], "xxxxx");
}

TEST(OutputLinesTest, OtherEncodingsAreShownNotPassedOn) {
  EXPECT_EQ(Split({"caf\xe9\n", "caf\xc3\xa9\n"}), (Lines{"caf?", "caf\xc3\xa9"}));
}

}  // namespace
}  // namespace riposte::functions
