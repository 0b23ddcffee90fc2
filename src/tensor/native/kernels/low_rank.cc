// LoRA, arXiv:2106.09685, per lane:   u = s xA,   y = uB.     dB = uᵀ dy,   du = s dy Bᵀ,   dA = xᵀ du,   dx = du Aᵀ.
//
// x [rows, in], A [in, r] or [lanes, in, r], B [r, out] or [lanes, r, out]; as many rows a lane.
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "product.h"

namespace adapterlab {
namespace {

struct Sizes {
  int64_t rows, inputs, outputs, rank, lanes, per_lane;
  bool fit;
  Sizes(const Call& call, int x, int down, int up)
      : rows(call.rows(x)), inputs(call.columns(x)), outputs(call.columns(up)), rank(call.columns(down)) {
    lanes = call.axes(down) == 3 ? call.dim(down, 0) : 1;
    per_lane = rows / std::max<int64_t>(1, lanes);
    fit = lanes > 0 && rank > 0 && inputs > 0 && rows == lanes * per_lane && call.is_matrix(down, lanes, inputs, rank) && call.is_matrix(up, lanes, rank, outputs);
  }
};

// Rows of one lane at most, in pieces that are worth a thread.
template <typename F>
void by_rows(const Sizes& s, int64_t work, F f) {
  const int64_t tall = 48, pieces = (s.per_lane + tall - 1) / tall;
  parallel(s.lanes * pieces, 1 + 65536 / (tall * std::max<int64_t>(1, work)), [&](int64_t from, int64_t to) {
    for (int64_t piece = from; piece < to; piece++) {
      const int64_t lane = piece / pieces, first = piece % pieces * tall;
      f(lane, lane * s.per_lane + first, std::min(tall, s.per_lane - first));
    }
  });
}

void scaled(float* x, int64_t size, float scale) {
  for (int64_t i = 0; i < size; i++) x[i] *= scale;
}

struct LowRank {
  float scale;
  explicit LowRank(const Attributes& attributes) : scale(attributes.number("scale")) {}

  void compute(Call& call) const {
    const Sizes s(call, 0, 1, 2);
    if (!call.expects(s.fit, "low-rank update: the factors do not fit the input")) return;
    const float *x = call.in(0), *down = call.in(1), *up = call.in(2);
    float *y = call.out(0, {s.rows, s.outputs}), *u = call.out(1, {s.rows, s.rank});
    by_rows(s, s.rank * (s.inputs + s.outputs), [&](int64_t lane, int64_t row, int64_t rows) {
      float* own = u + row * s.rank;
      product({x + row * s.inputs, s.inputs, 1}, down + lane * s.inputs * s.rank, s.rank, own, s.rank, rows, s.rank, s.inputs, false);
      scaled(own, rows * s.rank, scale);
      product({own, s.rank, 1}, up + lane * s.rank * s.outputs, s.outputs, y + row * s.outputs, s.outputs, rows, s.outputs, s.rank, false);
    });
  }
};

// dA and dx are empty where they are not wanted.
struct LowRankGradient {
  float scale;
  bool wants_down, wants_input;
  explicit LowRankGradient(const Attributes& a)
      : scale(a.number("scale")), wants_down(a.integer("wants_down") != 0), wants_input(a.integer("wants_input") != 0) {}

  void compute(Call& call) const {
    const Sizes s(call, 1, 3, 4);
    const bool fit = s.fit && call.size(0) == s.rows * s.outputs && call.size(2) == s.rows * s.rank;
    if (!call.expects(fit, "low-rank update: the gradient does not fit the input")) return;
    const float *dy = call.in(0), *x = call.in(1), *u = call.in(2), *down = call.in(3), *up = call.in(4);
    float* d_down = call.out(0, wants_down ? call.shape(3) : std::vector<int64_t>{0});
    float* d_up = call.out(1, call.shape(4));
    float* dx = call.out(2, {wants_input ? s.rows : 0, s.inputs});
    const std::vector<float> du = wants_down || wants_input ? middle(s, dy, down, up, dx) : std::vector<float>();
    const int64_t work = std::max<int64_t>(1, s.per_lane * s.rank);
    for (int64_t lane = 0; lane < s.lanes; lane++) {
      const int64_t row = lane * s.per_lane;
      // Each number of a gradient is one thread's, summed over the rows in their order.
      if (wants_down) {
        const float *own_x = x + row * s.inputs, *own_du = du.data() + row * s.rank;
        parallel(s.inputs, 1 + 65536 / work, [&](int64_t from, int64_t to) {
          product({own_x + from, 1, s.inputs}, own_du, s.rank, d_down + (lane * s.inputs + from) * s.rank, s.rank, to - from, s.rank, s.per_lane, false);
        });
      }
      const float *own_u = u + row * s.rank, *own_dy = dy + row * s.outputs;
      parallel((s.outputs + 63) / 64, 1 + 1024 / work, [&](int64_t from, int64_t to) {
        const int64_t first = 64 * from, last = std::min(s.outputs, 64 * to);
        product({own_u, 1, s.rank}, own_dy + first, s.outputs, d_up + lane * s.rank * s.outputs + first, s.outputs, s.rank, last - first, s.per_lane, false);
      });
    }
  }

 private:
  // du; and dx from it while it is near.
  std::vector<float> middle(const Sizes& s, const float* dy, const float* down, const float* up, float* dx) const {
    std::vector<float> du(s.rows * s.rank);
    const std::vector<float> up_turned = turned(up, s.lanes, s.rank, s.outputs);
    const std::vector<float> down_turned = wants_input ? turned(down, s.lanes, s.inputs, s.rank) : std::vector<float>();
    by_rows(s, s.rank * (s.inputs + s.outputs), [&](int64_t lane, int64_t row, int64_t rows) {
      float* own = du.data() + row * s.rank;
      product({dy + row * s.outputs, s.outputs, 1}, up_turned.data() + lane * s.rank * s.outputs, s.rank, own, s.rank, rows, s.rank, s.outputs, false);
      scaled(own, rows * s.rank, scale);
      if (!wants_input) return;
      product({own, s.rank, 1}, down_turned.data() + lane * s.rank * s.inputs, s.inputs, dx + row * s.inputs, s.inputs, rows, s.inputs, s.rank, false);
    });
    return du;
  }

  static std::vector<float> turned(const float* matrix, int64_t lanes, int64_t rows, int64_t columns) {
    std::vector<float> result(lanes * rows * columns);
    for (int64_t lane = 0; lane < lanes; lane++)
      for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++) result[lane * rows * columns + j * rows + i] = matrix[lane * rows * columns + i * columns + j];
    return result;
  }
};

}  // namespace

void define_low_rank() {
  define<LowRank>({"AdapterlabLowRank", {"scale: float"}, {"x: float", "down: float", "up: float"}, {"y: float", "u: float"}});
  define<LowRankGradient>({"AdapterlabLowRankGradient",
                           {"scale: float", "wants_down: int = 1", "wants_input: int"},
                           {"dy: float", "x: float", "u: float", "down: float", "up: float"},
                           {"d_down: float", "d_up: float", "dx: float"}});
}

}  // namespace adapterlab
