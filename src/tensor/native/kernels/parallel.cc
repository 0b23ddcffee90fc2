#include "parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace adapterlab {
namespace {

int threads = 1;

// The pieces of one call.
struct Job {
  const std::function<void(int64_t, int64_t)>* f = nullptr;
  int64_t count = 0, piece = 0;
  std::atomic<int64_t> next{0};

  void work() {
    for (int64_t from; (from = next.fetch_add(piece)) < count;) (*f)(from, std::min(count, from + piece));
  }
};

// Threads that help with one job at a time. One that comes too late does nothing, and nobody waits for it.
class Crew {
 public:
  explicit Crew(int helpers) {
    for (int i = 0; i < helpers; i++) std::thread([this] { serve(); }).detach();
  }

  void run(int64_t count, int64_t piece, const std::function<void(int64_t, int64_t)>& f) {
    const std::lock_guard<std::mutex> alone(one_);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      job_.f = &f;
      job_.count = count;
      job_.piece = piece;
      job_.next = 0;
      open_ = true;
      generation_++;
    }
    wake_.notify_all();
    job_.work();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      open_ = false;
    }
    while (busy_.load(std::memory_order_acquire) > 0) std::this_thread::yield();
  }

 private:
  // Looks out a little before it sleeps, because the next kernel comes soon; yields, because TensorFlow's threads need the core too.
  void serve() {
    for (uint64_t seen = 0;;) {
      const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(100);
      while (generation_ == seen && std::chrono::steady_clock::now() < until) std::this_thread::yield();
      {
        std::unique_lock<std::mutex> lock(mutex_);
        wake_.wait(lock, [&] { return generation_ != seen; });
        seen = generation_;
        if (!open_) continue;
        busy_++;
      }
      job_.work();
      busy_.fetch_sub(1, std::memory_order_release);
    }
  }

  Job job_;
  bool open_ = false;
  std::atomic<int> busy_{0};
  std::atomic<uint64_t> generation_{0};
  std::mutex one_, mutex_;
  std::condition_variable wake_;
};

}  // namespace

void use_threads(int count) { threads = std::max(1, count); }

void parallel(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& f) {
  const int64_t pieces = std::min<int64_t>(4 * threads, count / std::max<int64_t>(1, grain));
  if (threads == 1 || pieces < 2) return f(0, count);
  static Crew* crew = new Crew(threads - 1);  // as long as the process, whose end its threads do not hold up
  crew->run(count, (count + pieces - 1) / pieces, f);
}

}  // namespace adapterlab
