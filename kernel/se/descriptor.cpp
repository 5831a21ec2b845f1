// Capturing security descriptors from user mode, and putting them together.
#include "kernel/se/descriptor.hpp"

#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/se/token.hpp"

namespace {

constexpr ULONG security_tag = PoolTag("SeSd");

/// A part of a descriptor on its way into pool.
struct Part {
  const void* bytes = nullptr;
  ULONG length = 0;
};

struct Parts {
  Part owner, group, dacl;
  bool dacl_present = false;  // without bytes it lets everybody do everything
};

ULONG rounded(ULONG length) { return (length + 3) & ~3u; }

SECURITY_DESCRIPTOR_RELATIVE* build(const Parts& parts) {
  const ULONG length = sizeof(SECURITY_DESCRIPTOR_RELATIVE) + rounded(parts.owner.length) +
                       rounded(parts.group.length) + rounded(parts.dacl.length);
  auto* made = static_cast<SECURITY_DESCRIPTOR_RELATIVE*>(
      ExAllocatePoolWithTag(NonPagedPool, length, security_tag));
  if (made == nullptr) return nullptr;
  RtlZeroMemory(made, length);
  made->Revision = SECURITY_DESCRIPTOR_REVISION;
  made->Control = SE_SELF_RELATIVE;
  if (parts.dacl_present) made->Control |= SE_DACL_PRESENT;
  ULONG at = sizeof *made;
  const auto put = [&](const Part& part) -> ULONG {
    if (part.length == 0) return 0;
    memcpy(reinterpret_cast<UCHAR*>(made) + at, part.bytes, part.length);
    const ULONG offset = at;
    at += rounded(part.length);
    return offset;
  };
  made->Owner = put(parts.owner);
  made->Group = put(parts.group);
  made->Dacl = put(parts.dacl);
  return made;
}

Part part_of(const SID* sid) { return sid == nullptr ? Part{} : Part{sid, SidLength(*sid)}; }
Part part_of(const ACL* acl) { return acl == nullptr ? Part{} : Part{acl, acl->AclSize}; }

/// A SID of user mode's in a buffer of the kernel's.
struct CapturedSid {
  alignas(4) UCHAR bytes[SECURITY_MAX_SID_SIZE];

  NTSTATUS capture(ULONG user, Part& part) {
    const auto& sid = *reinterpret_cast<const SID*>(bytes);
    NTSTATUS status = MmCopyFromUser(bytes, user, SidLength(0u));
    if (!NT_SUCCESS(status)) return status;
    if (sid.Revision != SID_REVISION || sid.SubAuthorityCount > SID_MAX_SUB_AUTHORITIES) {
      return STATUS_INVALID_SID;
    }
    part = part_of(&sid);
    return MmCopyFromUser(bytes + SidLength(0u), user + SidLength(0u), part.length - SidLength(0u));
  }
};

/// An ACL of user mode's in pool, until the end of the scope.
class CapturedAcl {
 public:
  CapturedAcl() = default;
  ~CapturedAcl() {
    if (acl_ != nullptr) ExFreePool(acl_);
  }
  CapturedAcl(const CapturedAcl&) = delete;
  CapturedAcl& operator=(const CapturedAcl&) = delete;

  NTSTATUS capture(ULONG user, Part& part) {
    ACL head;
    NTSTATUS status = MmReadUser(user, head);
    if (!NT_SUCCESS(status)) return status;
    if (head.AclSize < sizeof head) return STATUS_INVALID_ACL;
    acl_ = static_cast<ACL*>(ExAllocatePoolWithTag(NonPagedPool, head.AclSize, security_tag));
    if (acl_ == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
    status = MmCopyFromUser(acl_, user, head.AclSize);
    if (!NT_SUCCESS(status)) return status;
    acl_->AclSize = head.AclSize;  // the copy may say something else by now
    if (!AclIsValid(acl_, head.AclSize)) return STATUS_INVALID_ACL;
    part = part_of(acl_);
    return status;
  }

 private:
  ACL* acl_ = nullptr;
};

}  // namespace

NTSTATUS SeCaptureSecurityDescriptor(PVOID user, SECURITY_DESCRIPTOR_RELATIVE*& captured) {
  const auto base = reinterpret_cast<ULONG>(user);
  SECURITY_DESCRIPTOR_RELATIVE head;
  NTSTATUS status = MmReadUser(base, head);
  if (!NT_SUCCESS(status)) return status;
  if (head.Revision != SECURITY_DESCRIPTOR_REVISION) return STATUS_UNKNOWN_REVISION;
  // Both forms have the same length here; offsets become addresses.
  const ULONG from = (head.Control & SE_SELF_RELATIVE) != 0 ? base : 0;
  const auto address = [&](ULONG part) { return part == 0 ? 0 : from + part; };
  if ((head.Control & SE_SACL_PRESENT) != 0 && head.Sacl != 0) return STATUS_PRIVILEGE_NOT_HELD;
  CapturedSid owner, group;
  CapturedAcl dacl;
  Parts parts = {part_of(&SeUserSid), part_of(&SePrimaryGroupSid),
                 part_of(SeDacl(SeDefaultDescriptor)), true};
  if (head.Owner != 0) {
    status = owner.capture(address(head.Owner), parts.owner);
    if (!NT_SUCCESS(status)) return status;
    if (!SidsAreEqual(*static_cast<const SID*>(parts.owner.bytes), SeUserSid)) {
      return STATUS_INVALID_OWNER;
    }
  }
  if (head.Group != 0) status = group.capture(address(head.Group), parts.group);
  if (NT_SUCCESS(status) && (head.Control & SE_DACL_PRESENT) != 0) {
    parts.dacl = {};
    if (head.Dacl != 0) status = dacl.capture(address(head.Dacl), parts.dacl);
  }
  if (!NT_SUCCESS(status)) return status;
  captured = build(parts);
  return captured == nullptr ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

SECURITY_DESCRIPTOR_RELATIVE* SeMergeDescriptors(const SECURITY_DESCRIPTOR_RELATIVE& base,
                                                 const SECURITY_DESCRIPTOR_RELATIVE& from,
                                                 SECURITY_INFORMATION which) {
  const auto& owner = (which & OWNER_SECURITY_INFORMATION) != 0 ? from : base;
  const auto& group = (which & GROUP_SECURITY_INFORMATION) != 0 ? from : base;
  const auto& dacl = (which & DACL_SECURITY_INFORMATION) != 0 ? from : base;
  return build({part_of(SeOwner(owner)), part_of(SeGroup(group)), part_of(SeDacl(dacl)),
                (dacl.Control & SE_DACL_PRESENT) != 0});
}

ULONG SeDescriptorLength(const SECURITY_DESCRIPTOR_RELATIVE& descriptor) {
  return sizeof descriptor + rounded(part_of(SeOwner(descriptor)).length) +
         rounded(part_of(SeGroup(descriptor)).length) + rounded(part_of(SeDacl(descriptor)).length);
}
