// Columns times factors:   y = x ∘ v.     dx = dy ∘ v,   dv = Σ dy ∘ x over the rows of each lane.
//
// x [rows, n]; v [n], or [lanes, 1, n] with as many rows a lane.
#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace adapterlab {
namespace {

constexpr int64_t kWide = 64;  // columns that a thread takes at a time

struct Sizes {
  int64_t rows, columns, lanes;
  bool fit;
  Sizes(const Call& call, int x, int v) : rows(call.rows(x)), columns(call.columns(x)) {
    lanes = call.size(v) / std::max<int64_t>(1, columns);
    fit = lanes > 0 && call.columns(v) == columns && rows % lanes == 0;
  }
};

struct Scale {
  explicit Scale(const Attributes&) {}

  void compute(Call& call) const {
    const Sizes s(call, 0, 1);
    if (!call.expects(s.fit, "scale: the factors do not fit the columns")) return;
    const float *x = call.in(0), *v = call.in(1);
    float* y = call.out(0, call.shape(0));
    parallel(s.rows, 16384 / s.columns + 1, [&](int64_t from, int64_t to) {
      for (int64_t row = from; row < to; row++) {
        const float *in = x + row * s.columns, *factors = v + row / (s.rows / s.lanes) * s.columns;
        in_vectors(s.columns, [&](int64_t i, int64_t count) { write(y + row * s.columns + i, read(in + i, count) * read(factors + i, count), count); });
      }
    });
  }
};

struct ScaleGradient {
  explicit ScaleGradient(const Attributes&) {}

  void compute(Call& call) const {
    const Sizes s(call, 1, 2);
    if (!call.expects(s.fit && call.size(0) == call.size(1), "scale: the gradient does not fit the input")) return;
    const float *dy = call.in(0), *x = call.in(1), *v = call.in(2);
    float *dx = call.out(0, call.shape(1)), *dv = call.out(1, call.shape(2));
    const int64_t chunks = (s.columns + kWide - 1) / kWide, per_lane = s.rows / s.lanes;
    parallel(s.lanes * chunks, 1 + 256 / std::max<int64_t>(1, per_lane), [&](int64_t from, int64_t to) {
      for (int64_t piece = from; piece < to; piece++) {
        const int64_t lane = piece / chunks, first = piece % chunks * kWide, wide = std::min(kWide, s.columns - first);
        const float* factors = v + lane * s.columns + first;
        Vector sums[kWide / kWidth] = {};
        for (int64_t row = lane * per_lane; row < (lane + 1) * per_lane; row++) {
          const int64_t at = row * s.columns + first;
          in_vectors(wide, [&](int64_t i, int64_t count) {
            const Vector d = read(dy + at + i, count);
            sums[i / kWidth] += d * read(x + at + i, count);
            write(dx + at + i, d * read(factors + i, count), count);
          });
        }
        in_vectors(wide, [&](int64_t i, int64_t count) { write(dv + lane * s.columns + first + i, sums[i / kWidth], count); });
      }
    });
  }
};

}  // namespace

void define_scale() {
  define<Scale>({"AdapterlabScale", {}, {"x: float", "v: float"}, {"y: float"}});
  define<ScaleGradient>({"AdapterlabScaleGradient", {}, {"dy: float", "x: float", "v: float"}, {"dx: float", "dv: float"}});
}

}  // namespace adapterlab
