#include "json/append.h"

namespace riposte::json {
namespace {

template <class T>
void AppendAny(std::string& out, const T& document) {
  boost::json::serializer serializer;
  serializer.reset(&document);
  char buffer[2048];
  while (!serializer.done()) {
    const auto part = serializer.read(buffer, sizeof(buffer));
    out.append(part.data(), part.size());
  }
}

template <class T>
std::string TextOf(const T& document) {
  std::string out;
  AppendAny(out, document);
  return out;
}

}  // namespace

void Append(std::string& out, const Value& value) {
  AppendAny(out, value);
}
void Append(std::string& out, const Object& object) {
  AppendAny(out, object);
}
void Append(std::string& out, const Array& array) {
  AppendAny(out, array);
}

std::string Text(const Value& value) {
  return TextOf(value);
}
std::string Text(const Object& object) {
  return TextOf(object);
}
std::string Text(const Array& array) {
  return TextOf(array);
}

}  // namespace riposte::json
