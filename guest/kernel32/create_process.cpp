// CreateProcess: finds the program a command line means, writes the process parameters, and has the
// kernel make the process.
#include "guest/kernel32/win32.hpp"

namespace {

constexpr DWORD longest_path = 260;

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// The first word of a command line, without its quotes; false if it is empty or too long.
bool first_word(LPCSTR line, char* word) {
  const bool quoted = *line == '"';
  if (quoted) ++line;
  DWORD length = 0;
  for (; *line != '\0' && (quoted ? *line != '"' : !is_blank(*line)); ++line) {
    if (length == longest_path) return false;
    word[length++] = *line;
  }
  word[length] = '\0';
  return length != 0;
}

/// Adds ".EXE" to a name without a suffix.
void add_suffix(char* name) {
  for (const char* at = name + strlen(name); at != name && at[-1] != '\\' && at[-1] != ':'; --at) {
    if (at[-1] == '.') return;
  }
  strcat(name, ".EXE");
}

bool has_path(const char* name) {
  return strchr(name, '\\') != nullptr || strchr(name, ':') != nullptr;
}

bool file_exists(const char* name) {
  base::NtPath path(name);
  if (!path.valid()) return false;
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, path.get(), OBJ_CASE_INSENSITIVE, nullptr);
  FILE_BASIC_INFORMATION basic;
  return NT_SUCCESS(NtQueryAttributesFile(&attributes, &basic)) &&
         (basic.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0;
}

/// FAT's short names have no lower case: the process is known by the name the directory has.
void to_upper(char* path) {
  for (; *path != '\0'; ++path) {
    if (*path >= 'a' && *path <= 'z') *path = static_cast<char>(*path - 'a' + 'A');
  }
}

/// The program's file: as named from the current directory, or in the root of the system disk.
bool find_program(LPCSTR application, LPCSTR command_line, char* path) {
  char name[longest_path + 8];
  if (application != nullptr) {
    if (strlen(application) >= longest_path) return false;
    strcpy(path, application);
    return file_exists(path);
  }
  if (!first_word(command_line, name)) return false;
  add_suffix(name);
  strcpy(path, name);
  if (file_exists(path)) return true;
  if (has_path(name)) return false;
  strcat(strcpy(path, "C:\\"), name);
  return file_exists(path);
}

/// The caller's environment block as NT wants it; null for what was null or when memory is short.
PWSTR to_unicode(const char* block) {
  ULONG length = 0;
  while (block[length] != '\0' || block[length + 1] != '\0') ++length;
  length += 2;
  auto* made =
      static_cast<PWSTR>(RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, length * sizeof(WCHAR)));
  for (ULONG i = 0; made != nullptr && i != length; ++i) made[i] = static_cast<UCHAR>(block[i]);
  return made;
}

RTL_USER_PROCESS_PARAMETERS make_parameters(PUNICODE_STRING image, PUNICODE_STRING command_line,
                                            PUNICODE_STRING directory,
                                            const STARTUPINFOA& startup) {
  const auto& own = *NtCurrentPeb()->ProcessParameters;
  RTL_USER_PROCESS_PARAMETERS made = {};
  made.Length = made.MaximumLength = sizeof made;
  made.Flags = RTL_USER_PROC_PARAMS_NORMALIZED;
  made.ConsoleHandle = own.ConsoleHandle;
  made.CurrentDirectory.DosPath =
      directory->Buffer != nullptr ? *directory : own.CurrentDirectory.DosPath;
  made.DllPath = own.DllPath;
  made.ImagePathName = *image;
  made.CommandLine = *command_line;
  made.Environment = own.Environment;
  made.WindowFlags = startup.dwFlags;
  made.ShowWindowFlags = startup.wShowWindow;
  const bool given = (startup.dwFlags & STARTF_USESTDHANDLES) != 0;
  made.StandardInput = given ? startup.hStdInput : own.StandardInput;
  made.StandardOutput = given ? startup.hStdOutput : own.StandardOutput;
  made.StandardError = given ? startup.hStdError : own.StandardError;
  return made;
}

OBJECT_ATTRIBUTES attributes_of(const SECURITY_ATTRIBUTES* security) {
  const bool inherit = security != nullptr && security->bInheritHandle != 0;
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, nullptr, inherit ? OBJ_INHERIT : 0, nullptr);
  if (security != nullptr) attributes.SecurityDescriptor = security->lpSecurityDescriptor;
  return attributes;
}

DWORD process_id(HANDLE process) {
  PROCESS_BASIC_INFORMATION basic = {};
  NtQueryInformationProcess(process, ProcessBasicInformation, &basic, sizeof basic, nullptr);
  return basic.UniqueProcessId;
}

DWORD thread_id(HANDLE thread) {
  THREAD_BASIC_INFORMATION basic = {};
  NtQueryInformationThread(thread, ThreadBasicInformation, &basic, sizeof basic, nullptr);
  return reinterpret_cast<DWORD>(basic.ClientId.UniqueThread);
}

}  // namespace

extern "C" BOOL WINAPI CreateProcessA(LPCSTR Application, LPSTR CommandLine,
                                      const SECURITY_ATTRIBUTES* ProcessSecurity,
                                      const SECURITY_ATTRIBUTES* ThreadSecurity,
                                      BOOL InheritHandles, DWORD Flags, PVOID Environment,
                                      LPCSTR Directory, const STARTUPINFOA* Startup,
                                      PROCESS_INFORMATION* Result) {
  if (Application == nullptr && CommandLine == nullptr) return base::fail(ERROR_INVALID_PARAMETER);
  char path[longest_path + 8];
  if (!find_program(Application, CommandLine, path)) return base::fail(ERROR_FILE_NOT_FOUND);
  to_upper(path);
  base::NtPath image(path);
  base::Unicode command_line(CommandLine != nullptr ? CommandLine : Application);
  base::Unicode directory(Directory != nullptr ? Directory : "");
  if (!image.valid() || !command_line.valid() || !directory.valid()) {
    return base::fail(ERROR_NOT_ENOUGH_MEMORY);
  }
  UNICODE_STRING no_directory = {};
  auto parameters =
      make_parameters(image.get(), command_line.get(),
                      Directory != nullptr ? directory.get() : &no_directory, *Startup);
  PVOID converted = nullptr;
  if (Environment != nullptr && (Flags & CREATE_UNICODE_ENVIRONMENT) == 0) {
    Environment = converted = to_unicode(static_cast<const char*>(Environment));
    if (converted == nullptr) return base::fail(ERROR_NOT_ENOUGH_MEMORY);
  }
  if (Environment != nullptr) parameters.Environment = Environment;
  OBJECT_ATTRIBUTES for_process = attributes_of(ProcessSecurity);
  OBJECT_ATTRIBUTES for_thread = attributes_of(ThreadSecurity);
  HANDLE process = nullptr;
  HANDLE thread = nullptr;
  const NTSTATUS status = NtCreateUserProcess(
      &process, &thread, PROCESS_ALL_ACCESS, THREAD_ALL_ACCESS, &for_process, &for_thread,
      InheritHandles != 0 ? PROCESS_CREATE_FLAGS_INHERIT_HANDLES : 0,
      (Flags & CREATE_SUSPENDED) != 0 ? THREAD_CREATE_FLAGS_CREATE_SUSPENDED : 0, &parameters,
      nullptr, nullptr);
  if (converted != nullptr) RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, converted);
  if (!base::succeed(status)) return 0;
  *Result = {process, thread, process_id(process), thread_id(thread)};
  return 1;
}
