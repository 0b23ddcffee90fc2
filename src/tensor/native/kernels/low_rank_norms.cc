// Norms of the columns of a matrix with a low-rank change, W + s A B, per lane; no matrix of its size is built:
//
//   n_j = √(‖w_j‖² + Σ_r B_rj (2 s (AᵀW)_rj + s² ((AᵀA) B)_rj)),   0 where rounding makes the sum less.
//
// ‖w_j‖² [out], AᵀW [lanes · r, out], A [in, r] or [lanes, in, r], B [r, out] or [lanes, r, out]; n [out] or [lanes, 1, out].
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "product.h"

namespace adapterlab {
namespace {

constexpr int64_t kWide = 64;  // columns that a thread takes at a time

inline Vector root(Vector x) {
  Vector y;
  for (int i = 0; i < kWidth; i++) y[i] = x[i] < 0 ? 0 : __builtin_sqrtf(x[i]);
  return y;
}

struct LowRankNorms {
  float scale;
  explicit LowRankNorms(const Attributes& attributes) : scale(attributes.number("scale")) {}

  void compute(Call& call) const {
    const int64_t outputs = call.columns(0), rank = call.columns(2), lanes = call.axes(2) == 3 ? call.dim(2, 0) : 1;
    const int64_t inputs = call.size(2) / std::max<int64_t>(1, lanes * rank);
    const bool fits = call.size(0) == outputs && lanes > 0 && rank > 0 && call.is_matrix(1, 1, lanes * rank, outputs) &&
                      call.is_matrix(2, lanes, inputs, rank) && call.is_matrix(3, lanes, rank, outputs);
    if (!call.expects(fits, "norms of a low-rank update: the factors do not fit the matrix")) return;
    const float *squares = call.in(0), *times = call.in(1), *down = call.in(2), *up = call.in(3);
    float* norms = call.out(0, call.axes(2) == 3 ? std::vector<int64_t>{lanes, 1, outputs} : std::vector<int64_t>{outputs});
    std::vector<float> inner(lanes * rank * rank);  // AᵀA
    parallel(lanes * rank, 1 + 65536 / std::max<int64_t>(1, inputs * rank), [&](int64_t from, int64_t to) {
      for (int64_t row = from; row < to; row++) {
        const float* own = down + row / rank * inputs * rank;
        product({own + row % rank, 1, rank}, own, rank, inner.data() + row * rank, rank, 1, rank, inputs, false);
      }
    });
    const int64_t chunks = (outputs + kWide - 1) / kWide;
    parallel(lanes * chunks, 1 + 1024 / (rank * rank), [&](int64_t from, int64_t to) {
      static thread_local std::vector<float> change;
      change.resize(rank * kWide);
      for (int64_t piece = from; piece < to; piece++) {
        const int64_t lane = piece / chunks, first = piece % chunks * kWide, wide = std::min(kWide, outputs - first);
        const int64_t at = lane * rank * outputs + first;
        product({inner.data() + lane * rank * rank, rank, 1}, up + at, outputs, change.data(), kWide, rank, wide, rank, false);
        in_vectors(wide, [&](int64_t i, int64_t count) {
          Vector sum = {};
          for (int64_t r = 0; r < rank; r++) {
            const Vector linear = read(times + at + r * outputs + i, count), squared = load(change.data() + r * kWide + i);
            sum += read(up + at + r * outputs + i, count) * (linear * (2 * scale) + squared * (scale * scale));
          }
          write(norms + lane * outputs + first + i, root(sum + read(squares + first + i, count)), count);
        });
      }
    });
  }
};

}  // namespace

void define_low_rank_norms() {
  define<LowRankNorms>({"AdapterlabLowRankNorms", {"scale: float"}, {"squares: float", "times: float", "down: float", "up: float"}, {"norms: float"}});
}

}  // namespace adapterlab
