// The security of kernel objects, and the token.
#include "guest/advapi32/advapi32.hpp"

using advapi::succeed;

extern "C" {

BOOL WINAPI GetKernelObjectSecurity(HANDLE Handle, DWORD Which, PVOID Descriptor, DWORD Length,
                                    DWORD* Needed) {
  return succeed(NtQuerySecurityObject(Handle, Which, Descriptor, Length, Needed));
}
BOOL WINAPI SetKernelObjectSecurity(HANDLE Handle, DWORD Which, PVOID Descriptor) {
  return succeed(NtSetSecurityObject(Handle, Which, Descriptor));
}
BOOL WINAPI OpenProcessToken(HANDLE Process, DWORD Access, HANDLE* Token) {
  return succeed(NtOpenProcessToken(Process, Access, Token));
}
/// Threads act for nobody but their process.
BOOL WINAPI OpenThreadToken(HANDLE, DWORD, BOOL, HANDLE*) { return succeed(STATUS_NO_TOKEN); }
BOOL WINAPI GetTokenInformation(HANDLE Token, LONG Class, PVOID Information, DWORD Length,
                                DWORD* Needed) {
  return succeed(NtQueryInformationToken(Token, static_cast<TOKEN_INFORMATION_CLASS>(Class),
                                         Information, Length, Needed));
}

}  // extern "C"
