// ACLs and their ACEs.
#include "guest/ntdll/ntdll.hpp"

namespace {

/// The first free byte; null when an ACE does not lie within the ACL.
UCHAR* end_of(ACL* acl) {
  ULONG used = sizeof *acl;
  const bool sound = AclForEachAce(*acl, [&](const ACE_HEADER& header) {
    used += header.AceSize;
    return true;
  });
  return sound ? reinterpret_cast<UCHAR*>(acl) + used : nullptr;
}

NTSTATUS add_ace(ACL* acl, ULONG revision, UCHAR type, ACCESS_MASK mask, SID* sid) {
  if (!RtlValidSid(sid)) return STATUS_INVALID_SID;
  if (acl->AclRevision > MAX_ACL_REVISION || revision > MAX_ACL_REVISION) {
    return STATUS_REVISION_MISMATCH;
  }
  if (!RtlValidAcl(acl)) return STATUS_INVALID_ACL;
  UCHAR* at = end_of(acl);
  const ULONG size = offsetof(KNOWN_ACE, SidStart) + SidLength(*sid);
  const ULONG used = static_cast<ULONG>(at - reinterpret_cast<UCHAR*>(acl));
  if (acl->AclSize - used < size) return STATUS_ALLOTTED_SPACE_EXCEEDED;
  auto* ace = reinterpret_cast<KNOWN_ACE*>(at);
  ace->Header = {type, 0, static_cast<USHORT>(size)};
  ace->Mask = mask;
  memcpy(&ace->SidStart, sid, SidLength(*sid));
  ++acl->AceCount;
  if (revision > acl->AclRevision) acl->AclRevision = static_cast<UCHAR>(revision);
  return STATUS_SUCCESS;
}

}  // namespace

extern "C" {

NTSTATUS NTAPI RtlCreateAcl(ACL* Acl, ULONG Length, ULONG Revision) {
  if (Length < sizeof *Acl) return STATUS_BUFFER_TOO_SMALL;
  if (Revision < MIN_ACL_REVISION || Revision > MAX_ACL_REVISION || Length > 0xFFFF) {
    return STATUS_INVALID_PARAMETER;
  }
  *Acl = {static_cast<UCHAR>(Revision), 0, static_cast<USHORT>(Length & ~3u), 0, 0};
  return STATUS_SUCCESS;
}

BOOLEAN NTAPI RtlValidAcl(ACL* Acl) { return AclIsValid(Acl, 0xFFFF); }

NTSTATUS NTAPI RtlAddAccessAllowedAce(ACL* Acl, ULONG Revision, ACCESS_MASK Mask, SID* Sid) {
  return add_ace(Acl, Revision, ACCESS_ALLOWED_ACE_TYPE, Mask, Sid);
}

NTSTATUS NTAPI RtlAddAccessDeniedAce(ACL* Acl, ULONG Revision, ACCESS_MASK Mask, SID* Sid) {
  return add_ace(Acl, Revision, ACCESS_DENIED_ACE_TYPE, Mask, Sid);
}

NTSTATUS NTAPI RtlGetAce(ACL* Acl, ULONG Index, PVOID* Ace) {
  if (Index >= Acl->AceCount) return STATUS_INVALID_PARAMETER;
  ULONG at = 0;
  *Ace = nullptr;
  AclForEachAce(*Acl, [&](const ACE_HEADER& header) {
    *Ace = const_cast<ACE_HEADER*>(&header);
    return at++ != Index;
  });
  return *Ace == nullptr ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlDeleteAce(ACL* Acl, ULONG Index) {
  PVOID found;
  UCHAR* end = end_of(Acl);
  const NTSTATUS status = RtlGetAce(Acl, Index, &found);
  if (!NT_SUCCESS(status) || end == nullptr) return STATUS_INVALID_PARAMETER;
  UCHAR* next = static_cast<UCHAR*>(found) + static_cast<ACE_HEADER*>(found)->AceSize;
  memmove(found, next, static_cast<ULONG>(end - next));
  --Acl->AceCount;
  return status;
}

}  // extern "C"
