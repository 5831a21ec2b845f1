// The SIDs of the only user, the default descriptors, and the token services.
#include "kernel/se/token.hpp"

#include "kernel/ke/bugcheck.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/directory.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/se/descriptor.hpp"
#include "kernel/system_services.hpp"

namespace {

/// A SID of so many sub-authorities; the last of `more` is not used.
template <unsigned count>
struct FixedSid {
  SID sid;
  ULONG more[count];
};

#define SID_HEAD(count, authority, first)                        \
  {                                                              \
    SID_REVISION, count, {{0, 0, 0, 0, 0, authority}}, { first } \
  }
constexpr FixedSid<5> user = {SID_HEAD(5, 5, 21), {70, 65, 85, 1000}};
constexpr FixedSid<5> no_group = {SID_HEAD(5, 5, 21), {70, 65, 85, 513}};
constexpr FixedSid<1> everyone = {SID_HEAD(1, 1, 0), {}};
constexpr FixedSid<1> local = {SID_HEAD(1, 2, 0), {}};
constexpr FixedSid<1> interactive = {SID_HEAD(1, 5, 4), {}};
constexpr FixedSid<2> users = {SID_HEAD(2, 5, 32), {545}};
constexpr FixedSid<1> local_system = {SID_HEAD(1, 5, 18), {}};
#undef SID_HEAD

const SID* const user_sids[] = {&user.sid,  &no_group.sid,    &everyone.sid,
                                &local.sid, &interactive.sid, &users.sid};
constexpr ULONG sid_count = sizeof user_sids / sizeof user_sids[0];

template <class Sid>
struct FixedAce {
  ACE_HEADER header;
  ACCESS_MASK mask;
  Sid sid;
};

/// A descriptor that allows one thing to one SID and another to a second.
template <class Owner, class First, class Second>
struct FixedDescriptor {
  SECURITY_DESCRIPTOR_RELATIVE head;
  Owner owner, group;
  ACL acl;
  FixedAce<First> first;
  FixedAce<Second> second;

  constexpr FixedDescriptor(const Owner& of, const Owner& in, ACCESS_MASK one, const First& to_one,
                            ACCESS_MASK other, const Second& to_other)
      : head{SECURITY_DESCRIPTOR_REVISION,       0,
             SE_SELF_RELATIVE | SE_DACL_PRESENT, offsetof(FixedDescriptor, owner),
             offsetof(FixedDescriptor, group),   0,
             offsetof(FixedDescriptor, acl)},
        owner(of),
        group(in),
        acl{ACL_REVISION, 0, sizeof acl + sizeof first + sizeof second, 2, 0},
        first{{ACCESS_ALLOWED_ACE_TYPE, 0, sizeof first}, one, to_one},
        second{{ACCESS_ALLOWED_ACE_TYPE, 0, sizeof second}, other, to_other} {}
};

constexpr FixedDescriptor by_default(user, no_group, GENERIC_ALL, user, GENERIC_ALL, local_system);
constexpr FixedDescriptor of_the_system(local_system, local_system,
                                        PROCESS_QUERY_INFORMATION | READ_CONTROL | SYNCHRONIZE,
                                        everyone, GENERIC_ALL, local_system);
constexpr FixedDescriptor of_the_root(local_system, local_system,
                                      DIRECTORY_QUERY | DIRECTORY_TRAVERSE | READ_CONTROL, everyone,
                                      GENERIC_ALL, local_system);

PVOID token_object = nullptr;

constexpr ULONG group_attributes =
    SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED;

/// What NtQueryInformationToken answers, built where it will lie: pointers are user mode's.
struct Answer {
  ULONG user_address;
  ULONG length = 0;
  alignas(4) UCHAR bytes[512];

  void put(const void* from, ULONG size) {
    memcpy(bytes + length, from, size);
    length += size;
  }
  void put(ULONG value) { put(&value, sizeof value); }
  /// SIDs behind `head` bytes of pointers, `stride` apart.
  void put_sids(const SID* const* sids, ULONG count, ULONG head, bool attributes, ULONG each) {
    ULONG at = user_address + length + head;
    for (ULONG i = 0; i < count; ++i) {
      put(at);
      if (attributes) put(each);
      at += SidLength(*sids[i]);
    }
    for (ULONG i = 0; i < count; ++i) put(sids[i], SidLength(*sids[i]));
  }
};

NTSTATUS answer_token(TOKEN_INFORMATION_CLASS which, Answer& answer) {
  const SID* const user_sid[] = {&user.sid};
  const SID* const group_sid[] = {&no_group.sid};
  switch (which) {
    case TokenUser:
      answer.put_sids(user_sid, 1, 8, true, 0);
      return STATUS_SUCCESS;
    case TokenGroups:
      answer.put(sid_count - 1);
      answer.put_sids(user_sids + 1, sid_count - 1, 8 * (sid_count - 1), true, group_attributes);
      return STATUS_SUCCESS;
    case TokenOwner:
      answer.put_sids(user_sid, 1, 4, false, 0);
      return STATUS_SUCCESS;
    case TokenPrimaryGroup:
      answer.put_sids(group_sid, 1, 4, false, 0);
      return STATUS_SUCCESS;
    case TokenType:
      answer.put(1u);
      return STATUS_SUCCESS;
  }
  return STATUS_INVALID_INFO_CLASS;
}

}  // namespace

constinit OBJECT_TYPE SeTokenObjectType = {
    .Name = "Token",
    .ValidAccessMask = TOKEN_ALL_ACCESS,
    .GenericRead = READ_CONTROL | TOKEN_QUERY,
    .GenericWrite = READ_CONTROL,
    .GenericExecute = READ_CONTROL,
    .DeleteProcedure = nullptr,
    .CloseProcedure = nullptr,
    .WaitObject = nullptr,
};

constinit const SeSubject SeUser = {user_sids, sid_count};
const SID& SeUserSid = user.sid;
const SID& SePrimaryGroupSid = no_group.sid;
const SECURITY_DESCRIPTOR_RELATIVE& SeDefaultDescriptor = by_default.head;
const SECURITY_DESCRIPTOR_RELATIVE& SeSystemDescriptor = of_the_system.head;
const SECURITY_DESCRIPTOR_RELATIVE& SeRootDirectoryDescriptor = of_the_root.head;

void SeInitSystem() {
  SepInitializeDescriptors();
  token_object = ObCreateObject(SeTokenObjectType, sizeof(ULONG));
  if (token_object == nullptr) KeBugCheckEx(PHASE1_INITIALIZATION_FAILED, 3, 0, 0, 0);
}

NTSTATUS NTAPI NtOpenProcessToken(HANDLE handle, ACCESS_MASK access, PHANDLE token) {
  ObjectReference<EPROCESS> process;
  const NTSTATUS status =
      ObReferenceByHandle(handle, PROCESS_QUERY_INFORMATION, PsProcessType, process);
  if (!NT_SUCCESS(status)) return status;
  if (process.get() == PsInitialSystemProcess) return STATUS_ACCESS_DENIED;
  return ObOpenObjectByPointer(token_object, ObjectAttributes(), access, token);
}

NTSTATUS NTAPI NtQueryInformationToken(HANDLE handle, TOKEN_INFORMATION_CLASS which,
                                       PVOID information, ULONG length, PULONG return_length) {
  ObjectReference<void> token;
  NTSTATUS status = ObReferenceByHandle(handle, TOKEN_QUERY, SeTokenObjectType, token);
  if (!NT_SUCCESS(status)) return status;
  const auto at = reinterpret_cast<ULONG>(information);
  Answer answer = {at, 0, {}};
  status = answer_token(which, answer);
  if (!NT_SUCCESS(status)) return status;
  status = MmWriteUser(return_length, answer.length);
  if (!NT_SUCCESS(status)) return status;
  if (length < answer.length) return STATUS_BUFFER_TOO_SMALL;
  return MmCopyToUser(at, answer.bytes, answer.length);
}
