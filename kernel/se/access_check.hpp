// What a DACL grants to whom. Pure: the host tests it.
#pragma once

#include "kernel/nt/security.hpp"

/// The SIDs that somebody bears: the user first, then the groups.
struct SeSubject {
  const SID* const* Sids;
  ULONG Count;

  bool bears(const SID& sid) const {
    for (ULONG i = 0; i < Count; ++i) {
      if (SidsAreEqual(*Sids[i], sid)) return true;
    }
    return false;
  }
};

/// For each right the first ACE that speaks of it to the subject decides. `map` turns generic
/// rights into the object's own.
template <class Map>
ACCESS_MASK SeAllowedByAcl(const ACL& dacl, const SeSubject& subject, ACCESS_MASK owner_rights,
                           Map map) {
  ACCESS_MASK allowed = owner_rights, denied = 0;
  AclForEachAce(dacl, [&](const ACE_HEADER& header) {
    const bool allows = header.AceType == ACCESS_ALLOWED_ACE_TYPE;
    if (!allows && header.AceType != ACCESS_DENIED_ACE_TYPE) return true;
    const auto& ace = reinterpret_cast<const KNOWN_ACE&>(header);
    if ((header.AceFlags & INHERIT_ONLY_ACE) != 0 || !subject.bears(AceSid(ace))) return true;
    const ACCESS_MASK mask = map(ace.Mask);
    if (allows) {
      allowed |= mask & ~denied;
    } else {
      denied |= mask & ~allowed;
    }
    return true;
  });
  return allowed;
}
