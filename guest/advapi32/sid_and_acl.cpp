// SIDs and ACLs.
#include "guest/advapi32/advapi32.hpp"

using advapi::succeed;

namespace {

/// Functions that answer a question set the error too.
BOOL whether(BOOLEAN valid, NTSTATUS otherwise) { return valid ? 1 : succeed(otherwise); }

struct ACL_SIZE_INFORMATION {
  DWORD AceCount, AclBytesInUse, AclBytesFree;
};
enum ACL_INFORMATION_CLASS : LONG { AclRevisionInformation = 1, AclSizeInformation = 2 };

}  // namespace

extern "C" {

BOOL WINAPI DllEntry(PVOID, DWORD, PVOID) { return 1; }

BOOL WINAPI IsValidSid(SID* Sid) { return whether(RtlValidSid(Sid), STATUS_INVALID_SID); }
BOOL WINAPI EqualSid(SID* First, SID* Second) { return RtlEqualSid(First, Second); }
BOOL WINAPI InitializeSid(SID* Sid, SID_IDENTIFIER_AUTHORITY* Authority, UCHAR Count) {
  return succeed(RtlInitializeSid(Sid, Authority, Count));
}
BOOL WINAPI CopySid(DWORD Length, SID* To, SID* From) {
  return succeed(RtlCopySid(Length, To, From));
}
BOOL WINAPI AllocateAndInitializeSid(SID_IDENTIFIER_AUTHORITY* Authority, UCHAR Count, DWORD First,
                                     DWORD Second, DWORD Third, DWORD Fourth, DWORD Fifth,
                                     DWORD Sixth, DWORD Seventh, DWORD Eighth, SID** Sid) {
  return succeed(RtlAllocateAndInitializeSid(Authority, Count, First, Second, Third, Fourth, Fifth,
                                             Sixth, Seventh, Eighth, Sid));
}

BOOL WINAPI InitializeAcl(ACL* Acl, DWORD Length, DWORD Revision) {
  return succeed(RtlCreateAcl(Acl, Length, Revision));
}
BOOL WINAPI IsValidAcl(ACL* Acl) { return whether(RtlValidAcl(Acl), STATUS_INVALID_ACL); }
BOOL WINAPI AddAccessAllowedAce(ACL* Acl, DWORD Revision, DWORD Mask, SID* Sid) {
  return succeed(RtlAddAccessAllowedAce(Acl, Revision, Mask, Sid));
}
BOOL WINAPI AddAccessDeniedAce(ACL* Acl, DWORD Revision, DWORD Mask, SID* Sid) {
  return succeed(RtlAddAccessDeniedAce(Acl, Revision, Mask, Sid));
}
BOOL WINAPI GetAce(ACL* Acl, DWORD Index, PVOID* Ace) {
  return succeed(RtlGetAce(Acl, Index, Ace));
}
BOOL WINAPI DeleteAce(ACL* Acl, DWORD Index) { return succeed(RtlDeleteAce(Acl, Index)); }

BOOL WINAPI GetAclInformation(ACL* Acl, PVOID Information, DWORD Length, LONG Class) {
  if (Class == AclRevisionInformation) {
    if (Length < sizeof(DWORD)) return succeed(STATUS_BUFFER_TOO_SMALL);
    *static_cast<DWORD*>(Information) = Acl->AclRevision;
    return 1;
  }
  if (Class != AclSizeInformation) return succeed(STATUS_INVALID_PARAMETER);
  if (Length < sizeof(ACL_SIZE_INFORMATION)) return succeed(STATUS_BUFFER_TOO_SMALL);
  DWORD used = sizeof *Acl;
  AclForEachAce(*Acl, [&](const ACE_HEADER& header) {
    used += header.AceSize;
    return true;
  });
  *static_cast<ACL_SIZE_INFORMATION*>(Information) = {Acl->AceCount, used, Acl->AclSize - used};
  return 1;
}

}  // extern "C"
