// Products of small matrices:   C[i, j] (+)= Σ_k A[i, k] B[k, j].
//
// A is read number by number, with any strides (so a transposed A costs nothing); the rows of B and C lie together. Each number of C is
// summed in the order of k, whatever the other sizes are.
#pragma once
#include <algorithm>
#include <vector>

#include "vector.h"

namespace adapterlab {

struct Strided {
  const float* at;
  int64_t row, column;
  Strided from(int64_t i, int64_t k) const { return {at + i * row + k * column, row, column}; }
};

template <typename V, int rows, int vectors>
inline void tile(Strided a, const float* b, int64_t b_row, float* c, int64_t c_row, int64_t inner, bool add) {
  constexpr int64_t width = sizeof(V) / sizeof(float);
  V sums[rows][vectors];
  for (int i = 0; i < rows; i++)
    for (int v = 0; v < vectors; v++) sums[i][v] = add ? load<V>(c + i * c_row + v * width) : V{};
  for (int64_t k = 0; k < inner; k++) {
    V row[vectors];
    for (int v = 0; v < vectors; v++) row[v] = load<V>(b + k * b_row + v * width);
    for (int i = 0; i < rows; i++) {
      const V factor = a.at[i * a.row + k * a.column] - V{};
      for (int v = 0; v < vectors; v++) sums[i][v] += factor * row[v];
    }
  }
  for (int i = 0; i < rows; i++)
    for (int v = 0; v < vectors; v++) store<V>(c + i * c_row + v * width, sums[i][v]);
}

template <typename V, int vectors>
inline void columns_of(Strided a, const float* b, int64_t b_row, float* c, int64_t c_row, int64_t rows, int64_t inner, bool add) {
  constexpr int tall = vectors == 1 ? 8 : 6;
  int64_t i = 0;
  for (; i + tall <= rows; i += tall) tile<V, tall, vectors>(a.from(i, 0), b, b_row, c + i * c_row, c_row, inner, add);
  for (; i + 2 <= rows; i += 2) tile<V, 2, vectors>(a.from(i, 0), b, b_row, c + i * c_row, c_row, inner, add);
  for (; i < rows; i++) tile<V, 1, vectors>(a.from(i, 0), b, b_row, c + i * c_row, c_row, inner, add);
}

// Fewer columns than half a vector has: as half a vector, with zeros behind.
inline void narrow(Strided a, const float* b, int64_t b_row, float* c, int64_t c_row, int64_t rows, int64_t columns, int64_t inner, bool add) {
  constexpr int64_t wide = kWidth / 2;
  static thread_local std::vector<float> factor, sums;
  factor.assign(inner * wide, 0), sums.assign(rows * wide, 0);
  for (int64_t k = 0; k < inner; k++) std::copy_n(b + k * b_row, columns, factor.data() + k * wide);
  for (int64_t i = 0; add && i < rows; i++) std::copy_n(c + i * c_row, columns, sums.data() + i * wide);
  columns_of<HalfVector, 1>(a, factor.data(), wide, sums.data(), wide, rows, inner, add);
  for (int64_t i = 0; i < rows; i++) std::copy_n(sums.data() + i * wide, columns, c + i * c_row);
}

inline void product(Strided a, const float* b, int64_t b_row, float* c, int64_t c_row, int64_t rows, int64_t columns, int64_t inner, bool add) {
  int64_t j = 0;
  for (; j + 4 * kWidth <= columns; j += 4 * kWidth) columns_of<Vector, 4>(a, b + j, b_row, c + j, c_row, rows, inner, add);
  for (; j + 2 * kWidth <= columns; j += 2 * kWidth) columns_of<Vector, 2>(a, b + j, b_row, c + j, c_row, rows, inner, add);
  for (; j + kWidth <= columns; j += kWidth) columns_of<Vector, 1>(a, b + j, b_row, c + j, c_row, rows, inner, add);
  for (; j + kWidth / 2 <= columns; j += kWidth / 2) columns_of<HalfVector, 1>(a, b + j, b_row, c + j, c_row, rows, inner, add);
  if (j < columns) narrow(a, b + j, b_row, c + j, c_row, rows, columns - j, inner, add);
}

}  // namespace adapterlab
