// Numbers that do not depend on each other, several at a time, shared among the threads.
#pragma once
#include <algorithm>

#include "parallel.h"
#include "vector.h"

namespace adapterlab {

// f(i, count) for i = 0, 16, ... up to `size`, as in_vectors has it; a thread takes `grain` vectors at least.
template <typename F>
inline void elementwise(int64_t size, int64_t grain, F f) {
  parallel((size + kWidth - 1) / kWidth, grain, [&](int64_t from, int64_t to) {
    const int64_t first = from * kWidth;
    in_vectors(std::min(size, to * kWidth) - first, [&](int64_t i, int64_t count) { f(first + i, count); });
  });
}

}  // namespace adapterlab
