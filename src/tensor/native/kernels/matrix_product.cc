// C = A B of matrices, the second perhaps lying transposed:   [rows, inner] · [inner, columns].
//
// B is laid out in panels, [inner, panel] one after the other, each by the thread that then runs it along A: its numbers stay near, those of
// C stay in registers for the whole sum, and A is read as it lies. Each number of C is summed in the order of `inner`.
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "product.h"

namespace adapterlab {
namespace {

constexpr int64_t kPanel = 2 * kWidth;
constexpr int kTile = kWidth == 16 ? 12 : 6;  // rows of C in registers: with two vectors of B and one of A they fill them

void run_all(Strided a, const float* panel, float* c, int64_t c_row, int64_t rows, int64_t inner) {
  int64_t i = 0;
  for (; i + kTile <= rows; i += kTile) tile<Vector, kTile, 2>(a.from(i, 0), panel, kPanel, c + i * c_row, c_row, inner, false);
  for (; i + 4 <= rows; i += 4) tile<Vector, 4, 2>(a.from(i, 0), panel, kPanel, c + i * c_row, c_row, inner, false);
  for (; i < rows; i++) tile<Vector, 1, 2>(a.from(i, 0), panel, kPanel, c + i * c_row, c_row, inner, false);
}

// Columns `first` to `last` of B, zeros behind.
void fill(float* panel, Strided b, int64_t inner, int64_t first, int64_t last) {
  const int64_t count = last - first;
  if (b.column == 1) {
    for (int64_t k = 0; k < inner; k++) {
      std::memcpy(panel + k * kPanel, b.at + k * b.row + first, count * sizeof(float));
      for (int64_t j = count; j < kPanel; j++) panel[k * kPanel + j] = 0;
    }
    return;
  }
  for (int64_t k = 0; k < inner; k += kWidth) {  // a square at a time
    const int64_t stop = std::min(inner, k + kWidth);
    for (int64_t j = 0; j < kPanel; j++)
      for (int64_t i = k; i < stop; i++) panel[i * kPanel + j] = j < count ? b.at[i * b.row + (first + j) * b.column] : 0;
  }
}

struct MatrixProduct {
  bool turn_b;
  explicit MatrixProduct(const Attributes& attributes) : turn_b(attributes.integer("turn_b") != 0) {}

  void compute(Call& call) const {
    if (!call.expects(call.axes(0) == 2 && call.axes(1) == 2, "product: a factor is no matrix")) return;
    const int64_t rows = call.dim(0, 0), inner = call.dim(0, 1), columns = call.dim(1, turn_b ? 0 : 1);
    if (!call.expects(call.dim(1, turn_b ? 1 : 0) == inner, "product: the inner sizes differ")) return;
    const Strided a{call.in(0), inner, 1};
    const Strided b = turn_b ? Strided{call.in(1), 1, inner} : Strided{call.in(1), columns, 1};
    float* c = call.out(0, {rows, columns});
    if (rows == 0 || columns == 0) return;
    const int64_t panels = (columns + kPanel - 1) / kPanel;
    // Panels where there are enough of them for the threads; else every panel is run in pieces.
    const int64_t pieces = panels >= 8 ? 1 : std::max<int64_t>(1, std::min(8 / panels, rows / 96));
    const int64_t tall = (rows + pieces - 1) / pieces;
    parallel(panels * pieces, 1 + 50000 / (tall * inner * kPanel / kWidth + 1), [&](int64_t from, int64_t to) {
      static thread_local std::vector<float> panel;
      panel.resize(inner * kPanel);
      std::vector<float> narrow;
      for (int64_t unit = from; unit < to; unit++) {
        const int64_t first = unit / pieces * kPanel, last = std::min(columns, first + kPanel);
        const int64_t top = unit % pieces * tall, bottom = std::min(rows, top + tall);
        if (top >= bottom) continue;
        if (unit == from || unit % pieces == 0) fill(panel.data(), b, inner, first, last);
        if (last - first == kPanel) {
          run_all(a.from(top, 0), panel.data(), c + top * columns + first, columns, bottom - top, inner);
          continue;
        }
        narrow.resize((bottom - top) * kPanel);
        run_all(a.from(top, 0), panel.data(), narrow.data(), kPanel, bottom - top, inner);
        for (int64_t i = top; i < bottom; i++) std::memcpy(c + i * columns + first, narrow.data() + (i - top) * kPanel, (last - first) * sizeof(float));
      }
    });
  }
};

}  // namespace

void define_matrix_product() {
  define<MatrixProduct>({"AdapterlabMatrixProduct", {"turn_b: int"}, {"a: float", "b: float"}, {"c: float"}});
}

}  // namespace adapterlab
