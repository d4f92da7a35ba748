// Hashing and tables of ids for the matcher: what both its copies are made of.
//
// Internal to this folder. Tables hold 32-bit ids under a 32-bit tag of the key's hash; the key
// itself stands in the record that the id names, so a caller brings the comparison. The hash is
// made block by block, so that the hashes of all prefixes (or suffixes) of one text cost one pass.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace riposte::pattern::matcher {

__extension__ using Uint128 = unsigned __int128;

inline uint64_t Mix(uint64_t a, uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/// `count` <= 8 bytes at `from`, the missing ones zero. Reads no further.
inline uint64_t LoadPart(const char* from, size_t count) {
  uint64_t word = 0;
  if (count >= 4) {
    uint32_t low = 0, high = 0;
    std::memcpy(&low, from, 4);
    std::memcpy(&high, from + count - 4, 4);
    // Overlapping bytes meet themselves.
    word = low | static_cast<uint64_t>(high) << (8 * (count - 4));
  } else if (count > 0) {
    word = static_cast<unsigned char>(from[0]);
    word |= static_cast<uint64_t>(static_cast<unsigned char>(from[count / 2])) << (8 * (count / 2));
    word |= static_cast<uint64_t>(static_cast<unsigned char>(from[count - 1])) << (8 * (count - 1));
  }
  return word;
}

/// a == b for what is mostly short, without a call.
inline bool SameBytes(std::string_view a, std::string_view b) {
  const size_t size = a.size();
  if (size != b.size()) return false;
  if (size <= 8) return LoadPart(a.data(), size) == LoadPart(b.data(), size);
  if (size > 16) return std::memcmp(a.data(), b.data(), size) == 0;
  uint64_t first_a = 0, first_b = 0, last_a = 0, last_b = 0;
  std::memcpy(&first_a, a.data(), 8);
  std::memcpy(&first_b, b.data(), 8);
  std::memcpy(&last_a, a.data() + size - 8, 8);
  std::memcpy(&last_b, b.data() + size - 8, 8);
  return ((first_a ^ first_b) | (last_a ^ last_b)) == 0;
}
inline bool BeginsWith(std::string_view text, std::string_view part) {
  return text.size() >= part.size() && SameBytes(text.substr(0, part.size()), part);
}
inline bool EndsWith(std::string_view text, std::string_view part) {
  return text.size() >= part.size() && SameBytes(text.substr(text.size() - part.size()), part);
}

/// The hashes of growing prefixes (or, from the back, suffixes) of one text.
class GrowingHash {
 public:
  GrowingHash(std::string_view text, uint64_t seed, bool from_back = false)
      : text_(text), state_(seed ^ 0x9e3779b97f4a7c15U), from_back_(from_back) {}

  /// Of the first (last) `length` bytes. REQUIRES: lengths ascend from call to call.
  uint64_t Of(size_t length) {
    while (done_ + 8 <= length) {
      uint64_t block = 0;
      std::memcpy(&block,
                  from_back_ ? text_.data() + text_.size() - done_ - 8 : text_.data() + done_, 8);
      state_ = Mix(state_ ^ block, 0xa0761d6478bd642fU);
      done_ += 8;
    }
    const size_t rest = length - done_;
    const uint64_t tail =
        LoadPart(from_back_ ? text_.data() + text_.size() - length : text_.data() + done_, rest);
    return Mix(state_ ^ tail, 0xe7037ed1a0b428dbU ^ length);
  }

 private:
  std::string_view text_;
  uint64_t state_;
  size_t done_ = 0;
  bool from_back_;
};

inline uint64_t HashOf(std::string_view text, uint64_t seed, bool from_back = false) {
  return GrowingHash(text, seed, from_back).Of(text.size());
}

/// Ids by hash, linear probing, at most two thirds full. 0 is no id.
class IdTable {
 public:
  /// The first id under `hash` for which same(id), or 0.
  template <class Same>
  [[nodiscard]] uint32_t Find(uint64_t hash, Same same) const {
    if (used_ == 0) return 0;
    const auto tag = static_cast<uint32_t>(hash);
    for (size_t at = tag & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.id == 0) return 0;
      if (slot.tag == tag && same(slot.id)) return slot.id;
    }
  }

  /// How many ids share the tag of `hash`: more than a handful is no accident.
  [[nodiscard]] size_t CountSameTag(uint64_t hash) const {
    size_t count = 0;
    (void)Find(hash, [&](uint32_t) {
      ++count;
      return false;
    });
    return count;
  }

  void Insert(uint64_t hash, uint32_t id) {
    if ((used_ + 1) * 3 > slots_.size() * 2) Resize(slots_.empty() ? 8 : slots_.size() * 2);
    Place({static_cast<uint32_t>(hash), id});
    ++used_;
  }

  /// REQUIRES: it is there.
  void Erase(uint64_t hash, uint32_t id) {
    size_t hole = static_cast<uint32_t>(hash) & mask_;
    while (slots_[hole].id != id) hole = (hole + 1) & mask_;
    // Whoever would no longer be found moves back into the hole.
    for (size_t at = (hole + 1) & mask_; slots_[at].id != 0; at = (at + 1) & mask_) {
      const size_t home = slots_[at].tag & mask_;
      if (((at - home) & mask_) >= ((at - hole) & mask_)) {
        slots_[hole] = slots_[at];
        hole = at;
      }
    }
    slots_[hole] = {};
    --used_;
    if (slots_.size() > 64 && used_ * 8 < slots_.size()) Resize(slots_.size() / 2);
  }

  template <class F>
  void Each(F f) const {
    for (const Slot& slot : slots_) {
      if (slot.id != 0) f(slot.id);
    }
  }

  [[nodiscard]] size_t size() const { return used_; }
  [[nodiscard]] size_t bytes() const { return slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    uint32_t tag = 0;
    uint32_t id = 0;
  };

  void Place(Slot slot) {
    size_t at = slot.tag & mask_;
    while (slots_[at].id != 0) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
  void Resize(size_t count) {
    std::vector<Slot> old(count);
    old.swap(slots_);
    mask_ = count - 1;
    for (const Slot& slot : old) {
      if (slot.id != 0) Place(slot);
    }
  }

  std::vector<Slot> slots_;
  size_t mask_ = 0;
  size_t used_ = 0;
};

/// Records that never move, by id from 1: a reader may hold one while the writer adds others.
template <class T>
class Pool {
 public:
  [[nodiscard]] T& operator[](uint32_t id) { return *At(id); }
  [[nodiscard]] const T& operator[](uint32_t id) const { return *At(id); }

  [[nodiscard]] uint32_t Add() {
    ++used_;
    if (!free_.empty()) {
      const uint32_t id = free_.back();
      free_.pop_back();
      return id;
    }
    const uint32_t id = ++last_;
    const int chunk = ChunkOf(id);
    if (!chunks_[chunk]) chunks_[chunk] = std::make_unique<T[]>(kFirst << chunk);
    return id;
  }
  /// No reader may know it any more.
  void Free(uint32_t id) {
    --used_;
    (*this)[id] = T();
    free_.push_back(id);
  }
  /// Every id is below.
  [[nodiscard]] uint32_t end() const { return last_ + 1; }
  [[nodiscard]] size_t size() const { return used_; }
  [[nodiscard]] size_t bytes() const {
    size_t bytes = free_.capacity() * sizeof(uint32_t);
    for (size_t i = 0; i < kChunks; ++i) bytes += chunks_[i] ? (kFirst << i) * sizeof(T) : 0;
    return bytes;
  }

 private:
  static constexpr uint32_t kFirst = 16;
  static constexpr size_t kChunks = 28;

  static int ChunkOf(uint32_t id) { return std::bit_width((id + kFirst - 1) / kFirst) - 1; }
  [[nodiscard]] T* At(uint32_t id) const {
    const int chunk = ChunkOf(id);
    return &chunks_[chunk][id + kFirst - 1 - (kFirst << chunk)];
  }

  std::unique_ptr<T[]> chunks_[kChunks];
  std::vector<uint32_t> free_;
  uint32_t last_ = 0;
  size_t used_ = 0;
};

}  // namespace riposte::pattern::matcher
