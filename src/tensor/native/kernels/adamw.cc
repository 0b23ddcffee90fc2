// AdamW, arXiv:1711.05101, in one pass over the numbers:
//
//   m ← β₁ m + (1 − β₁) g;   v ← β₂ v + (1 − β₂) g²;   w ← w k − η (m c₁) / (√(v c₂) + ε).
//
// numbers: β₁, 1 − β₁, β₂, 1 − β₂, c₁ = 1/(1 − β₁ᵗ), c₂ = 1/(1 − β₂ᵗ), ε. η and k (what decay leaves) are one number, [lanes, 1],
// [1, count] or [lanes, count].
#include "elementwise.h"
#include "kernel.h"

namespace adapterlab {
namespace {

inline Vector root(Vector x) {
  Vector y;
  for (int i = 0; i < kWidth; i++) y[i] = __builtin_sqrtf(x[i]);
  return y;
}

// A tensor that is smaller than [lanes, count] along one axis or both.
struct Spread {
  const float* at;
  bool by_lane, by_number;
  int64_t count;
  Spread(const Call& call, int i, int64_t lanes, int64_t count) : at(call.in(i)), by_lane(false), by_number(false), count(count) {
    by_number = call.size(i) > 1 && call.columns(i) == count;
    by_lane = call.size(i) > 1 && call.rows(i) == lanes && lanes > 1;
  }
  Vector read_at(int64_t lane, int64_t i, int64_t n) const {
    const float* row = at + (by_lane ? lane * (by_number ? count : 1) : 0);
    return by_number ? read(row + i, n) : *row - Vector{};
  }
};

bool spreads(const Call& call, int i, int64_t lanes, int64_t count) {
  const int64_t rows = call.rows(i), columns = call.columns(i);
  return call.size(i) == 1 || ((rows == 1 || rows == lanes) && (columns == 1 || columns == count));
}

struct Adamw {
  explicit Adamw(const Attributes&) {}

  void compute(Call& call) const {
    if (!call.expects(call.axes(0) == 2, "AdamW: values are [lanes, count]")) return;
    const int64_t lanes = call.dim(0, 0), count = call.dim(0, 1), size = call.size(0);
    const bool fits = spreads(call, 5, lanes, count) && spreads(call, 6, lanes, count) && call.size(1) == size && call.size(2) == size && call.size(3) == size && call.size(4) == 7;
    if (!call.expects(fits, "AdamW: gradient, moments, rate or decay do not fit the values")) return;
    const float *values = call.in(0), *gradient = call.in(1), *mean = call.in(2), *square = call.in(3), *n = call.in(4);
    const Spread rate(call, 5, lanes, count), keep(call, 6, lanes, count);
    float *next = call.out(0, call.shape(0)), *mean_now = call.out(1, call.shape(0)), *square_now = call.out(2, call.shape(0));
    for (int64_t lane = 0; lane < lanes; lane++)
      elementwise(count, 512, [&](int64_t i, int64_t some) {
        const int64_t at = lane * count + i;
        const Vector g = read(gradient + at, some);
        const Vector m = read(mean + at, some) * n[0] + g * n[1];
        const Vector v = read(square + at, some) * n[2] + g * g * n[3];
        const Vector direction = m * n[4] / (root(v * n[5]) + n[6]);
        write(next + at, read(values + at, some) * keep.read_at(lane, i, some) - direction * rate.read_at(lane, i, some), some);
        write(mean_now + at, m, some);
        write(square_now + at, v, some);
      });
  }
};

}  // namespace

void define_adamw() {
  define<Adamw>({"AdapterlabAdamw",
                 {},
                 {"values: float", "gradient: float", "mean: float", "square: float", "numbers: float", "rate: float", "keep: float"},
                 {"next: float", "mean_now: float", "square_now: float"}});
}

}  // namespace adapterlab
