#include "pattern/testing/random_language.h"

#include <array>

namespace riposte::pattern::testing {

std::string RandomLanguage::Key() {
  static constexpr std::array kKeys = {"a", "b", "c", "a", "b", "c", "a", "b", "c", "d"};
  static constexpr std::array kOdd = {"a.b", "b.c", "", "a.b.c", ".", "a.", "c.a"};
  return OneIn(24) ? kOdd[Below(kOdd.size())] : kKeys[Below(kKeys.size())];
}

std::string RandomLanguage::Text() {
  static constexpr std::array kTexts = {"x",        "y",  "xy",  "xyx",   "X",       "xX",
                                        "",         "yx", "xyy", "ä",     "Ä",       "z*",
                                        "10.0.0.1", "1",  "xxy", "abxyz", "10.1.2.3"};
  if (OneIn(12)) {
    std::string text;
    for (size_t i = Below(12); i > 0; --i) text += "xyz"[Below(3)];
    return text;
  }
  return kTexts[Below(kTexts.size())];
}

std::string RandomLanguage::QuotedText() {
  std::string out = "\"";
  for (const char c : Text()) {
    if (OneIn(30) && static_cast<unsigned char>(c) < 0x80) {
      out += "\\u00";
      out += "0123456789abcdef"[c >> 4 & 15];
      out += "0123456789abcdef"[c & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string RandomLanguage::Number() {
  static constexpr std::array kNumbers = {
      "0",   "1",      "2",   "-1",    "1.5",  "300",  "3e2", "-0",
      "0.0", "300.00", "2.5", "1e400", "1E-2", "10.0", "0.1", "122.46471267081272"};
  return kNumbers[Below(kNumbers.size())];
}

std::string RandomLanguage::Range() {
  switch (Below(6)) {
    case 0:
      return R"(["=", )" + Number() + "]";
    case 1:
      return R"(["<", )" + Number() + "]";
    case 2:
      return R"(["<=", )" + Number() + "]";
    case 3:
      return R"([">", )" + Number() + "]";
    case 4:
      return R"([">=", )" + Number() + "]";
    default:
      return R"([">=", )" + Number() + R"(, "<", )" + Number() + "]";
  }
}

std::string RandomLanguage::But() {
  static constexpr std::array kOps = {"prefix", "suffix", "equals-ignore-case", "wildcard"};
  switch (Below(5)) {
    case 0:
      return QuotedText();
    case 1:
      return Number();
    case 2:
      return "[" + QuotedText() + ", " + QuotedText() + "]";
    case 3:
      return "[" + Number() + ", " + Number() + "]";
    default: {
      const std::string op = kOps[Below(kOps.size())];
      const std::string text =
          op == "wildcard" ? "\"" + Text() + "*" + Text() + "\"" : QuotedText();
      return "{\"" + op + "\": " + (OneIn(2) ? text : "[" + text + ", " + QuotedText() + "]") + "}";
    }
  }
}

std::string RandomLanguage::Alternative() {
  switch (Below(16)) {
    case 0:
    case 1:
    case 2:
      return QuotedText();
    case 3:
      return Number();
    case 4:
      return OneIn(2) ? "true" : OneIn(2) ? "false" : "null";
    case 5:
      return R"({"prefix": )" + QuotedText() + "}";
    case 6:
      return R"({"suffix": )" + QuotedText() + "}";
    case 7:
      return R"({"equals-ignore-case": )" + QuotedText() + "}";
    case 8:
      return R"({"prefix": {"equals-ignore-case": )" + QuotedText() + "}}";
    case 9:
      return R"({"suffix": {"equals-ignore-case": )" + QuotedText() + "}}";
    case 10: {
      std::string text = Text();
      for (size_t i = Below(3) + 1; i > 0; --i) text += "*" + (OneIn(3) ? "xy" : Text());
      return R"({"wildcard": ")" + text + R"("})";
    }
    case 11:
    case 12:
      return R"({"anything-but": )" + But() + "}";
    case 13:
      return R"({"numeric": )" + Range() + "}";
    case 14:
      return OneIn(2) ? R"({"cidr": "10.0.0.0/16"})" : R"({"cidr": "10.0.0.1/32"})";
    default:
      return OneIn(2) ? R"({"exists": true})" : R"({"exists": false})";
  }
}

std::string RandomLanguage::PatternObject(size_t depth) {
  std::string out = "{";
  const size_t count = 1 + Below(depth == 0 ? 3 : 2);
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) out += ", ";
    if (OneIn(10)) {
      out += R"("$or": [)" + PatternObject(depth + 1) + ", " + PatternObject(depth + 1) + "]";
      continue;
    }
    out += "\"" + Key() + "\": ";
    if (depth < 3 && OneIn(3)) {
      out += PatternObject(depth + 1);
      continue;
    }
    out += "[" + Alternative();
    while (OneIn(3)) out += ", " + Alternative();
    out += "]";
  }
  return out + "}";
}

std::string RandomLanguage::Pattern() {
  return PatternObject(0);
}

std::string RandomLanguage::Space() {
  return OneIn(16) ? OneIn(2) ? " " : "\n\t" : "";
}

std::string RandomLanguage::EventValue(size_t depth) {
  const size_t kind = Below(depth < 4 ? 14 : 8);
  if (kind < 4) return QuotedText();
  if (kind < 6) return Number();
  if (kind == 6) return OneIn(2) ? "true" : "false";
  if (kind == 7) return "null";
  if (kind < 11) return EventObject(depth + 1);
  std::string out = "[" + Space();
  for (size_t i = 0, count = Below(4); i < count; ++i) {
    if (i > 0) out += "," + Space();
    out += EventValue(depth + 1) + Space();
  }
  return out + "]";
}

std::string RandomLanguage::EventObject(size_t depth) {
  std::string out = "{" + Space();
  for (size_t i = 0, count = Below(5); i < count; ++i) {
    if (i > 0) out += "," + Space();
    out += "\"" + Key() + "\"" + Space() + ":" + Space() + EventValue(depth) + Space();
  }
  return out + "}";
}

std::string RandomLanguage::Event() {
  return EventObject(0);
}

std::string RandomLanguage::Damage(std::string text) {
  static constexpr std::string_view kBytes = "{}[]\",:0123-.eE+ \\utfn\x01\x80";
  for (size_t i = 1 + Below(2); i > 0 && !text.empty(); --i) {
    const size_t at = Below(text.size());
    switch (Below(3)) {
      case 0:
        text[at] = kBytes[Below(kBytes.size())];
        break;
      case 1:
        text.erase(at, 1);
        break;
      default:
        text.insert(at, 1, kBytes[Below(kBytes.size())]);
    }
  }
  return text;
}

}  // namespace riposte::pattern::testing
