// Several numbers at a time, in the compiler's own vector types: as many as a register of the processor has. Only reading and writing some
// of them asks for the processor's own instructions: by way of a copy, the wide read after narrow writes waits for them.
#pragma once
#include <immintrin.h>

#include <cstdint>
#include <cstring>

namespace adapterlab {

#ifdef __AVX512F__
constexpr int64_t kWidth = 16;
#else
constexpr int64_t kWidth = 8;
#endif

typedef float Vector __attribute__((vector_size(4 * kWidth)));
typedef int32_t Integers __attribute__((vector_size(4 * kWidth)));
typedef float HalfVector __attribute__((vector_size(2 * kWidth)));

template <typename V = Vector>
inline V load(const float* from) {
  V v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

template <typename V>
inline void store(float* to, V v) {
  std::memcpy(to, &v, sizeof v);
}

// 0, 1, 2, ...
inline Integers places() {
  Integers i;
  for (int at = 0; at < kWidth; at++) i[at] = at;
  return i;
}

#ifdef __AVX512F__
inline Vector load_first(const float* from, int64_t count) { return _mm512_maskz_loadu_ps((1u << count) - 1, from); }
inline void store_some(float* to, Vector v, int64_t count) { _mm512_mask_storeu_ps(to, (1u << count) - 1, v); }
#else
inline Vector load_first(const float* from, int64_t count) { return _mm256_maskload_ps(from, (__m256i)(places() < static_cast<int32_t>(count))); }
inline void store_some(float* to, Vector v, int64_t count) { _mm256_maskstore_ps(to, (__m256i)(places() < static_cast<int32_t>(count)), v); }
#endif

// The first `count` numbers; the others are `rest`.
inline Vector load_some(const float* from, int64_t count, float rest = 0) {
  const Vector first = load_first(from, count);
  return rest == 0 ? first : places() < static_cast<int32_t>(count) ? first : rest - Vector{};
}

// f(i, count) for i = 0, 16, ...; the last count may be smaller.
template <typename F>
inline void in_vectors(int64_t size, F f) {
  int64_t i = 0;
  for (; i + kWidth <= size; i += kWidth) f(i, kWidth);
  if (i < size) f(i, size - i);
}

inline Vector read(const float* from, int64_t count) { return count == kWidth ? load(from) : load_some(from, count); }

inline void write(float* to, Vector v, int64_t count) {
  if (count == kWidth)
    store(to, v);
  else
    store_some(to, v, count);
}

// All numbers of a vector made one, half with half.
template <typename F>
inline float folded(Vector v, F f) {
  for (int32_t half = kWidth / 2; half > 0; half /= 2) v = f(v, __builtin_shuffle(v, places() + half));
  return v[0];
}

inline float sum(Vector v) {
  return folded(v, [](Vector a, Vector b) { return a + b; });
}

inline Vector larger(Vector a, Vector b) { return a > b ? a : b; }

inline float largest(Vector v) { return folded(v, larger); }

inline float dot(const float* a, const float* b, int64_t size) {
  Vector total = {};
  in_vectors(size, [&](int64_t i, int64_t count) { total += read(a + i, count) * read(b + i, count); });
  return sum(total);
}

// e^x within two units of the last place, for x up to 88. Below −87 it is e^−87 (1.6e-38). A NaN stays one.
//
// x = n ln 2 + f, |f| ≤ ln 2 / 2; e^f by its Taylor series to the seventh power; times 2^n, made from its exponent's bits.
inline Vector exponential(Vector x) {
  const Vector lowest = -87.0f - Vector{};
  x = x < lowest ? lowest : x;
  const Vector shifted = x * 1.44269504f + 12582912.0f;  // 1.5 · 2^23: the fraction's bits are rounded away
  const Vector n = shifted - 12582912.0f;
  const Vector f = (x - n * 0.693145752f) - n * 1.42860677e-6f;
  Vector p = 1.0f / 5040 - Vector{};
  p = p * f + 1.0f / 720;
  p = p * f + 1.0f / 120;
  p = p * f + 1.0f / 24;
  p = p * f + 1.0f / 6;
  p = p * f + 0.5f;
  p = p * f + 1.0f;
  p = p * f + 1.0f;
  Integers power;
  std::memcpy(&power, &shifted, sizeof power);
  power = (power << 23) + (127 << 23);  // the lowest bits of `shifted` are n
  Vector two_to_n;
  std::memcpy(&two_to_n, &power, sizeof power);
  return p * two_to_n;  // as a product, so that no bits of a NaN are lost
}

}  // namespace adapterlab
