// A signal with a handler that reaches a thread in the middle of one of TensorFlow's products was seen to damage the heap (thousands of
// signals a second, in oneDNN's sgemm_nocopy_driver, whose code, made as it runs, seems to use the stack pointer as one more register).
// This addon has one function:
//
//   shield()   keeps signals that can wait away from this thread and from those that it starts; Node's other threads take them
//
// It is called before the addon that brings TensorFlow in. Child processes start without it: libuv clears the mask.
#include <initializer_list>
#include <node_api.h>
#include <signal.h>

static napi_value shield(napi_env env, napi_callback_info) {
  sigset_t signals;
  sigemptyset(&signals);
  for (int one : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCHLD, SIGALRM, SIGIO, SIGTSTP, SIGCONT})
    sigaddset(&signals, one);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return nullptr;
}

static napi_value init(napi_env env, napi_value exports) {
  napi_value function;
  napi_create_function(env, "shield", NAPI_AUTO_LENGTH, shield, nullptr, &function);
  napi_set_named_property(env, exports, "shield", function);
  return exports;
}

NAPI_MODULE(shield, init)
