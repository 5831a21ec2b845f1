// The kernel's interface to user mode: NT's types, status codes and shared structures.
// The guest side (ntdll, kernel32, programs) includes this and kernel/system_services.hpp only.
#pragma once

#include "kernel/nt/exception.hpp"
#include "kernel/nt/io.hpp"
#include "kernel/nt/layout.hpp"
#include "kernel/nt/memory.hpp"
#include "kernel/nt/object.hpp"
#include "kernel/nt/process.hpp"
#include "kernel/nt/section.hpp"
#include "kernel/nt/security.hpp"
#include "kernel/nt/startup.hpp"
#include "kernel/nt/status.hpp"
#include "kernel/nt/system_information.hpp"
#include "kernel/nt/types.hpp"
#include "kernel/nt/upcase.hpp"
#include "kernel/nt/user_message.hpp"
#include "kernel/nt/user_shared_data.hpp"

static_assert(sizeof(PVOID) == 4 && sizeof(WCHAR) == 2, "nt.hpp describes 32-bit Windows NT");
static_assert(sizeof(UNICODE_STRING) == 8 && sizeof(SECURITY_DESCRIPTOR) == 20);
