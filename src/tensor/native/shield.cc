// A signal with a handler that reaches a thread in the middle of one of TensorFlow's products was seen to damage the heap (thousands of
// signals a second, in oneDNN's sgemm_nocopy_driver, whose code, made as it runs, seems to use the stack pointer as one more register).
// This addon has one function:
//
//   shield()   keeps signals that can wait away from this thread and from those that it starts; Node's other threads take them
//
// It is called before the addon that brings TensorFlow in. Child processes start without it: libuv clears the mask.
#include <signal.h>

#include <initializer_list>

#include "addon.h"

static napi_value shield(napi_env env, napi_callback_info) {
  sigset_t signals;
  sigemptyset(&signals);
  for (int one : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCHLD, SIGALRM, SIGIO, SIGTSTP, SIGCONT})
    sigaddset(&signals, one);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return nullptr;
}

NAPI_MODULE_INIT() { return with_function(env, exports, "shield", shield); }
