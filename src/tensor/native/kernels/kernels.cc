// The addon that makes our kernels known to the TensorFlow of this process:   start(threads).
//
// It is loaded after the addon that brings TensorFlow in, and once in a process.
#include "../addon.h"
#include "kernel.h"
#include "parallel.h"

static napi_value start(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value given;
  int32_t threads = 1;
  napi_get_cb_info(env, info, &count, &given, nullptr, nullptr);
  if (count > 0) napi_get_value_int32(env, given, &threads);
  adapterlab::use_threads(threads);
  static bool started = false;
  if (started) return nullptr;
  started = true;
  adapterlab::define_attention();
  adapterlab::define_rms_norm();
  adapterlab::define_gate();
  adapterlab::define_cross_entropy();
  adapterlab::define_low_rank();
  adapterlab::define_low_rank_norms();
  adapterlab::define_adamw();
  adapterlab::define_scale();
  adapterlab::define_sum();
  adapterlab::define_matrix_product();
  return nullptr;
}

NAPI_MODULE_INIT() { return with_function(env, exports, "start", start); }
