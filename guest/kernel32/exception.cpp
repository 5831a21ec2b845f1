// RaiseException, and what happens to an exception nobody handles: one line on the standard error
// handle, as NT's message box has it, and the end of the process with the exception's code.
#include "guest/kernel32/win32.hpp"

namespace {

constexpr UINT no_fault_message = 2;  // SEM_NOGPFAULTERRORBOX

PTOP_LEVEL_EXCEPTION_FILTER top_level_filter = nullptr;
UINT error_mode = 0;

class Report {
 public:
  Report& operator<<(const char* text) {
    while (*text != '\0' && length_ < sizeof text_) text_[length_++] = *text++;
    return *this;
  }
  Report& operator<<(const UNICODE_STRING& text) {
    length_ += base::copy_ansi(text, text_ + length_, sizeof text_ - length_);
    return *this;
  }
  /// Eight digits.
  Report& operator<<(ULONG value) { return hexadecimal(value, 8); }
  /// As many digits as it has, but at least four.
  Report& offset(ULONG value) {
    unsigned digits = 4;
    while (digits < 8 && value >> (4 * digits) != 0) ++digits;
    return hexadecimal(value, digits);
  }
  void send() const {
    IO_STATUS_BLOCK io;
    NtWriteFile(NtCurrentPeb()->ProcessParameters->StandardError, nullptr, nullptr, nullptr, &io,
                const_cast<char*>(text_), length_, nullptr, nullptr);
  }

 private:
  Report& hexadecimal(ULONG value, unsigned count) {
    char digits[9] = {};
    for (unsigned i = 0; i < count; ++i) {
      digits[i] = "0123456789ABCDEF"[value >> (4 * (count - 1 - i)) & 15];
    }
    return *this << digits;
  }

  ULONG length_ = 0;
  char text_[240];
};

const char* name_of(NTSTATUS code) {
  switch (code) {
    case STATUS_ACCESS_VIOLATION:
      return "access violation";
    case STATUS_IN_PAGE_ERROR:
      return "in-page error";
    case STATUS_GUARD_PAGE_VIOLATION:
      return "guard page violation";
    case STATUS_STACK_OVERFLOW:
      return "stack overflow";
    case STATUS_INTEGER_DIVIDE_BY_ZERO:
      return "integer division by zero";
    case STATUS_INTEGER_OVERFLOW:
      return "integer overflow";
    case STATUS_ARRAY_BOUNDS_EXCEEDED:
      return "array bounds exceeded";
    case STATUS_ILLEGAL_INSTRUCTION:
      return "illegal instruction";
    case STATUS_PRIVILEGED_INSTRUCTION:
      return "privileged instruction";
    case STATUS_BREAKPOINT:
      return "breakpoint";
    case STATUS_SINGLE_STEP:
      return "single step";
    case STATUS_NO_MEMORY:
      return "out of memory";
    default:
      return nullptr;
  }
}

/// "NAME.EXE: access violation at 77E41234 (kernel32.dll+1234) reading 00000000"
void report(const EXCEPTION_RECORD& record) {
  Report line;
  LDR_DATA_TABLE_ENTRY* program = nullptr;
  if (NT_SUCCESS(LdrFindEntryForAddress(NtCurrentPeb()->ImageBaseAddress, &program))) {
    line << program->BaseDllName << ": ";
  }
  if (const char* name = name_of(record.ExceptionCode)) {
    line << name;
  } else {
    line << "exception " << static_cast<ULONG>(record.ExceptionCode);
  }
  const auto place = reinterpret_cast<ULONG>(record.ExceptionAddress);
  line << " at " << place;
  LDR_DATA_TABLE_ENTRY* module = nullptr;
  if (NT_SUCCESS(LdrFindEntryForAddress(record.ExceptionAddress, &module))) {
    line << " (" << module->BaseDllName << "+";
    line.offset(place - reinterpret_cast<ULONG>(module->DllBase)) << ")";
  }
  const bool has_address = record.ExceptionCode == STATUS_ACCESS_VIOLATION ||
                           record.ExceptionCode == STATUS_IN_PAGE_ERROR ||
                           record.ExceptionCode == STATUS_GUARD_PAGE_VIOLATION;
  if (has_address && record.NumberParameters >= 2) {
    const ULONG address = record.ExceptionInformation[1];
    const bool executing = address == place;
    line << (executing                             ? " executing "
             : record.ExceptionInformation[0] == 0 ? " reading "
                                                   : " writing ")
         << address;
  }
  if (record.ExceptionCode == STATUS_IN_PAGE_ERROR && record.NumberParameters >= 3) {
    line << ": status " << record.ExceptionInformation[2];
  }
  (line << "\n").send();
}

}  // namespace

extern "C" {

PTOP_LEVEL_EXCEPTION_FILTER WINAPI SetUnhandledExceptionFilter(PTOP_LEVEL_EXCEPTION_FILTER Filter) {
  PTOP_LEVEL_EXCEPTION_FILTER old = top_level_filter;
  top_level_filter = Filter;
  return old;
}

UINT WINAPI SetErrorMode(UINT Mode) {
  const UINT old = error_mode;
  error_mode = Mode;
  return old;
}

BOOL WINAPI IsDebuggerPresent() { return NtCurrentPeb()->BeingDebugged != 0; }

LONG WINAPI UnhandledExceptionFilter(PEXCEPTION_POINTERS Pointers) {
  if (NtCurrentPeb()->BeingDebugged) return EXCEPTION_CONTINUE_SEARCH;
  if (top_level_filter != nullptr) {
    const LONG answer = top_level_filter(Pointers);
    if (answer == EXCEPTION_EXECUTE_HANDLER || answer == EXCEPTION_CONTINUE_EXECUTION) {
      return answer;
    }
  }
  if ((error_mode & no_fault_message) == 0) report(*Pointers->ExceptionRecord);
  return EXCEPTION_EXECUTE_HANDLER;
}

void WINAPI RaiseException(DWORD Code, DWORD Flags, DWORD Count, const ULONG_PTR* Arguments) {
  EXCEPTION_RECORD record = {};
  record.ExceptionCode = static_cast<NTSTATUS>(Code);
  record.ExceptionFlags = Flags & EXCEPTION_NONCONTINUABLE;
  record.ExceptionAddress = reinterpret_cast<PVOID>(&RaiseException);
  if (Arguments != nullptr) {
    record.NumberParameters =
        Count < EXCEPTION_MAXIMUM_PARAMETERS ? Count : EXCEPTION_MAXIMUM_PARAMETERS;
    for (ULONG i = 0; i < record.NumberParameters; ++i) {
      record.ExceptionInformation[i] = Arguments[i];
    }
  }
  RtlRaiseException(&record);
}

}  // extern "C"
