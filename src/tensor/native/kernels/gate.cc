// SwiGLU, arXiv:2002.05202:   y = g σ(g) ∘ u.     du = dy ∘ g σ,   dg = dy ∘ u ∘ σ (1 + g (1 − σ)).
#include "elementwise.h"
#include "kernel.h"

namespace adapterlab {
namespace {

inline Vector sigmoid(Vector x) { return 1.0f / (1.0f + exponential(-x)); }

// −x may be as large as 88: beyond that σ is 0 as a float, times g still.
inline Vector bounded(Vector x) {
  const Vector lowest = -87.0f - Vector{};
  return x < lowest ? lowest : x;
}

struct Gate {
  explicit Gate(const Attributes&) {}

  void compute(Call& call) const {
    const int64_t size = call.size(0);
    if (!call.expects(call.size(1) == size, "SwiGLU: gate and input differ in size")) return;
    const float *g = call.in(0), *u = call.in(1);
    float* y = call.out(0, call.shape(0));
    elementwise(size, 256, [&](int64_t i, int64_t count) {
      const Vector gate = read(g + i, count);
      write(y + i, gate * sigmoid(bounded(gate)) * read(u + i, count), count);
    });
  }
};

struct GateGradient {
  explicit GateGradient(const Attributes&) {}

  void compute(Call& call) const {
    const int64_t size = call.size(0);
    if (!call.expects(call.size(1) == size && call.size(2) == size, "SwiGLU: the gradient does not fit the input")) return;
    const float *dy = call.in(0), *g = call.in(1), *u = call.in(2);
    float *dg = call.out(0, call.shape(0)), *du = call.out(1, call.shape(0));
    elementwise(size, 256, [&](int64_t i, int64_t count) {
      const Vector d = read(dy + i, count), gate = read(g + i, count), s = sigmoid(bounded(gate));
      write(du + i, d * gate * s, count);
      write(dg + i, d * read(u + i, count) * s * (1.0f + gate * (1.0f - s)), count);
    });
  }
};

}  // namespace

void define_gate() {
  define<Gate>({"AdapterlabGate", {}, {"g: float", "u: float"}, {"y: float"}});
  define<GateGradient>({"AdapterlabGateGradient", {}, {"dy: float", "g: float", "u: float"}, {"dg: float", "du: float"}});
}

}  // namespace adapterlab
