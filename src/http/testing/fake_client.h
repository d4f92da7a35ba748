// A Client that answers from a function instead of the network. Single-threaded; tests only.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "http/client.h"

namespace riposte::http::testing {

class FakeClient final : public Client {
 public:
  using Answer = std::function<Result<Response>(const OutgoingRequest&)>;
  FakeClient() = default;
  explicit FakeClient(Answer answer) : answer_(std::move(answer)) {}

  void Send(OutgoingRequest request, Completion completion) override {
    requests.push_back(request);
    completion(answer_ ? answer_(request) : Result<Response>(Response{}));
  }
  void SetAnswer(Answer answer) { answer_ = std::move(answer); }

  std::vector<OutgoingRequest> requests;  ///< All that were sent, in order.

 private:
  Answer answer_;
};

}  // namespace riposte::http::testing
