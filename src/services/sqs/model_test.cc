// Queues against a naive model: lists searched from end to end, in the words of the documentation.
// Random calls over both kinds of queue; every reply must be the model's. A seed that fails is
// printed, and repeats exactly.
#include <deque>

#include "api/testing/service_fixture.h"
#include "services/sqs/sqs.h"

namespace riposte::sqs {
namespace {

using json::Array;
using json::Object;
using std::chrono::seconds;

struct Held {
  std::string body;
  std::string group;
  TimePoint visible;
  int receives = 0;
  std::string handle;  ///< Of the last receipt.
};

/// One queue, its dead letters, and what was ever deleted.
struct Model {
  bool fifo = false;
  int max_receives = 0;  ///< 0: no redrive policy.
  seconds visibility{30};
  std::deque<Held> messages;  ///< In order of arrival.
  std::vector<std::string> dead;

  [[nodiscard]] bool Blocked(size_t at, TimePoint now) const {
    for (size_t i = 0; i < messages.size(); ++i) {
      const Held& other = messages[i];
      if (other.group != messages[at].group || other.visible <= now) continue;
      if (other.receives > 0 || i < at) return true;
    }
    return false;
  }

  /// The bodies that a receive of up to `most` yields.
  std::vector<Held*> Receive(int most, TimePoint now) {
    std::vector<Held*> out;
    for (;;) {
      std::vector<size_t> order;
      for (size_t i = 0; i < messages.size(); ++i) {
        if (messages[i].visible <= now && !(fifo && Blocked(i, now))) order.push_back(i);
      }
      if (!fifo) {
        std::ranges::stable_sort(order, {}, [&](size_t i) { return messages[i].visible; });
      }
      order.resize(std::min(order.size(), static_cast<size_t>(most) - out.size()));
      std::vector<size_t> moved;
      for (const size_t i : order) {
        Held& held = messages[i];
        if (max_receives > 0 && held.receives >= max_receives) {
          dead.push_back(held.body);
          moved.push_back(i);
          continue;
        }
        ++held.receives;
        held.visible = now + visibility;
        out.push_back(&held);
      }
      if (moved.empty()) return out;
      // Pointers into the deque would move: collect bodies first, then erase and find them again.
      std::vector<std::string> taken;
      for (const Held* held : out) taken.push_back(held->body);
      std::ranges::sort(moved, std::greater());
      for (const size_t i : moved) messages.erase(messages.begin() + static_cast<long>(i));
      out.clear();
      for (const std::string& body : taken) {
        out.push_back(&*std::ranges::find(messages, body, &Held::body));
      }
      if (out.size() == static_cast<size_t>(most)) return out;
    }
  }
};

class SqsModelTest : public api::testing::ServiceFixture {
 protected:
  SqsModelTest() : ServiceFixture("sqs", {Migrations()}) { service_object_.Register(registry_); }

  std::string NewQueue(const std::string& name, Object attributes) {
    return At(Run("CreateQueue", {{"QueueName", name}, {"Attributes", std::move(attributes)}}),
              "QueueUrl");
  }

  void Play(uint64_t seed) {
    riposte::testing::FakeRandom dice(seed);
    const auto roll = [&](uint64_t sides) { return static_cast<int>(dice.Below(sides)); };
    Model model;
    model.fifo = seed % 2 == 0;
    model.max_receives = roll(2) == 0 ? 0 : 2;
    model.visibility = seconds(1 + roll(5));
    const std::string suffix = std::to_string(seed) + (model.fifo ? ".fifo" : "");
    Object attributes{{"VisibilityTimeout", std::to_string(model.visibility.count())}};
    if (model.fifo) attributes["FifoQueue"] = "true";
    Object dead_attributes = attributes;
    const std::string dead = NewQueue("dead" + suffix, dead_attributes);
    if (model.max_receives > 0) {
      attributes["RedrivePolicy"] = json::Serialize(
          Object{{"deadLetterTargetArn", "arn:aws:sqs:us-east-1:123456789012:dead" + suffix},
                 {"maxReceiveCount", model.max_receives}});
    }
    const std::string url = NewQueue("q" + suffix, attributes);
    int sent = 0;
    size_t deleted = 0;
    for (int step = 0; step < 80 && !HasFailure(); ++step) {
      switch (roll(6)) {
        case 0:
        case 1: {
          Held held{std::to_string(sent++), std::string(1, static_cast<char>('a' + roll(3))),
                    clock_.Now(), 0, ""};
          Object input{{"QueueUrl", url}, {"MessageBody", held.body}};
          if (model.fifo) {
            input["MessageGroupId"] = held.group;
            input["MessageDeduplicationId"] = held.body;
          } else if (const int delay = roll(3); delay > 0) {
            input["DelaySeconds"] = delay;
            held.visible += seconds(delay);
          }
          Run("SendMessage", std::move(input));
          model.messages.push_back(std::move(held));
          break;
        }
        case 2:
        case 3: {
          const int most = 1 + roll(4);
          const Object got =
              Run("ReceiveMessage", {{"QueueUrl", url}, {"MaxNumberOfMessages", most}});
          const auto wanted = model.Receive(most, clock_.Now());
          const Array* messages = json::GetArray(got, "Messages");
          ASSERT_EQ(messages == nullptr ? 0 : messages->size(), wanted.size()) << "step " << step;
          for (size_t i = 0; i < wanted.size(); ++i) {
            EXPECT_EQ(At(messages->at(i), "Body"), wanted[i]->body) << "step " << step;
            wanted[i]->handle = At(messages->at(i), "ReceiptHandle");
          }
          break;
        }
        case 4: {
          if (model.messages.empty()) break;
          const auto at = static_cast<size_t>(roll(model.messages.size()));
          const Held held = model.messages[at];
          if (held.handle.empty()) break;
          const Object input{{"QueueUrl", url}, {"ReceiptHandle", held.handle}};
          if (roll(2) == 0) {
            const bool lapsed = model.fifo && held.visible <= clock_.Now();
            EXPECT_EQ(ErrorOf("DeleteMessage", input).empty(), !lapsed) << "step " << step;
            if (lapsed) break;
            model.messages.erase(model.messages.begin() + static_cast<long>(at));
            ++deleted;
          } else {
            const int timeout = roll(4);
            Object change = input;
            change["VisibilityTimeout"] = timeout;
            const bool lapsed = held.visible <= clock_.Now();
            EXPECT_EQ(ErrorOf("ChangeMessageVisibility", change).empty(), !lapsed)
                << "step " << step;
            if (!lapsed) model.messages[at].visible = clock_.Now() + seconds(timeout);
          }
          break;
        }
        default:
          loop_.Advance(seconds(roll(4)));
      }
    }
    // Nothing is lost: what was sent is there, was deleted, or lies among the dead, in order.
    EXPECT_EQ(static_cast<size_t>(sent), model.messages.size() + deleted + model.dead.size());
    loop_.Advance(seconds(3600));
    std::vector<std::string> letters;
    for (;;) {
      const Object got = Run("ReceiveMessage", {{"QueueUrl", dead}, {"MaxNumberOfMessages", 10}});
      const Array* messages = json::GetArray(got, "Messages");
      if (messages == nullptr) break;
      for (const json::Value& message : *messages) {
        letters.push_back(At(message, "Body"));
        Run("DeleteMessage", {{"QueueUrl", dead}, {"ReceiptHandle", At(message, "ReceiptHandle")}});
      }
    }
    if (!model.fifo) {
      std::ranges::sort(letters);
      std::ranges::sort(model.dead);
    }
    EXPECT_EQ(letters, model.dead);
  }

  SqsService service_object_{*store_, loop_, clock_, random_};
};

TEST_F(SqsModelTest, EveryReplyIsTheModels) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Play(seed);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace riposte::sqs
