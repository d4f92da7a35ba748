// The Lambda runtime API (version 2018-06-01) over one Unix socket for all processes.
//
// Data path:     process -> socket -> RuntimeServer -> RuntimeClient (an environment of a pool)
// Thread safety: Attach and Detach from any thread; a client's methods are called on the server's
//                thread.
// A process is known by the random first element of its path, so that one function cannot answer
// for another: /<token>/2018-06-01/runtime/invocation/next, …/{id}/response, …/{id}/error,
// …/init/error.
// Source: "Using the Lambda runtime API", developer guide.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"
#include "base/time.h"
#include "http/server.h"

namespace riposte::functions {

/// The engine's side of one process.
class RuntimeClient {
 public:
  struct Answer {
    std::string request_id;
    std::string error_type;  ///< "" for a response.
    std::string body;
    int peak_memory_mb = 0;  ///< As the bootstrap reports it; 0 when it does not.
  };
  virtual ~RuntimeClient() = default;
  /// The process is ready for an invocation; `responder` is kept until there is one.
  virtual void OnNext(http::Responder responder) = 0;
  /// False when that request is not under way in this process.
  virtual bool OnAnswer(Answer answer) = 0;
  virtual void OnInitError(Answer answer) = 0;
};

class RuntimeServer {
 public:
  explicit RuntimeServer(Random& random) : random_(random) {}
  ~RuntimeServer();
  /// Binds the socket (mode 0600) and starts one thread. Errors: kUnavailable.
  [[nodiscard]] Status Listen(const std::string& socket_path);
  void Stop();
  [[nodiscard]] const std::string& socket_path() const { return socket_path_; }

  /// The path prefix by which the process will be known: "/<token>".
  [[nodiscard]] std::string Attach(std::weak_ptr<RuntimeClient> client);
  void Detach(const std::string& prefix);

  /// One request; public so that tests need no socket.
  void Handle(http::Request request, http::Responder responder);

 private:
  Random& random_;
  std::string socket_path_;
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<RuntimeClient>, std::less<>> clients_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace riposte::functions
