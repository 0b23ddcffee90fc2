// y = x₁ + x₂ + …, of one size each.
#include "elementwise.h"
#include "kernel.h"

namespace adapterlab {
namespace {

struct Sum {
  explicit Sum(const Attributes&) {}

  void compute(Call& call) const {
    const int64_t size = call.size(0);
    const int terms = call.inputs();
    for (int term = 1; term < terms; term++)
      if (!call.expects(call.size(term) == size, "sum: the terms differ in size")) return;
    float* y = call.out(0, call.shape(0));
    elementwise(size, 1024, [&](int64_t i, int64_t count) {
      Vector total = read(call.in(0) + i, count);
      for (int term = 1; term < terms; term++) total += read(call.in(term) + i, count);
      write(y + i, total, count);
    });
  }
};

}  // namespace

void define_sum() { define<Sum>({"AdapterlabSum", {"N: int"}, {"terms: N * float"}, {"y: float"}}); }

}  // namespace adapterlab
