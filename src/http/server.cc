#include "http/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <map>
#include <utility>
#include <vector>

#include "http/connection.h"
#include "http/worker.h"

namespace riposte::http {

using ErrorCode = boost::system::error_code;

Responder::~Responder() {
  if (!channel_) return;
  Response response;
  response.status = 500;
  channel_->Send(std::move(response));
}

void Responder::Send(Response response) {
  if (const auto channel = std::exchange(channel_, nullptr)) channel->Send(std::move(response));
}

namespace {

using Tcp = net::ip::tcp;
using Unix = net::local::stream_protocol;
using Workers = std::vector<std::shared_ptr<Worker>>;

constexpr int kBacklog = 1024;
// When no descriptor is left, accepting again at once would spin.
constexpr Millis kAcceptPause{50};
// Connections beyond the bound that are told so; more than these are just closed.
constexpr size_t kMaxRefusing = 100;

class AnyListener {
 public:
  virtual ~AnyListener() = default;
  virtual void Close() = 0;  ///< On the home worker's thread.
};

template <class Protocol>
class Listener final : public AnyListener, public std::enable_shared_from_this<Listener<Protocol>> {
 public:
  using Acceptor = net::basic_socket_acceptor<Protocol, IoExecutor>;

  /// `home` runs the accepts; `workers` take the connections in turn.
  Listener(std::shared_ptr<Worker> home, const Workers& workers, std::string peer)
      : workers_(workers),
        peer_(std::move(peer)),
        acceptor_(home->executor()),
        pause_(home->executor()) {}

  Status Bind(const typename Protocol::endpoint& endpoint, const std::string& name) {
    ErrorCode error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) {
      if constexpr (std::is_same_v<Protocol, Tcp>) {
        acceptor_.set_option(net::socket_base::reuse_address(true), error);
      } else {
        // Before the bind, which gives the file the socket's own mode.
        fchmod(acceptor_.native_handle(), 0600);
      }
    }
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(kBacklog, error);
    if (error) {
      return Fail(Code::kUnavailable, "cannot listen on " + name + ": " + error.message());
    }
    return {};
  }
  [[nodiscard]] auto local() const { return acceptor_.local_endpoint(); }

  void Accept() {
    const auto& worker = workers_[next_++ % workers_.size()];
    acceptor_.async_accept(worker->executor(), [self = this->shared_from_this(), worker](
                                                   ErrorCode error, auto socket) {
      if (error == net::error::operation_aborted || !self->acceptor_.is_open()) return;
      if (error) {
        self->pause_.expires_after(kAcceptPause);
        self->pause_.async_wait([self](ErrorCode cancelled) {
          if (!cancelled) self->Accept();
        });
        return;
      }
      self->Hand(worker, std::move(socket));
      self->Accept();
    });
  }

  void Close() override {
    ErrorCode ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

 private:
  template <class Socket>
  void Hand(const std::shared_ptr<Worker>& worker, Socket socket) {
    ErrorCode ignored;
    std::string peer = peer_;
    if constexpr (std::is_same_v<Protocol, Tcp>) {
      peer = socket.remote_endpoint(ignored).address().to_string();
      socket.set_option(Tcp::no_delay(true), ignored);
    }
    Shared& shared = worker->shared();
    const size_t open = shared.connections;
    if (open >= shared.options.max_connections + kMaxRefusing) return;
    const bool full = open >= shared.options.max_connections;
    shared.Opened();
    auto connection =
        std::make_shared<Connection<Protocol>>(worker, std::move(socket), std::move(peer));
    worker->Post([worker, connection = std::move(connection), full] {
      worker->Add(connection);
      if (full) {
        connection->StartRefusing(503);
      } else {
        connection->Start();
      }
    });
  }

  const Workers workers_;
  const std::string peer_;
  Acceptor acceptor_;
  SteadyTimer pause_;
  size_t next_ = 0;
};

}  // namespace

struct Server::Impl {
  std::shared_ptr<Shared> shared;
  Workers workers;
  uint16_t port = 0;
  bool stopped = false;
  std::mutex mutex;  ///< Of the listeners.
  std::shared_ptr<AnyListener> tcp;
  std::map<std::string, std::shared_ptr<AnyListener>, std::less<>> local;

  Status ListenTcp() {
    ErrorCode error;
    const Options& options = shared->options;
    const std::string name = options.address + ":" + std::to_string(options.port);
    const auto address = net::ip::make_address(
        options.address == "localhost" ? "127.0.0.1" : options.address, error);
    if (error) return Fail(Code::kInvalidArgument, name + " is no address to listen on");
    auto listener = std::make_shared<Listener<Tcp>>(workers[0], workers, "");
    if (auto bound = listener->Bind({address, options.port}, name); !bound) return bound;
    port = listener->local().port();
    tcp = listener;
    workers[0]->Post([listener] { listener->Accept(); });
    return {};
  }

  Status ListenUnix(const std::string& path, const std::string& peer) {
    struct stat info{};
    if (lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode)) unlink(path.c_str());
    if (path.size() >= sizeof(sockaddr_un::sun_path)) {
      return Fail(Code::kUnavailable, path + " is too long for a socket");
    }
    auto listener = std::make_shared<Listener<Unix>>(workers[0], workers, peer);
    if (auto bound = listener->Bind(Unix::endpoint(path), path); !bound) return bound;
    const std::scoped_lock lock(mutex);
    local[path] = listener;
    workers[0]->Post([listener] { listener->Accept(); });
    return {};
  }

  void Close(const std::shared_ptr<AnyListener>& listener) {
    workers[0]->Post([listener] { listener->Close(); });
  }
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() {
  Stop();
}

Result<std::unique_ptr<Server>> Server::Start(const Options& options, Handler handler) {
  auto impl = std::make_unique<Impl>();
  impl->shared = std::make_shared<Shared>(options, std::move(handler));
  for (int i = 0; i < std::max(1, options.threads); ++i) {
    impl->workers.push_back(std::make_shared<Worker>(impl->shared));
  }
  Status listening;
  if (!options.unix_path.empty()) {
    listening = impl->ListenUnix(options.unix_path, "unix");
  } else if (!options.address.empty()) {
    listening = impl->ListenTcp();
  }
  int index = 0;
  for (const auto& worker : impl->workers) worker->Start(index++);
  std::unique_ptr<Server> server(new Server(std::move(impl)));
  if (!listening) return std::unexpected(listening.error());
  return server;
}

Status Server::Listen(const std::string& unix_path, const std::string& peer) {
  return impl_->ListenUnix(unix_path, peer);
}

void Server::Unlisten(const std::string& unix_path) {
  const std::scoped_lock lock(impl_->mutex);
  const auto found = impl_->local.find(unix_path);
  if (found == impl_->local.end()) return;
  impl_->Close(found->second);
  unlink(unix_path.c_str());
  impl_->local.erase(found);
}

uint16_t Server::port() const {
  return impl_->port;
}
size_t Server::connections() const {
  return impl_->shared->connections;
}

void Server::Stop(int grace_ms) {
  if (std::exchange(impl_->stopped, true)) return;
  Shared& shared = *impl_->shared;
  shared.stopping = true;
  {
    const std::scoped_lock lock(impl_->mutex);
    if (impl_->tcp) impl_->Close(impl_->tcp);
    for (const auto& [path, listener] : impl_->local) {
      impl_->Close(listener);
      unlink(path.c_str());
    }
    impl_->local.clear();
  }
  for (const auto& worker : impl_->workers) worker->Post([worker] { worker->DrainAll(); });
  {
    std::unique_lock lock(shared.mutex);
    shared.all_closed.wait_for(lock, Millis(grace_ms), [&] { return shared.connections == 0; });
  }
  for (const auto& worker : impl_->workers) worker->Post([worker] { worker->Finish(); });
  for (const auto& worker : impl_->workers) worker->Join();
}

}  // namespace riposte::http
