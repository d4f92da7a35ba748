#include "pattern/matcher_index.h"

#include <algorithm>

namespace riposte::pattern::matcher {
namespace {

void Count(FieldTests::Lengths& lengths, size_t length) {
  const auto narrow = static_cast<uint32_t>(length);
  const auto it = std::ranges::lower_bound(lengths, narrow, {}, &FieldTests::Length::length);
  if (it != lengths.end() && it->length == narrow) {
    ++it->count;
  } else {
    lengths.insert(it, {narrow, 1});
  }
}

void Uncount(FieldTests::Lengths& lengths, size_t length) {
  const auto it = std::ranges::lower_bound(lengths, static_cast<uint32_t>(length), {},
                                           &FieldTests::Length::length);
  if (--it->count == 0) lengths.erase(it);
}

size_t MaskOf(const Atom& atom) {
  const Cidr block = Cidr::FromKey(atom.bytes.view());
  return block.bits() + (block.v6() ? 256 : 0);
}

}  // namespace

void HungList::Add(CombinationId id) {
  if (many_) {
    many_->push_back(id);
  } else if (one_ == 0) {
    one_ = id;
  } else {
    many_ = std::make_unique<std::vector<CombinationId>>(std::initializer_list{one_, id});
    one_ = 0;
  }
}

void HungList::Remove(CombinationId id) {
  if (!many_) {
    one_ = 0;
    return;
  }
  // The youngest are the likeliest to go again.
  const auto it = std::find(many_->rbegin(), many_->rend(), id);
  *it = many_->back();
  many_->pop_back();
  if (many_->empty()) many_.reset();
}

FieldTests& Index::TestsOf(NodeId node) {
  if (!fields_[node].tests) fields_[node].tests = std::make_unique<FieldTests>();
  return *fields_[node].tests;
}

void Index::AddNode(NodeId id) {
  if (fields_.size() <= id) fields_.resize(id + 1);
  const Node& node = records_.nodes[id];
  if (node.parent == 0) return;
  const std::string_view name = node.name.view();
  Field& parent = fields_[node.parent];
  if (++parent.children == 1 && node.parent != kRoot) {
    ++fields_[records_.nodes[node.parent].parent].parents;
  }
  parent.child_lengths |= uint64_t{1} << std::min<size_t>(name.size(), 63);
  const uint64_t word = LoadPart(name.data(), std::min<size_t>(name.size(), 8));
  parent.child_firsts |= uint64_t{1} << ((name.empty() ? '"' : word) & 63);
  if (name.find('.') != std::string_view::npos) ++dotted_names_;
  if (parent.children <= Field::kFewChildren) {
    parent.few.push_back({word, static_cast<uint32_t>(name.size()), id});
  }
  children_.Insert(HashOf(name, node.parent), id);
}

void Index::RemoveNode(NodeId id) {
  const Node& node = records_.nodes[id];
  Field& parent = fields_[node.parent];
  if (--parent.children == 0) {
    parent.child_lengths = parent.child_firsts = 0;
    if (node.parent != kRoot) --fields_[records_.nodes[node.parent].parent].parents;
  }
  if (node.name.view().find('.') != std::string_view::npos) --dotted_names_;
  children_.Erase(HashOf(node.name.view(), node.parent), id);
  fields_[id] = {};
  if (parent.children > Field::kFewChildren) return;
  // Few again, or fewer: those that are left.
  std::erase_if(parent.few, [&](const Field::Child& child) { return child.id == id; });
  if (parent.few.size() == parent.children) return;
  parent.few.clear();
  children_.Each([&](uint32_t other) {
    const Node& child = records_.nodes[other];
    if (child.parent != node.parent) return;
    const std::string_view name = child.name.view();
    parent.few.push_back({LoadPart(name.data(), std::min<size_t>(name.size(), 8)),
                          static_cast<uint32_t>(name.size()), other});
  });
}

void Index::AddAtom(AtomId id) {
  const Atom& atom = records_.atoms[id];
  Field& field = fields_[atom.node];
  ++field.atoms;
  field.kinds |= 1U << static_cast<unsigned>(atom.kind);
  if (NeedsNumber(atom.kind, atom.bytes.view())) field.kinds |= Field::kNeedsNumber;
  if (NeedsFolding(atom.kind, atom.bytes.view())) field.kinds |= Field::kNeedsFolding;
  atoms_.Insert(HashAtom(atom.node, atom.kind, atom.bytes.view()), id);
  if (hung_.size() <= id) hung_.resize(id + 1);
  if (1U << static_cast<unsigned>(atom.kind) & Field::kTested) ++field.unhung_tests;
  if (atom.kind == AtomKind::kExists) TestsOf(atom.node).exists = id;
  if (atom.kind == AtomKind::kNumber || atom.kind == AtomKind::kRange) AddNumber(atom, id);
  if (atom.kind <= AtomKind::kSuffixFold) AddText(atom, id);
  if (atom.kind == AtomKind::kCidr) {
    Count(TestsOf(atom.node).masks, MaskOf(atom));
  } else if (atom.kind >= AtomKind::kPrefix && atom.kind <= AtomKind::kSuffixFold) {
    Count(*TestsOf(atom.node).Of(atom.kind), atom.bytes.view().size());
  }
}

void Index::RemoveAtom(AtomId id) {
  const Atom& atom = records_.atoms[id];
  Field& field = fields_[atom.node];
  atoms_.Erase(HashAtom(atom.node, atom.kind, atom.bytes.view()), id);
  if (1U << static_cast<unsigned>(atom.kind) & Field::kTested) --field.unhung_tests;
  if (field.tests) {
    if (atom.kind == AtomKind::kExists) field.tests->exists = 0;
    if (atom.kind == AtomKind::kNumber || atom.kind == AtomKind::kRange) RemoveNumber(atom, id);
    if (atom.kind <= AtomKind::kSuffixFold) {
      --field.tests->text_atoms;
      std::erase_if(field.tests->texts, [&](const TextTest& own) { return own.atom == id; });
    }
    if (atom.kind == AtomKind::kCidr) {
      Uncount(field.tests->masks, MaskOf(atom));
    } else if (FieldTests::Lengths* lengths = field.tests->Of(atom.kind)) {
      Uncount(*lengths, atom.bytes.view().size());
    }
  }
  if (--field.atoms == 0) {
    field.kinds = 0;
    field.tests.reset();
  }
}

void Index::AddText(const Atom& atom, AtomId id) {
  FieldTests& tests = TestsOf(atom.node);
  const bool few = tests.few_texts();
  if (++tests.text_atoms > FieldTests::kFew) {
    tests.texts = {};
  } else if (few) {
    TextTest test = *TextTest::Make(atom.kind, atom.bytes.view());
    test.atom = id;
    tests.texts.push_back(test);
  }
}

void Index::AddNumber(const Atom& atom, AtomId id) {
  FieldTests& tests = TestsOf(atom.node);
  const bool few = tests.few_numbers();
  if (++tests.number_atoms > FieldTests::kFew) {
    tests.numbers = {};
  } else if (few) {
    const std::string_view bytes = atom.bytes.view();
    const double number = DecodeNumber(bytes);
    const Range range = atom.kind == AtomKind::kRange ? DecodeRange(bytes).Closed()
                                                      : Range{number, number, false, false};
    tests.numbers.push_back({range.low, range.high, id});
  }
}

void Index::RemoveNumber(const Atom& atom, AtomId id) {
  FieldTests& tests = *fields_[atom.node].tests;
  --tests.number_atoms;
  std::erase_if(tests.numbers, [&](const FieldTests::OnNumber& own) { return own.atom == id; });
}

void Index::AddAbsence(NodeId id) {
  ++fields_[id].clauses;
}

void Index::RemoveAbsence(NodeId id) {
  --fields_[id].clauses;
}

void Index::SetHungTest(const Atom& atom, AtomId id, bool hung) {
  if (1U << static_cast<unsigned>(atom.kind) & Field::kTested) {
    hung ? --fields_[atom.node].unhung_tests : ++fields_[atom.node].unhung_tests;
  }
  const std::string_view bytes = atom.bytes.view();
  switch (atom.kind) {
    case AtomKind::kWildcard: {
      FieldTests& tests = TestsOf(atom.node);
      if (hung) {
        tests.hung_wildcards.push_back(id);
        if (!tests.wildcards) tests.wildcards = std::make_unique<GramIndex>();
        tests.wildcards->Add(records_, id);
      } else {
        SwapOut(tests.hung_wildcards, id);
        tests.wildcards->Remove(records_, id);
      }
      return;
    }
    case AtomKind::kRange: {
      auto& ranges = TestsOf(atom.node).ranges;
      if (!ranges) ranges = std::make_unique<RangeIndex>();
      hung ? ranges->Add(id, DecodeRange(bytes)) : ranges->Remove(id, DecodeRange(bytes));
      return;
    }
    case AtomKind::kBut: {
      FieldTests& tests = TestsOf(atom.node);
      const auto only = OnlyExcluded(bytes);
      if (!only) {
        hung ? tests.hung_buts.push_back(id) : SwapOut(tests.hung_buts, id);
      } else if (hung) {
        TextTest test = *TextTest::Make(only->first, only->second);
        test.atom = id;
        tests.simple_buts.push_back(test);
      } else {
        std::erase_if(tests.simple_buts, [&](const TextTest& own) { return own.atom == id; });
      }
      return;
    }
    default:
      return;
  }
}

void Index::NoteCombination(CombinationId id) {
  combination_end_ = std::max<size_t>(combination_end_, id + 1);
  rule_end_ = std::max<size_t>(rule_end_, records_.combinations[id].rule + 1);
}

void Index::Hang(AtomId atom, CombinationId combination) {
  NoteCombination(combination);
  if (hung_[atom].size() == 0) SetHungTest(records_.atoms[atom], atom, true);
  hung_[atom].Add(HungFor(combination));
}

void Index::Unhang(AtomId atom, CombinationId combination) {
  hung_[atom].Remove(HungFor(combination));
  if (hung_[atom].size() == 0) SetHungTest(records_.atoms[atom], atom, false);
}

void Index::HangAlways(CombinationId combination) {
  NoteCombination(combination);
  always_.push_back(combination);
}

void Index::UnhangAlways(CombinationId combination) {
  SwapOut(always_, combination);
}

size_t Index::bytes() const {
  size_t bytes = children_.bytes() + atoms_.bytes() + fields_.capacity() * sizeof(Field) +
                 hung_.capacity() * sizeof(HungList) + always_.capacity() * sizeof(CombinationId);
  for (const Field& field : fields_) {
    bytes += field.few.capacity() * sizeof(Field::Child);
    bytes += field.tests ? field.tests->bytes() : 0;
  }
  for (const HungList& list : hung_) bytes += list.bytes();
  return bytes;
}

}  // namespace riposte::pattern::matcher
