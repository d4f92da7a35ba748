// How long until a new engine answers, and what does it hold in memory while it rests?
//
//   bench_startup [--engine=build-release/riposte] [--dir=.] [--rounds=7]
#include <cstdio>

#include "bench/engine.h"
#include "bench/options.h"
#include "bench/stats.h"

int main(int argc, char** argv) {
  using namespace riposte::bench;
  const CommandLine options(argc, argv);
  std::vector<double> ready_ms;
  std::vector<double> resident;
  for (int i = 0; i < options.Number("--rounds=", 7); ++i) {
    Engine engine(options.Text("--engine=", "build-release/riposte"), options.Text("--dir=", "."));
    ready_ms.push_back(engine.ready_seconds() * 1000);
    resident.push_back(engine.child().ResidentMib());
  }
  std::printf("start to ready, new data directory: median %.0f ms, slowest %.0f ms\n",
              Median(ready_ms), Percentile(ready_ms, 1.0));
  std::printf("resident when ready: %.1f MiB\n", Median(resident));
  return 0;
}
