// TensorFlow for CUDA writes to stderr while it is loaded (two of its libraries register the same plugins), before it reads any
// setting, and later logs through absl, which TF_CPP_MIN_LOG_LEVEL does not reach. This addon has one function:
//
//   quietly(f)   calls f with stderr pointing nowhere, gives what f gives, and lets absl log nothing but what is fatal from then on
//
// It is loaded before the addon that brings TensorFlow in.
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

#include "addon.h"

// absl::SetMinLogLevel as TensorFlow 2.18 exports it. Another version has another name: then its logs stay as they are.
static void silence_absl() {
  void* library = dlopen("libtensorflow_framework.so.2", RTLD_LAZY | RTLD_NOLOAD);
  if (!library) return;
  void* set = dlsym(library, "_ZN4absl12lts_2023080214SetMinLogLevelENS0_18LogSeverityAtLeastE");
  const int fatal = 3;
  if (set) reinterpret_cast<void (*)(int)>(set)(fatal);
  dlclose(library);
}

static napi_value quietly(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value f, receiver, result = nullptr;
  napi_get_cb_info(env, info, &count, &f, nullptr, nullptr);
  napi_get_undefined(env, &receiver);
  const int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (saved >= 0 && nowhere >= 0) dup2(nowhere, STDERR_FILENO);
  napi_call_function(env, receiver, f, 0, nullptr, &result);  // What f throws stays pending and goes on to the caller.
  if (saved >= 0) dup2(saved, STDERR_FILENO);
  if (saved >= 0) close(saved);
  if (nowhere >= 0) close(nowhere);
  silence_absl();
  return result;
}

NAPI_MODULE_INIT() { return with_function(env, exports, "quietly", quietly); }
