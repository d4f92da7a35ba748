// What nearly every source includes, compiled once (option RIPOSTE_PCH). Sources still include what
// they use: the build without it must pass as well.
#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include <boost/json.hpp>
