// RMSNorm, arXiv:1910.07467:   y = n ∘ g,   n = x r,   r = 1 / √(mean(x²) + ε).     dx = r (h − n mean(h ∘ n)),   h = dy ∘ g.
//
// x [rows, width]; g [width], or [lanes, 1, width] with as many rows a lane; r [rows].
#include <cmath>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace adapterlab {
namespace {

struct RmsNorm {
  float epsilon;
  explicit RmsNorm(const Attributes& attributes) : epsilon(attributes.number("epsilon")) {}

  void compute(Call& call) const {
    const int64_t rows = call.rows(0), width = call.columns(0), lanes = call.size(1) / std::max<int64_t>(1, width);
    if (!call.expects(lanes > 0 && call.columns(1) == width && rows % lanes == 0, "RMSNorm: the gain does not fit its input")) return;
    const float *x = call.in(0), *gain = call.in(1);
    float *y = call.out(0, call.shape(0)), *inverse = call.out(1, {rows});
    parallel(rows, 4096 / width + 1, [&](int64_t from, int64_t to) {
      for (int64_t row = from; row < to; row++) {
        const float *in = x + row * width, *g = gain + row / (rows / lanes) * width;
        float* out = y + row * width;
        Vector squares = {};
        in_vectors(width, [&](int64_t i, int64_t count) {
          const Vector v = read(in + i, count);
          squares += v * v;
        });
        const float r = 1 / std::sqrt(sum(squares) / static_cast<float>(width) + epsilon);
        inverse[row] = r;
        in_vectors(width, [&](int64_t i, int64_t count) { write(out + i, read(in + i, count) * r * read(g + i, count), count); });
      }
    });
  }
};

struct RmsNormGradient {
  explicit RmsNormGradient(const Attributes&) {}

  void compute(Call& call) const {
    const int64_t rows = call.rows(0), width = call.columns(0), lanes = call.size(2) / std::max<int64_t>(1, width);
    const bool fits = call.size(1) == call.size(0) && lanes > 0 && call.columns(2) == width && rows % lanes == 0 && call.size(3) == rows;
    if (!call.expects(fits, "RMSNorm: the gradient does not fit the input")) return;
    const float *dy = call.in(0), *x = call.in(1), *gain = call.in(2), *inverse = call.in(3);
    float* dx = call.out(0, call.shape(0));
    parallel(rows, 4096 / width + 1, [&](int64_t from, int64_t to) {
      for (int64_t row = from; row < to; row++) {
        const float *d = dy + row * width, *in = x + row * width, *g = gain + row / (rows / lanes) * width, r = inverse[row];
        float* out = dx + row * width;
        Vector along = {};
        in_vectors(width, [&](int64_t i, int64_t count) { along += read(d + i, count) * read(g + i, count) * read(in + i, count); });
        const float mean = sum(along) * r / static_cast<float>(width);
        in_vectors(width, [&](int64_t i, int64_t count) {
          const Vector h = read(d + i, count) * read(g + i, count);
          write(out + i, (h - read(in + i, count) * (r * mean)) * r, count);
        });
      }
    });
  }
};

}  // namespace

void define_rms_norm() {
  define<RmsNorm>({"AdapterlabRmsNorm", {"epsilon: float"}, {"x: float", "gain: float"}, {"y: float", "inverse: float"}});
  define<RmsNormGradient>({"AdapterlabRmsNormGradient", {}, {"dy: float", "x: float", "gain: float", "inverse: float"}, {"dx: float"}});
}

}  // namespace adapterlab
