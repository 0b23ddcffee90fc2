// A kernel of our own as TensorFlow's C interface has them: an operation that is called by name, as its own are.
#pragma once
#include <cstdint>
#include <algorithm>
#include <initializer_list>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"

namespace adapterlab {

// One execution: its inputs and outputs, freed at its end.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context);
  ~Call();
  Call(const Call&) = delete;

  const float* in(int i) const { return static_cast<const float*>(TF_TensorData(inputs_[i])); }
  const int32_t* integers(int i) const { return static_cast<const int32_t*>(TF_TensorData(inputs_[i])); }
  int64_t size(int i) const { return TF_TensorElementCount(inputs_[i]); }
  int inputs() const { return static_cast<int>(inputs_.size()); }
  int axes(int i) const { return TF_NumDims(inputs_[i]); }
  // Only along axes that there are: TensorFlow ends the process where it is asked for others.
  int64_t dim(int i, int axis) const { return TF_Dim(inputs_[i], axis); }
  // All but the last axis, and the last. A scalar is one column.
  int64_t rows(int i) const { return size(i) / std::max<int64_t>(1, columns(i)); }
  int64_t columns(int i) const { return axes(i) == 0 ? 1 : dim(i, axes(i) - 1); }
  // Whether it is [rows, columns], or [lanes, rows, columns].
  bool is_matrix(int i, int64_t lanes, int64_t rows, int64_t columns) const {
    const int first = axes(i) - 2;
    return (first == 1 || (first == 0 && lanes == 1)) && size(i) == lanes * rows * columns && dim(i, first) == rows && dim(i, first + 1) == columns;
  }
  std::vector<int64_t> shape(int i) const;
  float* out(int i, const std::vector<int64_t>& shape);
  // Ends the call with an error where the sizes do not fit each other; compute() must then return.
  bool expects(bool fits, const char* what);

 private:
  TF_OpKernelContext* context_;
  std::vector<TF_Tensor*> inputs_, outputs_;
};

// What a kernel is told when it is made.
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction_(construction) {}
  float number(const char* name) const;
  int64_t integer(const char* name) const;

 private:
  TF_OpKernelConstruction* construction_;
};

struct Definition {
  const char* name;
  std::initializer_list<const char*> attributes, inputs, outputs;
};

void define(const Definition& definition, void* (*create)(TF_OpKernelConstruction*), void (*compute)(void*, TF_OpKernelContext*),
            void (*remove)(void*));

// K is constructed from Attributes and has `void compute(Call&) const`.
template <typename K>
void define(const Definition& definition) {
  define(
      definition, [](TF_OpKernelConstruction* c) -> void* { return new K(Attributes(c)); },
      [](void* kernel, TF_OpKernelContext* context) {
        Call call(context);
        static_cast<const K*>(kernel)->compute(call);
      },
      [](void* kernel) { delete static_cast<K*>(kernel); });
}

void define_attention();
void define_rms_norm();
void define_gate();
void define_cross_entropy();
void define_low_rank();
void define_low_rank_norms();
void define_adamw();
void define_scale();
void define_sum();
void define_matrix_product();

}  // namespace adapterlab
