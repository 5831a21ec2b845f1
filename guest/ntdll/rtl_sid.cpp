// SIDs.
#include "guest/ntdll/ntdll.hpp"

extern "C" {

BOOLEAN NTAPI RtlValidSid(SID* Sid) { return Sid != nullptr && SidIsValid(Sid, ~ULONG{0}); }

ULONG NTAPI RtlLengthRequiredSid(ULONG SubAuthorities) { return SidLength(SubAuthorities); }
ULONG NTAPI RtlLengthSid(SID* Sid) { return SidLength(*Sid); }
BOOLEAN NTAPI RtlEqualSid(SID* First, SID* Second) { return SidsAreEqual(*First, *Second); }

NTSTATUS NTAPI RtlInitializeSid(SID* Sid, const SID_IDENTIFIER_AUTHORITY* Authority,
                                UCHAR SubAuthorities) {
  if (SubAuthorities > SID_MAX_SUB_AUTHORITIES) return STATUS_INVALID_PARAMETER;
  Sid->Revision = SID_REVISION;
  Sid->SubAuthorityCount = SubAuthorities;
  Sid->IdentifierAuthority = *Authority;
  return STATUS_SUCCESS;
}

ULONG* NTAPI RtlSubAuthoritySid(SID* Sid, ULONG Index) { return Sid->SubAuthority + Index; }
UCHAR* NTAPI RtlSubAuthorityCountSid(SID* Sid) { return &Sid->SubAuthorityCount; }
SID_IDENTIFIER_AUTHORITY* NTAPI RtlIdentifierAuthoritySid(SID* Sid) {
  return &Sid->IdentifierAuthority;
}

NTSTATUS NTAPI RtlCopySid(ULONG Length, SID* To, SID* From) {
  if (Length < SidLength(*From)) return STATUS_BUFFER_TOO_SMALL;
  memmove(To, From, SidLength(*From));
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlAllocateAndInitializeSid(const SID_IDENTIFIER_AUTHORITY* Authority,
                                           UCHAR SubAuthorities, ULONG First, ULONG Second,
                                           ULONG Third, ULONG Fourth, ULONG Fifth, ULONG Sixth,
                                           ULONG Seventh, ULONG Eighth, SID** Result) {
  const ULONG values[8] = {First, Second, Third, Fourth, Fifth, Sixth, Seventh, Eighth};
  if (SubAuthorities > 8) return STATUS_INVALID_SID;
  auto* sid =
      static_cast<SID*>(RtlAllocateHeap(NtCurrentPeb()->ProcessHeap, 0, SidLength(SubAuthorities)));
  if (sid == nullptr) return STATUS_NO_MEMORY;
  RtlInitializeSid(sid, Authority, SubAuthorities);
  memcpy(RtlSubAuthoritySid(sid, 0), values, SubAuthorities * sizeof(ULONG));
  *Result = sid;
  return STATUS_SUCCESS;
}

PVOID NTAPI RtlFreeSid(SID* Sid) {
  RtlFreeHeap(NtCurrentPeb()->ProcessHeap, 0, Sid);
  return nullptr;
}

}  // extern "C"
