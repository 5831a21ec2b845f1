// The public header as the library's own files see it: its functions are the ones that leave it.
#pragma once

#pragma GCC visibility push(default)
#include "include/faultline.h"
#pragma GCC visibility pop

#include <new>

namespace faultline::api {

/// Runs the body of a public function: nothing it throws goes further.
template <class Body>
int guarded(Body body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc&) {
    return FAULTLINE_ERROR_MEMORY;
  } catch (...) {
    return FAULTLINE_ERROR_INTERNAL;
  }
}

}  // namespace faultline::api
