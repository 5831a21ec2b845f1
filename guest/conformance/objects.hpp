// The tests of objects and waits, and what they share.
#pragma once

#include "guest/conformance/ktap.hpp"

namespace objects {

/// A handle closed at the end of its scope.
class Handle {
 public:
  explicit Handle(HANDLE handle) : handle_(handle) {}
  ~Handle() {
    if (handle_ != nullptr) CloseHandle(handle_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator HANDLE() const { return handle_; }  // NOLINT(google-explicit-constructor)

 private:
  HANDLE handle_;
};

/// What a wait of no length says.
inline DWORD poll(HANDLE object) { return WaitForSingleObject(object, 0); }

/// 0 when the wait failed.
inline DWORD ended(DWORD result) { return result + 1; }

// objects_names.cpp
void one_name_space(ktap::Test& t);
void case_of_names(ktap::Test& t);
void bad_names(ktap::Test& t);
void empty_name(ktap::Test& t);
void wide_names(ktap::Test& t);
void opening(ktap::Test& t);
void end_of_a_name(ktap::Test& t);
void existing(ktap::Test& t);

// objects_kinds.cpp
void events(ktap::Test& t);
void pulses(ktap::Test& t);
void recursive_mutexes(ktap::Test& t);
void owners(ktap::Test& t);
void abandoned(ktap::Test& t);
void semaphores(ktap::Test& t);
void semaphore_limits(ktap::Test& t);
void wrong_kinds(ktap::Test& t);

// objects_waits.cpp
void any(ktap::Test& t);
void all(ktap::Test& t);
void bad_waits(ktap::Test& t);
void sixty_four(ktap::Test& t);
void timeouts(ktap::Test& t);
void abandoned_among_several(ktap::Test& t);
void signal_and_wait(ktap::Test& t);
void thread_end(ktap::Test& t);

}  // namespace objects
