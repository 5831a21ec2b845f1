// SIDs, ACLs, security descriptors and tokens as user mode sees them, and what makes them well
// formed. The kernel's host tests read this one too.
#pragma once

#include "kernel/nt/types.hpp"

struct SID_IDENTIFIER_AUTHORITY {
  UCHAR Value[6];  // the most significant byte first
};

/// S-1-authority-sub-sub-...; SubAuthorityCount of them follow.
struct SID {
  UCHAR Revision, SubAuthorityCount;
  SID_IDENTIFIER_AUTHORITY IdentifierAuthority;
  ULONG SubAuthority[1];
};
inline constexpr UCHAR SID_REVISION = 1, SID_MAX_SUB_AUTHORITIES = 15;
inline constexpr ULONG SECURITY_MAX_SID_SIZE = 8 + 4 * SID_MAX_SUB_AUTHORITIES;

struct ACL {
  UCHAR AclRevision, Sbz1;
  USHORT AclSize, AceCount, Sbz2;
};
inline constexpr UCHAR ACL_REVISION = 2, MIN_ACL_REVISION = 2, MAX_ACL_REVISION = 4;

struct ACE_HEADER {
  UCHAR AceType, AceFlags;
  USHORT AceSize;
};
inline constexpr UCHAR ACCESS_ALLOWED_ACE_TYPE = 0, ACCESS_DENIED_ACE_TYPE = 1,
                       SYSTEM_AUDIT_ACE_TYPE = 2, SYSTEM_ALARM_ACE_TYPE = 3;
inline constexpr UCHAR INHERIT_ONLY_ACE = 8;

/// The first four types of ACE have this form; the SID begins in SidStart.
struct KNOWN_ACE {
  ACE_HEADER Header;
  ACCESS_MASK Mask;
  ULONG SidStart;
};
static_assert(sizeof(ACL) == 8 && sizeof(KNOWN_ACE) == 12);

inline constexpr USHORT SE_OWNER_DEFAULTED = 1, SE_GROUP_DEFAULTED = 2, SE_DACL_PRESENT = 4,
                        SE_DACL_DEFAULTED = 8, SE_SACL_PRESENT = 0x10, SE_SACL_DEFAULTED = 0x20,
                        SE_SELF_RELATIVE = 0x8000;
inline constexpr UCHAR SECURITY_DESCRIPTOR_REVISION = 1;

/// Absolute: its parts are anywhere.
struct SECURITY_DESCRIPTOR {
  UCHAR Revision, Sbz1;
  USHORT Control;
  SID *Owner, *Group;
  ACL *Sacl, *Dacl;
};

/// Self-relative: its parts lie in the same piece of memory, at these offsets; 0 is none.
struct SECURITY_DESCRIPTOR_RELATIVE {
  UCHAR Revision, Sbz1;
  USHORT Control;
  ULONG Owner, Group, Sacl, Dacl;
};
static_assert(sizeof(SECURITY_DESCRIPTOR_RELATIVE) == 20);

using SECURITY_INFORMATION = ULONG;
inline constexpr SECURITY_INFORMATION OWNER_SECURITY_INFORMATION = 1,
                                      GROUP_SECURITY_INFORMATION = 2, DACL_SECURITY_INFORMATION = 4,
                                      SACL_SECURITY_INFORMATION = 8;

struct SID_AND_ATTRIBUTES {
  SID* Sid;
  ULONG Attributes;
};
inline constexpr ULONG SE_GROUP_MANDATORY = 1, SE_GROUP_ENABLED_BY_DEFAULT = 2,
                       SE_GROUP_ENABLED = 4;

enum TOKEN_INFORMATION_CLASS : LONG {
  TokenUser = 1,    // SID_AND_ATTRIBUTES
  TokenGroups = 2,  // their number, then SID_AND_ATTRIBUTES for each
  TokenOwner = 4,   // SID*
  TokenPrimaryGroup = 5,
  TokenType = 8,  // 1: a process's
};

constexpr ULONG SidLength(ULONG sub_authorities) { return 8 + 4 * sub_authorities; }
inline ULONG SidLength(const SID& sid) { return SidLength(sid.SubAuthorityCount); }

/// `room`: the bytes there are.
inline bool SidIsValid(const SID* sid, ULONG room) {
  return room >= SidLength(0u) && sid->Revision == SID_REVISION &&
         sid->SubAuthorityCount <= SID_MAX_SUB_AUTHORITIES && room >= SidLength(*sid);
}

inline bool SidsAreEqual(const SID& a, const SID& b) {
  if (a.SubAuthorityCount != b.SubAuthorityCount) return false;
  const auto* left = reinterpret_cast<const UCHAR*>(&a);
  const auto* right = reinterpret_cast<const UCHAR*>(&b);
  for (ULONG i = 0; i < SidLength(a); ++i) {
    if (left[i] != right[i]) return false;
  }
  return true;
}

inline const SID& AceSid(const KNOWN_ACE& ace) {
  return *reinterpret_cast<const SID*>(&ace.SidStart);
}

/// Goes through the ACEs of an ACL; ends where one does not lie within it.
template <class Visit>
bool AclForEachAce(const ACL& acl, Visit visit) {
  const auto* bytes = reinterpret_cast<const UCHAR*>(&acl);
  ULONG at = sizeof acl;
  for (ULONG i = 0; i < acl.AceCount; ++i) {
    if (acl.AclSize - at < sizeof(ACE_HEADER)) return false;
    const auto& header = *reinterpret_cast<const ACE_HEADER*>(bytes + at);
    if (header.AceSize < sizeof header || header.AceSize % 4 != 0 ||
        header.AceSize > acl.AclSize - at || !visit(header)) {
      return false;
    }
    at += header.AceSize;
  }
  return true;
}

/// `room`: the bytes there are. Every ACE of a known type has a SID that lies within it.
inline bool AclIsValid(const ACL* acl, ULONG room) {
  if (room < sizeof *acl || acl->AclSize < sizeof *acl || acl->AclSize > room ||
      acl->AclRevision < MIN_ACL_REVISION || acl->AclRevision > MAX_ACL_REVISION) {
    return false;
  }
  return AclForEachAce(*acl, [](const ACE_HEADER& header) {
    if (header.AceType > SYSTEM_ALARM_ACE_TYPE) return true;
    constexpr ULONG sid_at = offsetof(KNOWN_ACE, SidStart);
    return header.AceSize >= sid_at &&
           SidIsValid(&AceSid(reinterpret_cast<const KNOWN_ACE&>(header)), header.AceSize - sid_at);
  });
}
