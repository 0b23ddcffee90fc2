// Softmax and cross-entropy of a row at once:   ℓ = log Σ e^z − z[t],   loss = Σ w ℓ per lane,   dz = w ∘ (softmax(z) − onehot(t)).
//
// z [rows, classes], t [rows] (int32), w [rows, 1]; as many rows a lane.
#include <cmath>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "vector.h"

namespace adapterlab {
namespace {

struct CrossEntropy {
  int64_t lanes;
  explicit CrossEntropy(const Attributes& attributes) : lanes(attributes.integer("lanes")) {}

  void compute(Call& call) const {
    const int64_t rows = call.rows(0), classes = call.columns(0);
    const bool fits = classes > 0 && lanes > 0 && call.size(1) == rows && call.size(2) == rows && rows % lanes == 0;
    if (!call.expects(fits, "cross-entropy: targets or weights do not fit the logits")) return;
    const float *logits = call.in(0), *weights = call.in(2);
    const int32_t* targets = call.integers(1);
    for (int64_t row = 0; row < rows; row++)
      if (!call.expects(targets[row] >= 0 && targets[row] < classes, "cross-entropy: a target is no class")) return;
    float *losses = call.out(0, {lanes}), *gradient = call.out(1, call.shape(0));
    std::vector<float> of_row(rows);
    parallel(rows, 16384 / classes + 1, [&](int64_t from, int64_t to) {
      for (int64_t row = from; row < to; row++) of_row[row] = one(logits + row * classes, gradient + row * classes, classes, targets[row], weights[row]);
    });
    for (int64_t lane = 0; lane < lanes; lane++) {
      double total = 0;
      for (int64_t row = lane * rows / lanes; row < (lane + 1) * rows / lanes; row++) total += of_row[row];
      losses[lane] = static_cast<float>(total);
    }
  }

 private:
  // A row that does not count is passed over, whatever is in it, as 0 · ℓ.
  static float one(const float* z, float* dz, int64_t classes, int32_t target, float weight) {
    const float lowest = -INFINITY;
    Vector most = lowest - Vector{};
    in_vectors(classes, [&](int64_t i, int64_t count) { most = larger(count == kWidth ? load(z + i) : load_some(z + i, count, lowest), most); });
    const float top = largest(most);
    Vector total = {};
    in_vectors(classes, [&](int64_t i, int64_t count) {
      const Vector e = exponential((count == kWidth ? load(z + i) : load_some(z + i, count, lowest)) - top);
      if (count == kWidth)
        total += e;
      else
        for (int64_t j = 0; j < count; j++) total[j] += e[j];
      write(dz + i, e, count);
    });
    const float whole = sum(total), share = weight / whole;
    in_vectors(classes, [&](int64_t i, int64_t count) { write(dz + i, read(dz + i, count) * share, count); });
    dz[target] -= weight;
    return weight * (std::log(whole) + top - z[target]);
  }
};

}  // namespace

void define_cross_entropy() {
  define<CrossEntropy>(
      {"AdapterlabCrossEntropy", {"lanes: int"}, {"logits: float", "targets: int32", "weights: float"}, {"losses: float", "gradient: float"}});
}

}  // namespace adapterlab
