// What the tests of the loader share: libraries by name, and what they export.
#pragma once

#include "guest/conformance/ktap.hpp"

namespace loader {

/// A library loaded for as long as this lives.
class Library {
 public:
  explicit Library(const char* name) : module_(LoadLibraryA(name)) {}
  ~Library() { free(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  HMODULE module() const { return module_; }
  void free() {
    if (module_ != nullptr) FreeLibrary(module_);
    module_ = nullptr;
  }

 private:
  HMODULE module_;
};

/// A function or a variable of a library; null if there is none.
template <class T>
T* exported(HMODULE module, const char* name) {
  return reinterpret_cast<T*>(reinterpret_cast<void (*)()>(GetProcAddress(module, name)));
}

inline MEMORY_BASIC_INFORMATION query(const volatile void* address) {
  MEMORY_BASIC_INFORMATION information = {};
  VirtualQuery(const_cast<const void*>(address), &information, sizeof information);
  return information;
}

// The tests, by what they are about.
void found_by_name(ktap::Test& t);
void found_by_ordinal(ktap::Test& t);
void forwarders(ktap::Test& t);
void counts(ktap::Test& t);
void needed_libraries(ktap::Test& t);
void names_of_modules(ktap::Test& t);

void order_of_attaching(ktap::Test& t);
void threads(ktap::Test& t);
void threads_that_nobody_hears_of(ktap::Test& t);
void refusal(ktap::Test& t);
void fault(ktap::Test& t);
void static_reserved(ktap::Test& t);
void static_storage(ktap::Test& t);
void callbacks(ktap::Test& t);

void relocation(ktap::Test& t);
void sections(ktap::Test& t);
void private_data(ktap::Test& t);
void shared_data(ktap::Test& t);
void protected_together(ktap::Test& t);
void data_file(ktap::Test& t);
void unresolved(ktap::Test& t);

void missing_libraries(ktap::Test& t);
void missing_exports(ktap::Test& t);
void no_images(ktap::Test& t);
void no_modules(ktap::Test& t);

/// A second process of this program: what does it find in ldbase.dll?
int child();

}  // namespace loader
