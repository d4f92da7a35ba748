#include "workflow/state.h"

#include <gtest/gtest.h>

#include <random>
#include <stdexcept>

namespace riposte::workflow {
namespace {

json::Object Parsed(std::string_view text) {
  return json::Parse(text)->as_object();
}

TEST(StateTest, TellsWhatWasEdited) {
  State state(Parsed(R"({"n":1,"steps":{"a":{"x":1},"b":{"x":2}},"past":[1],"loop":{}})"));
  EXPECT_EQ(state.TakeChanges(), "[]");
  state.Edit("n") = 2;
  state.Edit("steps", "b").as_object()["x"] = 3;
  state.Edit("steps", "c") = "new";
  state.Erase("steps", "a");
  state.Append("past", 2);
  state.EditAt("past", 0) = "one";
  state.Erase("loop");
  state.Erase("nothing");
  EXPECT_EQ(state.TakeChanges(),
            R"([["=","n",2],["=","steps","b",{"x":3}],["=","steps","c","new"],["-","steps","a"],)"
            R"(["=","past",1,2],["=","past",0,"one"],["-","loop"]])");
  EXPECT_EQ(state.TakeChanges(), "[]");
}

TEST(StateTest, AWholeMemberStandsForItsEntries) {
  State state(Parsed(R"({"a":{"x":1}})"));
  state.Edit("a", "y") = 2;
  state.EditObject("a")["z"] = 3;
  EXPECT_EQ(state.TakeChanges(), R"([["=","a",{"x":1,"y":2,"z":3}]])");
  state.Append("list", "first");
  state.EditArray("list").clear();
  EXPECT_EQ(state.TakeChanges(), R"([["=","list",[]]])");
}

TEST(StateTest, WhatIsOfAnotherTypeIsReplaced) {
  State state(Parsed(R"({"a":1,"b":"x"})"));
  state.Edit("a", "k") = 1;
  state.Append("b", 2);
  EXPECT_EQ(json::Serialize(state.view()), R"({"a":{"k":1},"b":[2]})");
  json::Object other = Parsed(R"({"a":1,"b":"x"})");
  ApplyChanges(other, json::Parse(state.TakeChanges())->as_array());
  EXPECT_EQ(other, state.view());
}

// Whatever is edited in whatever order: the document before with the changes is the one after.
TEST(StateTest, ChangesMakeTheSameDocument) {
  std::mt19937 random(7);
  const auto below = [&random](unsigned bound) { return random() % bound; };
  const auto name = [&](const char* prefix) { return prefix + std::to_string(below(4)); };
  State state;
  json::Object copy;
  for (int turn = 0; turn < 2000; ++turn) {
    for (unsigned edits = below(6); edits > 0; --edits) {
      const json::Value value = json::Object{{"v", turn}, {"\"q\"", "a\nb"}};
      const std::string list = name("list");
      const json::Array* entries = json::GetArray(state.view(), list);
      switch (below(9)) {
        case 0:
          state.Edit(name("member")) = value;
          break;
        case 1:
          state.Edit(name("map"), name("key")) = value;
          break;
        case 2:
          state.Append(list, value);
          break;
        case 3:
          if (entries && !entries->empty()) {
            state.EditAt(list, below(static_cast<unsigned>(entries->size()))) = value;
          }
          break;
        case 4:
          state.Erase(name("map"), name("key"));
          break;
        case 5:
          state.Erase(name("map"));
          break;
        case 6:
          state.EditObject(name("map"))["whole"] = value;
          break;
        case 7:
          state.EditArray(name("list")).clear();
          break;
        default:
          state.Erase(name("list"));
      }
    }
    ApplyChanges(copy, json::Parse(state.TakeChanges())->as_array());
    ASSERT_EQ(copy, state.view()) << turn;
  }
}

TEST(StateTest, RefusesWhatIsNoChange) {
  for (const char* changes : {R"([["?","a",1]])", R"([["=","a",1,2]])", R"([["-","a",0]])", "[1]",
                              R"([["="]])", R"([["=","a","k",1,2],[]])"}) {
    json::Object document;
    EXPECT_THROW(ApplyChanges(document, json::Parse(changes)->as_array()), std::exception)
        << changes;
  }
}

}  // namespace
}  // namespace riposte::workflow
