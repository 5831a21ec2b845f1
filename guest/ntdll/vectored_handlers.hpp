// Vectored handlers: asked before the chain at FS:[0], whatever thread an exception comes from.
#pragma once

#include "guest/ntdll/ntdll.hpp"

namespace rtl {

/// True when one of them says that execution continues.
bool call_vectored_exception_handlers(PEXCEPTION_RECORD record, PCONTEXT context);
/// After a handler of either kind continued execution.
void call_vectored_continue_handlers(PEXCEPTION_RECORD record, PCONTEXT context);

}  // namespace rtl
