#include "bus/archive_sweep.h"

#include <memory>
#include <utility>

#include "bus/archive_tables.h"

namespace riposte::bus {

void ArchiveSweep::Start() {
  running_ = true;
  Schedule(options_.interval);
}

void ArchiveSweep::Stop() {
  running_ = false;
  if (timer_ != 0) loop_.Cancel(std::exchange(timer_, 0));
}

void ArchiveSweep::Schedule(Millis after) {
  if (!running_) return;
  timer_ = loop_.PostAt(clock_.Now() + after, [this] {
    timer_ = 0;
    Run();
  });
}

void ArchiveSweep::Run() {
  auto more = std::make_shared<bool>(false);
  store_.Write(
      [this, more, now = clock_.Now()](store::Transaction& tx) {
        *more = archive_tables::DeleteExpired(tx, now);
        archive_tables::DeleteReplays(tx, now - options_.keep_replays);
      },
      [this, more](std::exception_ptr failure) {
        if (failure) log_.Error("expired events of archives not deleted");
        loop_.Post([this, again = *more && !failure] {
          Schedule(again ? options_.pause : options_.interval);
        });
      });
}

}  // namespace riposte::bus
