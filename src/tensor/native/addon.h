// An addon for Node with one function:   NAPI_MODULE_INIT() { return with_function(env, exports, "name", function); }
#pragma once
#include <node_api.h>

inline napi_value with_function(napi_env env, napi_value exports, const char* name, napi_callback function) {
  napi_value made;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &made);
  napi_set_named_property(env, exports, name, made);
  return exports;
}
