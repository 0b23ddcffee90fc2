// Work shared among threads. Pieces do not depend on each other, so that results are the same for any number of threads.
#pragma once
#include <cstdint>
#include <functional>

namespace adapterlab {

// Threads that a kernel may use, the caller's included; to be set before the first kernel runs.
void use_threads(int count);

// f(from, to) for pieces of 0 to `count`, each of `grain` at least where there are so many.
void parallel(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& f);

}  // namespace adapterlab
