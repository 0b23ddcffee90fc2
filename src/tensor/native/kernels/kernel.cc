#include <algorithm>

#include "kernel.h"

namespace adapterlab {
namespace {

struct Status {
  TF_Status* status = TF_NewStatus();
  ~Status() { TF_DeleteStatus(status); }
  operator TF_Status*() const { return status; }
};

}  // namespace

Call::Call(TF_OpKernelContext* context) : context_(context), inputs_(TF_NumInputs(context)), outputs_(TF_NumOutputs(context)) {
  const Status status;
  for (size_t i = 0; i < inputs_.size(); i++) TF_GetInput(context, static_cast<int>(i), &inputs_[i], status);
}

Call::~Call() {
  for (TF_Tensor* tensor : inputs_) TF_DeleteTensor(tensor);
  for (TF_Tensor* tensor : outputs_)
    if (tensor) TF_DeleteTensor(tensor);
}

std::vector<int64_t> Call::shape(int i) const {
  std::vector<int64_t> dims(TF_NumDims(inputs_[i]));
  for (size_t axis = 0; axis < dims.size(); axis++) dims[axis] = TF_Dim(inputs_[i], static_cast<int>(axis));
  return dims;
}

float* Call::out(int i, const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t dim : shape) count *= dim;
  const Status status;
  outputs_[i] = TF_AllocateOutput(context_, i, TF_FLOAT, shape.data(), static_cast<int>(shape.size()), count * sizeof(float), status);
  return static_cast<float*>(TF_TensorData(outputs_[i]));
}

bool Call::expects(bool fits, const char* what) {
  if (fits) return true;
  const Status status;
  TF_SetStatus(status, TF_INVALID_ARGUMENT, what);
  TF_OpKernelContext_Failure(context_, status);
  return false;
}

float Attributes::number(const char* name) const {
  float value = 0;
  const Status status;
  TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status);
  return value;
}

int64_t Attributes::integer(const char* name) const {
  int64_t value = 0;
  const Status status;
  TF_OpKernelConstruction_GetAttrInt64(construction_, name, &value, status);
  return value;
}

void define(const Definition& definition, void* (*create)(TF_OpKernelConstruction*), void (*compute)(void*, TF_OpKernelContext*),
            void (*remove)(void*)) {
  const Status status;
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(definition.name);
  for (const char* attribute : definition.attributes) TF_OpDefinitionBuilderAddAttr(op, attribute);
  for (const char* input : definition.inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : definition.outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, [](TF_ShapeInferenceContext* context, TF_Status* found) {
    TF_ShapeInferenceContextSetUnknownShape(context, found);
  });
  TF_RegisterOpDefinition(op, status);
  TF_RegisterKernelBuilder(definition.name, TF_NewKernelBuilder(definition.name, "CPU", create, compute, remove), status);
}

}  // namespace adapterlab
