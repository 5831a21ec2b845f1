// Security descriptors: made, kept with objects, heeded when handles are opened and used.
#include "guest/conformance/ktap.hpp"

namespace {

SID everyone_sid = {SID_REVISION, 1, SECURITY_WORLD_SID_AUTHORITY, {SECURITY_WORLD_RID}};
PSID everyone = &everyone_sid;

/// A descriptor whose DACL begins empty.
class Descriptor {
 public:
  Descriptor() {
    InitializeAcl(acl(), sizeof words_, ACL_REVISION);
    InitializeSecurityDescriptor(&descriptor_, SECURITY_DESCRIPTOR_REVISION);
    SetSecurityDescriptorDacl(&descriptor_, TRUE, acl(), FALSE);
  }
  Descriptor& allow(DWORD mask, PSID sid = everyone) {
    AddAccessAllowedAce(acl(), ACL_REVISION, mask, sid);
    return *this;
  }
  Descriptor& deny(DWORD mask, PSID sid = everyone) {
    AddAccessDeniedAce(acl(), ACL_REVISION, mask, sid);
    return *this;
  }
  ACL* acl() { return reinterpret_cast<ACL*>(words_); }
  SECURITY_DESCRIPTOR& get() { return descriptor_; }
  SECURITY_ATTRIBUTES* attributes() {
    attributes_ = {sizeof attributes_, &descriptor_, FALSE};
    return &attributes_;
  }

 private:
  DWORD words_[32];
  SECURITY_DESCRIPTOR descriptor_;
  SECURITY_ATTRIBUTES attributes_;
};

/// An event of that name, until the end of the scope.
class Named {
 public:
  Named(const char* name, SECURITY_ATTRIBUTES* attributes)
      : name_(name), handle_(CreateEventA(attributes, TRUE, FALSE, name)) {}
  ~Named() { CloseHandle(handle_); }
  Named(const Named&) = delete;
  Named& operator=(const Named&) = delete;

  HANDLE handle() const { return handle_; }
  /// The access is granted; the error is kept when not.
  bool opens(DWORD access) const {
    const HANDLE opened = OpenEventA(access, FALSE, name_);
    if (opened == nullptr) return false;
    CloseHandle(opened);
    return true;
  }

 private:
  const char* name_;
  HANDLE handle_;
};

/// 0 when the wait failed.
DWORD ended(DWORD result) { return result + 1; }

void sids(ktap::Test& t) {
  SID_IDENTIFIER_AUTHORITY nt = SECURITY_NT_AUTHORITY;
  PSID sid = nullptr, other = nullptr;
  t.succeeds("AllocateAndInitializeSid",
             AllocateAndInitializeSid(&nt, 3, 21, 1, 2, 0, 0, 0, 0, 0, &sid));
  t.equal("GetLengthSid", GetLengthSid(sid), 20);
  t.succeeds("IsValidSid", IsValidSid(sid));
  t.equal("GetSidSubAuthorityCount", *GetSidSubAuthorityCount(sid), 3);
  t.equal("GetSidSubAuthority", *GetSidSubAuthority(sid, 2), 2);
  t.equal("GetSidIdentifierAuthority", GetSidIdentifierAuthority(sid)->Value[5], 5);
  t.equal("GetSidLengthRequired", GetSidLengthRequired(5), 28);
  DWORD room[8];
  t.fails("CopySid without room", CopySid(19, room, sid), ERROR_INSUFFICIENT_BUFFER);
  t.succeeds("CopySid", CopySid(sizeof room, room, sid));
  t.expect("EqualSid", EqualSid(room, sid) != 0);
  t.succeeds("another one", AllocateAndInitializeSid(&nt, 3, 21, 1, 3, 0, 0, 0, 0, 0, &other));
  t.expect("differs in the last part", EqualSid(other, sid) == 0);
  t.fails("nine parts", AllocateAndInitializeSid(&nt, 9, 0, 0, 0, 0, 0, 0, 0, 0, &sid),
          ERROR_INVALID_SID);
  t.equal("FreeSid", FreeSid(other), nullptr);
}

void acls(ktap::Test& t) {
  DWORD words[16];
  auto* acl = reinterpret_cast<ACL*>(words);
  t.fails("no room for the head", InitializeAcl(acl, 7, ACL_REVISION), ERROR_INSUFFICIENT_BUFFER);
  t.fails("revision 1", InitializeAcl(acl, 64, 1), ERROR_INVALID_PARAMETER);
  t.succeeds("InitializeAcl", InitializeAcl(acl, 8 + 20, ACL_REVISION));
  t.succeeds("one ACE", AddAccessAllowedAce(acl, ACL_REVISION, 3, everyone));
  t.fails("no room for another", AddAccessAllowedAce(acl, ACL_REVISION, 3, everyone),
          ERROR_ALLOTTED_SPACE_EXCEEDED);
  t.succeeds("IsValidAcl", IsValidAcl(acl));
  void* found = nullptr;
  t.succeeds("GetAce", GetAce(acl, 0, &found));
  const auto* ace = static_cast<ACCESS_ALLOWED_ACE*>(found);
  t.equal("its type", ace->Header.AceType, ACCESS_ALLOWED_ACE_TYPE);
  t.equal("its size", ace->Header.AceSize, 20);
  t.equal("its mask", ace->Mask, 3);
  t.fails("a second one", GetAce(acl, 1, &found), ERROR_INVALID_PARAMETER);
  t.succeeds("DeleteAce", DeleteAce(acl, 0));
  t.equal("none is left", acl->AceCount, 0);
}

void descriptors(ktap::Test& t) {
  SECURITY_DESCRIPTOR descriptor;
  t.fails("revision 2", InitializeSecurityDescriptor(&descriptor, 2), ERROR_UNKNOWN_REVISION);
  Descriptor made;
  made.allow(SYNCHRONIZE);
  BOOL present = FALSE, defaulted = TRUE;
  ACL* dacl = nullptr;
  t.succeeds("GetSecurityDescriptorDacl",
             GetSecurityDescriptorDacl(&made.get(), &present, &dacl, &defaulted));
  t.equal("present", present, TRUE);
  t.equal("defaulted", defaulted, FALSE);
  t.expect("the DACL", dacl == made.acl());
  t.succeeds("IsValidSecurityDescriptor", IsValidSecurityDescriptor(&made.get()));
  DWORD words[64];
  DWORD length = 10;
  t.fails("MakeSelfRelativeSD without room", MakeSelfRelativeSD(&made.get(), words, &length),
          ERROR_INSUFFICIENT_BUFFER);
  t.equal("the length it needs", length, 148);
  length = sizeof words;
  t.succeeds("MakeSelfRelativeSD", MakeSelfRelativeSD(&made.get(), words, &length));
  t.fails("it can't be changed", SetSecurityDescriptorDacl(words, TRUE, nullptr, FALSE),
          ERROR_INVALID_SECURITY_DESCR);
  SECURITY_ATTRIBUTES attributes = {sizeof attributes, words, FALSE};
  const Named event("faultline relative", &attributes);
  t.expect("it is heeded", event.opens(SYNCHRONIZE));
  t.fails("and denies", event.opens(EVENT_MODIFY_STATE), ERROR_ACCESS_DENIED);
}

void checked_at_open(ktap::Test& t) {
  const Named event("faultline read only", Descriptor().allow(SYNCHRONIZE).attributes());
  t.succeeds("who creates it has all rights", SetEvent(event.handle()));
  t.expect("what is allowed", event.opens(SYNCHRONIZE));
  t.fails("what is not", event.opens(EVENT_MODIFY_STATE), ERROR_ACCESS_DENIED);
  t.fails("all", event.opens(EVENT_ALL_ACCESS), ERROR_ACCESS_DENIED);
  t.fails("the privilege of auditing", event.opens(ACCESS_SYSTEM_SECURITY),
          ERROR_PRIVILEGE_NOT_HELD);
  t.fails("CreateEvent of it wants all rights",
          CreateEventA(nullptr, TRUE, FALSE, "faultline read only"), ERROR_ACCESS_DENIED);
  t.expect("the owner's own", event.opens(READ_CONTROL | WRITE_DAC));
}

void checked_at_use(ktap::Test& t) {
  const Named event("faultline use", Descriptor().allow(EVENT_ALL_ACCESS).attributes());
  const HANDLE wait = OpenEventA(SYNCHRONIZE, FALSE, "faultline use");
  t.equal("a wait", WaitForSingleObject(wait, 0), WAIT_TIMEOUT);
  t.fails("SetEvent", SetEvent(wait), ERROR_ACCESS_DENIED);
  t.fails("ResetEvent", ResetEvent(wait), ERROR_ACCESS_DENIED);
  t.fails("PulseEvent", PulseEvent(wait), ERROR_ACCESS_DENIED);
  CloseHandle(wait);
  const HANDLE set = OpenEventA(EVENT_MODIFY_STATE, FALSE, "faultline use");
  t.fails("a wait without SYNCHRONIZE", ended(WaitForSingleObject(set, 0)), ERROR_ACCESS_DENIED);
  t.succeeds("SetEvent with the right to", SetEvent(set));
  CloseHandle(set);
}

void null_and_empty(ktap::Test& t) {
  SECURITY_DESCRIPTOR descriptor;
  SECURITY_ATTRIBUTES attributes = {sizeof attributes, &descriptor, FALSE};
  InitializeSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
  const Named defaulted("faultline default", &attributes);
  t.expect("no DACL is the user's own", defaulted.opens(EVENT_ALL_ACCESS));
  SetSecurityDescriptorDacl(&descriptor, TRUE, nullptr, FALSE);
  const Named open_to_all("faultline null", &attributes);
  t.expect("a null DACL allows everything", open_to_all.opens(EVENT_ALL_ACCESS));
  const Named closed("faultline empty", Descriptor().attributes());
  t.fails("an empty one nothing", closed.opens(EVENT_MODIFY_STATE), ERROR_ACCESS_DENIED);
  t.fails("not even to wait", closed.opens(SYNCHRONIZE), ERROR_ACCESS_DENIED);
  t.expect("but its owner may look at it", closed.opens(READ_CONTROL));
}

void order(ktap::Test& t) {
  const Named denied("faultline denied",
                     Descriptor().deny(EVENT_MODIFY_STATE).allow(EVENT_ALL_ACCESS).attributes());
  t.fails("denied first", denied.opens(EVENT_MODIFY_STATE), ERROR_ACCESS_DENIED);
  t.fails("with others", denied.opens(EVENT_ALL_ACCESS), ERROR_ACCESS_DENIED);
  t.expect("what is allowed behind it", denied.opens(SYNCHRONIZE));
  const Named allowed("faultline allowed",
                      Descriptor().allow(EVENT_ALL_ACCESS).deny(EVENT_MODIFY_STATE).attributes());
  t.expect("allowed first", allowed.opens(EVENT_ALL_ACCESS));
  SID nobody = {SID_REVISION, 1, SECURITY_NULL_SID_AUTHORITY, {SECURITY_NULL_RID}};
  const Named strangers(
      "faultline strangers",
      Descriptor().deny(EVENT_MODIFY_STATE, &nobody).allow(EVENT_MODIFY_STATE).attributes());
  t.expect("what is denied to others", strangers.opens(EVENT_MODIFY_STATE));
}

void generic_rights(ktap::Test& t) {
  const Named event("faultline generic", Descriptor().allow(GENERIC_WRITE).attributes());
  t.expect("GENERIC_WRITE is EVENT_MODIFY_STATE", event.opens(EVENT_MODIFY_STATE));
  t.expect("by its own name", event.opens(GENERIC_WRITE));
  t.fails("no wait", event.opens(SYNCHRONIZE), ERROR_ACCESS_DENIED);
  const HANDLE most = OpenEventA(MAXIMUM_ALLOWED, FALSE, "faultline generic");
  t.succeeds("MAXIMUM_ALLOWED", most);
  t.succeeds("is enough for SetEvent", SetEvent(most));
  CloseHandle(most);
}

void user(ktap::Test& t) {
  HANDLE token;
  t.succeeds("OpenProcessToken", OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token));
  DWORD words[64];
  DWORD length = 0;
  t.fails("TokenUser without room", GetTokenInformation(token, TokenUser, nullptr, 0, &length),
          ERROR_INSUFFICIENT_BUFFER);
  t.expect("it has the room for a SID", length >= 8 + 12 && length <= sizeof words);
  t.succeeds("TokenUser", GetTokenInformation(token, TokenUser, words, sizeof words, &length));
  PSID sid = reinterpret_cast<TOKEN_USER*>(words)->User.Sid;
  t.succeeds("IsValidSid", IsValidSid(sid));
  CloseHandle(token);
  t.fails("the thread has none", OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, FALSE, &token),
          ERROR_NO_TOKEN);
  const Named event(
      "faultline user",
      Descriptor().deny(EVENT_MODIFY_STATE, sid).allow(EVENT_ALL_ACCESS).attributes());
  t.fails("denied to the user", event.opens(EVENT_MODIFY_STATE), ERROR_ACCESS_DENIED);
  t.expect("the rest is allowed", event.opens(SYNCHRONIZE));
}

void changed(ktap::Test& t) {
  const Named event("faultline changed", Descriptor().allow(EVENT_ALL_ACCESS).attributes());
  DWORD words[64];
  DWORD length = 0;
  t.fails("GetKernelObjectSecurity without room",
          GetKernelObjectSecurity(event.handle(), DACL_SECURITY_INFORMATION, nullptr, 0, &length),
          ERROR_INSUFFICIENT_BUFFER);
  t.equal("the length", length, 148);
  t.succeeds("GetKernelObjectSecurity",
             GetKernelObjectSecurity(event.handle(), DACL_SECURITY_INFORMATION, words, sizeof words,
                                     &length));
  BOOL present = FALSE, defaulted = FALSE;
  ACL* dacl = nullptr;
  GetSecurityDescriptorDacl(words, &present, &dacl, &defaulted);
  t.equal("it has one ACE", present ? dacl->AceCount : 0, 1);
  Descriptor less;
  less.allow(SYNCHRONIZE);
  t.succeeds("SetKernelObjectSecurity",
             SetKernelObjectSecurity(event.handle(), DACL_SECURITY_INFORMATION, &less.get()));
  t.fails("it holds at once", event.opens(EVENT_MODIFY_STATE), ERROR_ACCESS_DENIED);
  t.expect("what it allows", event.opens(SYNCHRONIZE));
  t.succeeds("old handles keep their rights", SetEvent(event.handle()));
}

/// A descriptor is copied and checked; whatever is wrong with it, it is refused.
void malformed(ktap::Test& t) {
  Descriptor revision, acl_revision, count, size, address, sid;
  revision.get().Revision = 7;
  t.fails("a revision of 7", CreateEventA(revision.attributes(), TRUE, FALSE, nullptr),
          ERROR_UNKNOWN_REVISION);
  acl_revision.acl()->AclRevision = 9;
  t.fails("an ACL of revision 9", CreateEventA(acl_revision.attributes(), TRUE, FALSE, nullptr),
          ERROR_INVALID_ACL);
  count.allow(1).acl()->AceCount = 30;
  t.fails("more ACEs than there are", CreateEventA(count.attributes(), TRUE, FALSE, nullptr),
          ERROR_INVALID_ACL);
  size.acl()->AclSize = 4;
  t.fails("an ACL of 4 bytes", CreateEventA(size.attributes(), TRUE, FALSE, nullptr),
          ERROR_INVALID_ACL);
  address.get().Dacl = reinterpret_cast<ACL*>(0x10);
  t.fails("an ACL nowhere", CreateEventA(address.attributes(), TRUE, FALSE, nullptr),
          ERROR_NOACCESS);
  SECURITY_ATTRIBUTES nowhere = {sizeof nowhere, reinterpret_cast<void*>(4), FALSE};
  t.fails("a descriptor nowhere", CreateEventA(&nowhere, TRUE, FALSE, nullptr), ERROR_NOACCESS);
}

DWORD WINAPI returns_3(void*) { return 3; }

void other_kinds(ktap::Test& t) {
  SECURITY_ATTRIBUTES* wait_only = nullptr;
  Descriptor descriptor;
  wait_only = descriptor.allow(SYNCHRONIZE).attributes();
  const HANDLE mutex = CreateMutexA(wait_only, FALSE, "faultline mutex for waits");
  t.fails("a mutex", OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "faultline mutex for waits"),
          ERROR_ACCESS_DENIED);
  const HANDLE semaphore = CreateSemaphoreA(wait_only, 1, 1, "faultline semaphore for waits");
  t.fails("a semaphore",
          OpenSemaphoreA(SEMAPHORE_MODIFY_STATE, FALSE, "faultline semaphore for waits"),
          ERROR_ACCESS_DENIED);
  DWORD id;
  const HANDLE thread = CreateThread(wait_only, 0, returns_3, nullptr, CREATE_SUSPENDED, &id);
  t.succeeds("a thread", thread);
  t.fails("its THREAD_SUSPEND_RESUME", OpenThread(THREAD_SUSPEND_RESUME, FALSE, id),
          ERROR_ACCESS_DENIED);
  const HANDLE waiting = OpenThread(SYNCHRONIZE, FALSE, id);
  t.succeeds("its SYNCHRONIZE", waiting);
  t.equal("ResumeThread by its creator", ResumeThread(thread), 1);
  t.equal("its end", WaitForSingleObject(waiting, 2000), WAIT_OBJECT_0);
  CloseHandle(waiting);
  CloseHandle(thread);
  CloseHandle(semaphore);
  CloseHandle(mutex);
}

void sections(ktap::Test& t) {
  Descriptor read_only;
  read_only.allow(FILE_MAP_READ | SECTION_QUERY);
  const HANDLE mine = CreateFileMappingA(INVALID_HANDLE_VALUE, read_only.attributes(),
                                         PAGE_READWRITE, 0, 8192, "faultline section");
  t.succeeds("CreateFileMapping", mine);
  auto* own = static_cast<DWORD*>(MapViewOfFile(mine, FILE_MAP_WRITE, 0, 0, 0));
  t.succeeds("who creates it may write", own);
  if (own != nullptr) *own = 4711;
  t.fails("OpenFileMapping for writing",
          OpenFileMappingA(FILE_MAP_WRITE, FALSE, "faultline section"), ERROR_ACCESS_DENIED);
  t.fails("for all", OpenFileMappingA(FILE_MAP_ALL_ACCESS, FALSE, "faultline section"),
          ERROR_ACCESS_DENIED);
  const HANDLE reading = OpenFileMappingA(FILE_MAP_READ, FALSE, "faultline section");
  t.succeeds("for reading", reading);
  t.fails("MapViewOfFile for writing", MapViewOfFile(reading, FILE_MAP_WRITE, 0, 0, 0),
          ERROR_ACCESS_DENIED);
  const auto* view = static_cast<DWORD*>(MapViewOfFile(reading, FILE_MAP_READ, 0, 0, 0));
  t.succeeds("MapViewOfFile for reading", view);
  if (view != nullptr) t.equal("it is the same memory", *view, 4711);
  UnmapViewOfFile(view);
  UnmapViewOfFile(own);
  CloseHandle(reading);
  CloseHandle(mine);
}

constexpr ktap::Case cases[] = {
    {"SIDs", sids},
    {"ACLs", acls},
    {"security descriptors", descriptors},
    {"access is checked when a handle is opened", checked_at_open},
    {"access is checked when a handle is used", checked_at_use},
    {"null and empty DACLs", null_and_empty},
    {"the order of ACEs", order},
    {"generic rights", generic_rights},
    {"the user of the token", user},
    {"a DACL that is changed", changed},
    {"malformed descriptors", malformed},
    {"mutexes, semaphores and threads", other_kinds},
    {"G8 a section that denies writing", sections},
};

}  // namespace

extern "C" int main(int, char**) { return ktap::run(cases); }
