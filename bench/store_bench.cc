// What does group commit buy?
//
// The same store, the same rows of 3 KB, the same number of callers; once it commits what has
// gathered while the last commit ran, once every closure on its own. Rounds alternate, so that a
// busy machine slows both.
//
//   bench_store [--dir=.] [--rounds=5] [--rows=4000] [--callers=64]
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <semaphore>
#include <string>
#include <vector>

#include "bench/options.h"
#include "bench/stats.h"
#include "os/files.h"
#include "store/store.h"

namespace {

using riposte::bench::Median;
using riposte::bench::Percentile;
using riposte::bench::Stopwatch;
using riposte::store::Migration;
using riposte::store::Store;
using riposte::store::Transaction;

constexpr Migration kMigrations[] = {
    {"bench", 1, "CREATE TABLE bench_rows (id INTEGER PRIMARY KEY, text TEXT)"}};

struct Round {
  double rows_per_second = 0;
  double group = 0;
  std::vector<double> latencies_ms;
};

Round Measure(const std::string& folder, size_t max_batch, int rows, int callers) {
  auto opened = Store::Open(
      {.path = folder + "/bench-" + std::to_string(max_batch) + ".db", .max_batch = max_batch},
      kMigrations);
  if (!opened) {
    std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    std::exit(1);
  }
  Store& store = **opened;
  const auto before = store.counts();
  const std::string text(3000, 'x');
  Round round;
  round.latencies_ms.resize(static_cast<size_t>(rows));
  std::counting_semaphore<> free(callers);
  std::latch finished(rows);
  const Stopwatch watch;
  for (int i = 0; i < rows; ++i) {
    free.acquire();
    const double asked = watch.Seconds();
    store.Write(
        [&text](Transaction& tx) {
          tx.Execute("INSERT INTO bench_rows (text) VALUES (?)", {text});
        },
        [&, i, asked](std::exception_ptr error) {
          if (error) std::abort();
          round.latencies_ms[static_cast<size_t>(i)] = (watch.Seconds() - asked) * 1000;
          free.release();
          finished.count_down();
        });
  }
  finished.wait();
  round.rows_per_second = rows / watch.Seconds();
  const auto after = store.counts();
  round.group = static_cast<double>(after.closures - before.closures) /
                static_cast<double>(after.commits - before.commits);
  store.DeleteAllRows();
  return round;
}

void Print(const char* name, const std::vector<Round>& rounds) {
  std::vector<double> rates;
  std::vector<double> groups;
  std::vector<double> latencies;
  for (const Round& round : rounds) {
    rates.push_back(round.rows_per_second);
    groups.push_back(round.group);
    latencies.insert(latencies.end(), round.latencies_ms.begin(), round.latencies_ms.end());
  }
  std::printf("%-22s %9.0f rows/s   %6.1f rows a commit   p50 %.2f ms   p99 %.2f ms\n", name,
              Median(rates), Median(groups), Percentile(latencies, 0.5),
              Percentile(latencies, 0.99));
}

}  // namespace

int main(int argc, char** argv) {
  const riposte::bench::CommandLine options(argc, argv);
  const std::string parent = options.Text("--dir=", ".");
  const int rounds = options.Number("--rounds=", 5);
  const int rows = options.Number("--rows=", 4000);
  const int callers = options.Number("--callers=", 64);
  // Beside the program rather than in /tmp, which is often memory, where fsync costs nothing.
  const auto folder = riposte::os::TempDir::Make(parent, "bench-store-");
  if (!folder) {
    std::fprintf(stderr, "%s\n", folder.error().message.c_str());
    return 1;
  }
  std::vector<Round> grouped;
  std::vector<Round> single;
  std::vector<double> ratios;
  for (int i = 0; i < rounds; ++i) {
    grouped.push_back(Measure(folder->path(), 1024, rows, callers));
    single.push_back(Measure(folder->path(), 1, rows, callers));
    ratios.push_back(grouped.back().rows_per_second / single.back().rows_per_second);
  }
  std::printf("%d rounds of %d rows of 3 KB, %d at a time, every reply after an fsync\n", rounds,
              rows, callers);
  Print("group commit", grouped);
  Print("one commit a closure", single);
  std::printf("ratio %.1f\n", Median(ratios));
  return 0;
}
