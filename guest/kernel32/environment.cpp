// Environment variables: L"NAME=value" strings, one behind the other, an empty one at the end. The
// block that the parent gave stays where the kernel put it; changes make a new one.
#include "guest/kernel32/win32.hpp"

namespace {

class PebLock {
 public:
  PebLock() { RtlAcquirePebLock(); }
  ~PebLock() { RtlReleasePebLock(); }
  PebLock(const PebLock&) = delete;
  PebLock& operator=(const PebLock&) = delete;
};

PWSTR own_block = nullptr;  // from the heap, once a variable was set

PWSTR block() {
  static WCHAR nothing[2];
  auto* environment = static_cast<PWSTR>(NtCurrentPeb()->ProcessParameters->Environment);
  return environment != nullptr ? environment : nothing;
}

PWSTR next(PWSTR variable) { return variable + wcslen(variable) + 1; }

/// Characters up to and with the empty string.
ULONG length_of(PWSTR environment) {
  PWSTR at = environment;
  while (*at != 0) at = next(at);
  return static_cast<ULONG>(at - environment) + 1;
}

/// A name may begin with '=', as those of the drives' current directories do.
ULONG name_length(PCWSTR variable) {
  ULONG length = *variable == L'=' ? 1 : 0;
  while (variable[length] != 0 && variable[length] != L'=') ++length;
  return length;
}

UNICODE_STRING counted(PCWSTR text, ULONG characters) {
  const auto bytes = static_cast<USHORT>(characters * sizeof(WCHAR));
  return {bytes, bytes, const_cast<PWSTR>(text)};
}

/// The variable of that name, or the end of the block.
PWSTR find(PWSTR environment, const UNICODE_STRING& name) {
  PWSTR at = environment;
  for (; *at != 0; at = next(at)) {
    const UNICODE_STRING here = counted(at, name_length(at));
    if (RtlEqualUnicodeString(&here, &name, TRUE)) break;
  }
  return at;
}

DWORD get(const UNICODE_STRING& name, UNICODE_STRING& value) {
  const PWSTR variable = find(block(), name);
  if (*variable == 0) return base::fail(ERROR_ENVVAR_NOT_FOUND);
  PWSTR text = variable + name_length(variable) + 1;
  value = counted(text, wcslen(text));
  return 1;
}

/// Where the variable belongs: sorted by name.
PWSTR place(PWSTR environment, const UNICODE_STRING& name) {
  PWSTR at = environment;
  for (; *at != 0; at = next(at)) {
    const UNICODE_STRING here = counted(at, name_length(at));
    if (RtlCompareUnicodeString(&here, &name, TRUE) > 0) break;
  }
  return at;
}

PWSTR put(PWSTR to, const WCHAR* from, ULONG characters) {
  memcpy(to, from, characters * sizeof(WCHAR));
  return to + characters;
}

BOOL set(const UNICODE_STRING& name, const UNICODE_STRING* value) {
  const ULONG characters = name.Length / sizeof(WCHAR);
  if (characters == 0 || name_length(name.Buffer) < characters) {
    return base::fail(ERROR_INVALID_PARAMETER);
  }
  const PebLock lock;
  PWSTR old = block();
  const PWSTR present = find(old, name);
  if (*present == 0 && value == nullptr) return base::fail(ERROR_ENVVAR_NOT_FOUND);
  const PWSTR behind = *present != 0 ? next(present) : place(old, name);
  const PWSTR before = *present != 0 ? present : behind;
  const ULONG total = length_of(old);
  const ULONG added = value == nullptr ? 0 : characters + 2 + value->Length / sizeof(WCHAR);
  const ULONG kept = total - static_cast<ULONG>(behind - before);
  auto* made = static_cast<PWSTR>(
      RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, (kept + added + 1) * sizeof(WCHAR)));
  if (made == nullptr) return base::fail(ERROR_NOT_ENOUGH_MEMORY);
  PWSTR at = put(made, old, static_cast<ULONG>(before - old));
  if (value != nullptr) {
    at = put(at, name.Buffer, characters);
    *at++ = L'=';
    at = put(at, value->Buffer, value->Length / sizeof(WCHAR));
    *at++ = 0;
  }
  at = put(at, behind, total - static_cast<ULONG>(behind - old));
  *at = 0;  // an empty block ends with two zeros, too
  NtCurrentPeb()->ProcessParameters->Environment = made;
  if (own_block != nullptr) RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, own_block);
  own_block = made;
  return 1;
}

}  // namespace

extern "C" {

/// The value's length, or what the buffer should have been with a terminator.
DWORD WINAPI GetEnvironmentVariableA(LPCSTR Name, LPSTR Buffer, DWORD Capacity) {
  const base::Unicode name(Name == nullptr ? "" : Name);
  if (!name.valid()) return base::fail(ERROR_NOT_ENOUGH_MEMORY);
  const PebLock lock;
  UNICODE_STRING value;
  if (!get(*name.get(), value)) return 0;
  const DWORD length = value.Length / sizeof(WCHAR);
  if (length >= Capacity) return length + 1;
  base::copy_ansi(value, Buffer, Capacity);
  return length;
}

DWORD WINAPI GetEnvironmentVariableW(PCWSTR Name, PWSTR Buffer, DWORD Capacity) {
  UNICODE_STRING name, value;
  RtlInitUnicodeString(&name, Name);
  const PebLock lock;
  if (!get(name, value)) return 0;
  const DWORD length = value.Length / sizeof(WCHAR);
  if (length >= Capacity) return length + 1;
  *put(Buffer, value.Buffer, length) = 0;
  return length;
}

/// A value of null takes the variable away.
BOOL WINAPI SetEnvironmentVariableA(LPCSTR Name, LPCSTR Value) {
  const base::Unicode name(Name == nullptr ? "" : Name), value(Value == nullptr ? "" : Value);
  if (!name.valid() || !value.valid()) return base::fail(ERROR_NOT_ENOUGH_MEMORY);
  return set(*name.get(), Value == nullptr ? nullptr : value.get());
}

BOOL WINAPI SetEnvironmentVariableW(PCWSTR Name, PCWSTR Value) {
  UNICODE_STRING name, value;
  RtlInitUnicodeString(&name, Name);
  RtlInitUnicodeString(&value, Value);
  return set(name, Value == nullptr ? nullptr : &value);
}

/// Copies, to be freed.
LPSTR WINAPI GetEnvironmentStringsA() {
  const PebLock lock;
  const ULONG characters = length_of(block());
  auto* copy = static_cast<LPSTR>(RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, characters + 1));
  if (copy == nullptr) return nullptr;
  base::copy_ansi(counted(block(), characters), copy, characters + 1);
  return copy;
}

PWSTR WINAPI GetEnvironmentStringsW() {
  const PebLock lock;
  const ULONG characters = length_of(block());
  auto* copy = static_cast<PWSTR>(
      RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, (characters + 1) * sizeof(WCHAR)));
  if (copy != nullptr) *put(copy, block(), characters) = 0;
  return copy;
}

BOOL WINAPI FreeEnvironmentStringsA(PVOID Strings) {
  return RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, Strings);
}

/// %NAME% becomes the variable's value; what is no variable stays. The length with the terminator.
DWORD WINAPI ExpandEnvironmentStringsA(LPCSTR From, LPSTR To, DWORD Capacity) {
  DWORD length = 0;
  const auto add = [&](char c) {
    if (length < Capacity) To[length] = c;
    ++length;
  };
  while (*From != '\0') {
    LPCSTR end = *From == '%' ? strchr(From + 1, '%') : nullptr;
    char name[260], value[1024];
    const auto size = end == nullptr ? 0 : static_cast<DWORD>(end - From - 1);
    if (size != 0 && size < sizeof name) {
      memcpy(name, From + 1, size);
      name[size] = '\0';
      const DWORD found = GetEnvironmentVariableA(name, value, sizeof value);
      if (found != 0 && found < sizeof value) {
        for (DWORD i = 0; i < found; ++i) add(value[i]);
        From = end + 1;
        continue;
      }
    }
    add(*From++);
  }
  add('\0');
  return length;
}

}  // extern "C"
