// Attention of rotated queries and keys without a matrix of scores in memory (the idea of FlashAttention, arXiv:2205.14135):
//
//   S = s R(q) R(k)ᵀ,   P = softmax(S),   O = P v;   kept for the reverse pass: L = log Σ e^S of each row.
//   P = e^(S − L),   dS = P ∘ (dO vᵀ − Σ (dO ∘ O)),   dv = Pᵀ dO,   d R(q) = s dS R(k),   d R(k) = s dSᵀ R(q).
//
// q, O [rows, heads · width], k, v [rows, keyHeads · width], rows = sequences · length; L [rows, heads]. R turns pairs of features by the
// angles of arXiv:2104.09864, given as cos and sin [length, width]. A query sees keys less than `window` places away where that is not 0,
// and none after it where attention is causal. One that sees a single key has P = 1 whatever its score: its dS is exactly 0.
#include <cmath>
#include <vector>

#include "kernel.h"
#include "parallel.h"
#include "product.h"

namespace adapterlab {
namespace {

constexpr int64_t kTall = 48;  // queries at a time

// As many numbers as whole vectors have.
inline int64_t whole(int64_t size) { return (size + kWidth - 1) / kWidth * kWidth; }

struct Range {
  int64_t from, to;
  int64_t size() const { return to - from; }
  // All the numbers of the vectors that it has numbers of.
  Range vectors() const { return {from / kWidth * kWidth, whole(to)}; }
  // Which numbers of a vector, the first of them at `at`, lie in it.
  Integers among(int64_t at) const {
    const Integers place = places() + static_cast<int32_t>(at);
    return (place >= static_cast<int32_t>(from)) & (place < static_cast<int32_t>(to));
  }
};

struct Attention {
  int64_t heads, key_heads, length, window, pairing, turning;
  float scale;
  bool causal;

  explicit Attention(const Attributes& a)
      : heads(a.integer("heads")), key_heads(a.integer("key_heads")), length(a.integer("length")), window(a.integer("window")),
        pairing(a.integer("pairing")), turning(a.integer("turning")), scale(a.number("scale")), causal(a.integer("causal") != 0) {}

  bool fits(Call& call, int q, int k, int v, int cos) const {
    const bool whole = heads > 0 && key_heads > 0 && length > 0 && window >= 0 && turning >= 0 && heads % key_heads == 0;
    if (!call.expects(whole, "attention: heads, length, window or rotary width cannot be")) return false;
    const int64_t rows = call.rows(q), width = call.columns(q) / heads;
    const bool shaped = width > 0 && rows % length == 0 && width * heads == call.columns(q) && call.rows(k) == rows && call.rows(v) == rows &&
                        call.columns(k) == width * key_heads && call.columns(v) == width * key_heads;
    const bool turned = pairing == 0 || (call.size(cos) == length * width && call.size(cos + 1) == length * width && turning <= width);
    return call.expects(shaped && turned, "attention: queries, keys, values or angles do not fit each other");
  }

  // The keys that a query sees.
  Range seen(int64_t query) const {
    const int64_t reach = window > 0 ? window : length;
    return {std::max<int64_t>(0, query - reach + 1), causal ? query + 1 : std::min(length, query + reach)};
  }

  // All that one of the queries sees, from the start of a vector on.
  Range seen_by(int64_t first, int64_t last) const {
    return {seen(first).from / kWidth * kWidth, seen(last - 1).to};
  }

  // One head's vectors [length, width], turned and scaled. `direction` −1 turns back.
  void turn(const float* x, int64_t x_row, float* y, int64_t y_row, int64_t width, const float* cos, const float* sin, float by, float direction) const {
    for (int64_t t = 0; t < length; t++, x += x_row, y += y_row, cos += width, sin += width) {
      const int64_t half = turning / 2;
      if (pairing == 0)
        for (int64_t i = 0; i < width; i++) y[i] = x[i] * by;
      else if (pairing == 1)
        turn_pairs(x, x + half, y, y + half, cos, cos + half, sin, sin + half, half, by, direction);
      else
        for (int64_t i = 0; i < turning; i += 2) turn_pairs(x + i, x + i + 1, y + i, y + i + 1, cos + i, cos + i + 1, sin + i, sin + i + 1, 1, by, direction);
      for (int64_t i = turning; pairing != 0 && i < width; i++) y[i] = x[i] * cos[i] * by;
    }
  }

  static void turn_pairs(const float* first, const float* second, float* __restrict y_first, float* __restrict y_second, const float* cos_first,
                         const float* cos_second, const float* sin_first, const float* sin_second, int64_t pairs, float by, float direction) {
    for (int64_t i = 0; i < pairs; i++) {
      const float a = first[i], b = second[i];
      y_first[i] = (a * cos_first[i] - b * sin_first[i] * direction) * by;
      y_second[i] = (b * cos_second[i] + a * sin_second[i] * direction) * by;
    }
  }

  // One head's vectors, which lie far from each other, together: reads of the same few places of the cache would push each other out.
  void gather(const float* x, int64_t x_row, float* y, int64_t width) const {
    for (int64_t t = 0; t < length; t++) std::memcpy(y + t * width, x + t * x_row, width * sizeof(float));
  }

  // [length, width] -> [width, padded length], zeros behind; a few rows at a time, so that what is written lies together.
  void across(const float* x, float* __restrict y, int64_t width) const {
    const int64_t wide = whole(length);
    for (int64_t first = 0; first < wide; first += kWidth)
      for (int64_t i = 0; i < width; i++)
        for (int64_t t = first; t < first + kWidth; t++) y[i * wide + t] = t < length ? x[t * width + i] : 0;
  }

  // Sequences · heads go to the threads.
  template <typename F>
  void each(int64_t sequences, int64_t of_heads, int64_t width, F f) const {
    parallel(sequences * of_heads, 1 + 100000 / (length * length * width), [&](int64_t from, int64_t to) {
      for (int64_t i = from; i < to; i++) f(i / of_heads, i % of_heads);
    });
  }
};

// S = queries · keysᵀ of some queries; what one does not see is left as it comes.
inline void scores(const float* q, const float* keys_across, int64_t wide, float* s, Range keys, int64_t rows, int64_t width) {
  product({q, width, 1}, keys_across + keys.from, wide, s + keys.from, wide, rows, whole(keys.size()), width, false);
}

// 0 in what is not near; `all` starts a vector, as what is near starts and ends one.
inline void clear(float* row, Range near, Range all) {
  for (int64_t j = all.from; j < near.from; j += kWidth) store(row + j, Vector{});
  for (int64_t j = near.to; j < all.to; j += kWidth) store(row + j, Vector{});
}

struct Forward : Attention {
  explicit Forward(const Attributes& a) : Attention(a) {}

  void compute(Call& call) const {
    if (!fits(call, 0, 1, 2, 3)) return;
    const int64_t rows = call.rows(0), width = call.columns(0) / heads, wide = whole(length);
    const float *q = call.in(0), *k = call.in(1), *v = call.in(2), *cos = call.in(3), *sin = call.in(4);
    float *o = call.out(0, {rows, heads * width}), *logs = call.out(1, {rows, heads});
    each(rows / length, heads, width, [&](int64_t sequence, int64_t head) {
      static thread_local std::vector<float> keys, values, queries, across_keys, s;
      for (auto* matrix : {&keys, &values, &queries}) matrix->resize(length * width);
      across_keys.resize(width * wide), s.resize(kTall * wide);
      const int64_t top = sequence * length, key_head = head / (heads / key_heads), q_row = heads * width, k_row = key_heads * width;
      turn(k + top * k_row + key_head * width, k_row, keys.data(), width, width, cos, sin, 1, 1);
      across(keys.data(), across_keys.data(), width);
      turn(q + top * q_row + head * width, q_row, queries.data(), width, width, cos, sin, scale, 1);
      gather(v + top * k_row + key_head * width, k_row, values.data(), width);
      for (int64_t first = 0; first < length; first += kTall) {
        const int64_t last = std::min(length, first + kTall);
        const Range all = seen_by(first, last);
        scores(queries.data() + first * width, across_keys.data(), wide, s.data(), all, last - first, width);
        float inverse[kTall];
        for (int64_t i = first; i < last; i++) {
          const float log = softened(s.data() + (i - first) * wide, seen(i), all, &inverse[i - first]);
          logs[(top + i) * heads + head] = log;
        }
        float* out = o + (top + first) * q_row + head * width;
        product({s.data() + all.from, wide, 1}, values.data() + all.from * width, width, out, q_row, last - first, width, all.size(), false);
        for (int64_t i = 0; i < last - first; i++)
          for (int64_t j = 0; j < width; j++) out[i * q_row + j] *= inverse[i];
      }
    });
  }

 private:
  // e^(S − max) where it is seen and 0 elsewhere; the logarithm of the sum of e^S, and the sum's inverse.
  static float softened(float* s, Range own, Range all, float* inverse) {
    const Vector lowest = -INFINITY - Vector{};
    Vector most = lowest;
    const Range near = own.vectors();
    for (int64_t j = near.from; j < near.to; j += kWidth) most = larger(own.among(j) ? load(s + j) : lowest, most);
    const float top = largest(most);
    Vector total = {};
    for (int64_t j = near.from; j < near.to; j += kWidth) {
      const Vector e = own.among(j) ? exponential(load(s + j) - top) : Vector{};
      store(s + j, e);
      total += e;
    }
    clear(s, near, all);
    const float whole = sum(total);
    *inverse = 1 / whole;
    return top + std::log(whole);
  }
};

struct Backward : Attention {
  explicit Backward(const Attributes& a) : Attention(a) {}

  void compute(Call& call) const {
    if (!fits(call, 1, 2, 3, 6)) return;
    const int64_t rows = call.rows(1), width = call.columns(1) / heads, wide = whole(length), group = heads / key_heads;
    if (!call.expects(call.size(0) == call.size(1) && call.size(4) == call.size(1) && call.size(5) == rows * heads, "attention: the gradient does not fit"))
      return;
    const float *d_out = call.in(0), *q = call.in(1), *k = call.in(2), *v = call.in(3), *o = call.in(4), *logs = call.in(5), *cos = call.in(6), *sin = call.in(7);
    float *dq = call.out(0, call.shape(1)), *dk = call.out(1, call.shape(2)), *dv = call.out(2, call.shape(3));
    each(rows / length, key_heads, width, [&](int64_t sequence, int64_t key_head) {
      static thread_local std::vector<float> keys, values, across_keys, across_values, queries, d_outputs, p, ds, d_queries, d_keys, d_values;
      for (auto* matrix : {&keys, &values, &queries, &d_outputs, &d_queries}) matrix->resize(length * width);
      for (auto* matrix : {&across_keys, &across_values}) matrix->resize(width * wide);
      for (auto* matrix : {&p, &ds}) matrix->resize(kTall * wide);
      for (auto* matrix : {&d_keys, &d_values}) matrix->assign(length * width, 0);
      const int64_t top = sequence * length, q_row = heads * width, k_row = key_heads * width;
      turn(k + top * k_row + key_head * width, k_row, keys.data(), width, width, cos, sin, 1, 1);
      across(keys.data(), across_keys.data(), width);
      gather(v + top * k_row + key_head * width, k_row, values.data(), width);
      across(values.data(), across_values.data(), width);
      for (int64_t head = key_head * group; head < (key_head + 1) * group; head++) {
        const int64_t at = top * q_row + head * width;
        turn(q + at, q_row, queries.data(), width, width, cos, sin, scale, 1);
        gather(d_out + at, q_row, d_outputs.data(), width);
        for (int64_t first = 0; first < length; first += kTall) {
          const int64_t last = std::min(length, first + kTall), tall = last - first;
          const Range all = seen_by(first, last);
          const float *own_d = d_outputs.data() + first * width, *own_o = o + at + first * q_row;
          scores(queries.data() + first * width, across_keys.data(), wide, p.data(), all, tall, width);
          product({own_d, width, 1}, across_values.data() + all.from, wide, ds.data() + all.from, wide, tall, whole(all.size()), width, false);
          for (int64_t i = first; i < last; i++) {
            const float inside = dot(own_d + (i - first) * width, own_o + (i - first) * q_row, width);
            slopes(p.data() + (i - first) * wide, ds.data() + (i - first) * wide, seen(i), all, logs[(top + i) * heads + head], inside);
          }
          product({p.data() + all.from, 1, wide}, own_d, width, d_values.data() + all.from * width, width, all.size(), width, tall, true);
          product({ds.data() + all.from, wide, 1}, keys.data() + all.from * width, width, d_queries.data() + first * width, width, tall, width, all.size(), false);
          product({ds.data() + all.from, 1, wide}, queries.data() + first * width, width, d_keys.data() + all.from * width, width, all.size(), width, tall, true);
        }
        turn(d_queries.data(), width, dq + at, q_row, width, cos, sin, scale, -1);
      }
      turn(d_keys.data(), width, dk + top * k_row + key_head * width, k_row, width, cos, sin, 1, -1);
      for (int64_t t = 0; t < length; t++)
        std::copy_n(d_values.data() + t * width, width, dv + (top + t) * k_row + key_head * width);
    });
  }

 private:
  // In: S and dP. Out: P and dS, both 0 where nothing is seen.
  static void slopes(float* p, float* ds, Range own, Range all, float log, float inside) {
    const Range near = own.vectors();
    for (int64_t j = near.from; j < near.to; j += kWidth) {
      const Integers here = own.among(j);
      const Vector probability = here ? exponential(load(p + j) - log) : Vector{};
      store(p + j, probability);
      store(ds + j, here ? probability * (load(ds + j) - inside) : Vector{});
    }
    if (own.size() == 1) ds[own.from] = 0;
    for (float* row : {p, ds}) clear(row, near, all);
  }
};

}  // namespace

void define_attention() {
  const std::initializer_list<const char*> attributes = {"heads: int",  "key_heads: int", "length: int",  "scale: float",
                                                         "causal: int", "window: int",    "pairing: int", "turning: int"};
  define<Forward>({"AdapterlabAttention", attributes, {"q: float", "k: float", "v: float", "cos: float", "sin: float"}, {"o: float", "logs: float"}});
  define<Backward>({"AdapterlabAttentionGradient",
                    attributes,
                    {"d_out: float", "q: float", "k: float", "v: float", "o: float", "logs: float", "cos: float", "sin: float"},
                    {"dq: float", "dk: float", "dv: float"}});
}

}  // namespace adapterlab
