// Answers a read that must see what is still in memory: flush, then read, then reply.
//
// For handlers of kind Async. The read runs on the caller's thread when nothing was in memory, else
// on the engine's loop: keep it bounded.
#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "api/call.h"
#include "store/store.h"

namespace riposte::observe {

using ReadHandler = std::function<json::Value(const api::Call&, store::Transaction&)>;

/// Runs `handler` over a snapshot and replies with its document, or with what it throws.
inline void AnswerRead(store::Store& store, const api::Call& call, const ReadHandler& handler,
                       api::Reply& reply) {
  api::Outcome outcome;
  try {
    store.Read([&](store::Transaction& tx) { outcome.output = handler(call, tx); });
  } catch (const api::Error& error) {
    outcome.error = error;
  } catch (const std::exception&) {
    outcome.error.emplace("InternalFailure",
                          "The request processing has failed because of an unknown error.", 500);
  }
  reply(std::move(outcome));
}

/// `flushable` has Flush(Task done), as WriteBehind has.
template <class Flushable>
void FlushedRead(Flushable& flushable, store::Store& store, Executor& loop, api::Call call,
                 ReadHandler handler, api::Reply reply) {
  struct State {
    api::Call call;
    ReadHandler handler;
    api::Reply reply;
  };
  auto state =
      std::make_shared<State>(State{std::move(call), std::move(handler), std::move(reply)});
  flushable.Flush([state, &store, &loop, caller = std::this_thread::get_id()] {
    // Elsewhere than on the caller's thread it is the writer's, which must not be kept.
    if (std::this_thread::get_id() == caller) {
      AnswerRead(store, state->call, state->handler, state->reply);
      return;
    }
    loop.Post([state, &store] { AnswerRead(store, state->call, state->handler, state->reply); });
  });
}

}  // namespace riposte::observe
