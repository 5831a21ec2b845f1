// The name space: directories, and how objects get names, are found by them and lose them.
#include "kernel/ob/directory.hpp"

#include "kernel/ke/bugcheck.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/se/descriptor.hpp"
#include "kernel/se/token.hpp"
#include "kernel/system_services.hpp"

constinit OBJECT_TYPE ObDirectoryType = {
    .Name = "Directory",
    .ValidAccessMask = DIRECTORY_ALL_ACCESS,
    .GenericRead = DIRECTORY_QUERY | DIRECTORY_TRAVERSE | READ_CONTROL,
    .GenericWrite = DIRECTORY_CREATE_OBJECT | DIRECTORY_CREATE_SUBDIRECTORY | READ_CONTROL,
    .GenericExecute = DIRECTORY_QUERY | DIRECTORY_TRAVERSE | READ_CONTROL,
    .DeleteProcedure = nullptr,
    .CloseProcedure = nullptr,
    .WaitObject = nullptr,
};

namespace {

constexpr ULONG name_tag = PoolTag("ObDi");

/// Whoever holds it sees names and first and last handles agree. Taken before a handle table's
/// lock.
constinit FAST_MUTEX ObpNameSpaceMutex = {};
constinit OBJECT_DIRECTORY* ObpRootDirectory = nullptr;

OBJECT_NAME* name_of(ObpNameEntry* entry) { return reinterpret_cast<OBJECT_NAME*>(entry); }

/// Where a name is or would be.
struct Place {
  OBJECT_DIRECTORY* directory;
  ObpName leaf;
  PVOID object;  // null: nothing there
};

/// With the name space locked. `root`: where the name begins.
NTSTATUS look_up(OBJECT_DIRECTORY* root, ObpName path, bool case_insensitive, Place& place) {
  place = {root, {}, nullptr};
  for (;;) {
    const bool more = ObpNextComponent(path, place.leaf);
    if (place.leaf.length == 0) return STATUS_OBJECT_NAME_INVALID;
    ObpNameEntry* entry = place.directory->Names.find(place.leaf, case_insensitive);
    place.object = entry == nullptr ? nullptr : name_of(entry)->Object;
    if (!more) return STATUS_SUCCESS;
    if (place.object == nullptr) return STATUS_OBJECT_PATH_NOT_FOUND;
    if (ObjectToHeader(place.object)->Type != &ObDirectoryType) return STATUS_OBJECT_TYPE_MISMATCH;
    place.directory = static_cast<OBJECT_DIRECTORY*>(place.object);
  }
}

/// The directory in which a name of user mode's begins, held; and what of the name is left to
/// follow.
NTSTATUS starting_directory(const ObjectAttributes& attributes,
                            ObjectReference<OBJECT_DIRECTORY>& root, ObpName& path) {
  path = attributes.name();
  const bool absolute = path.length != 0 && path.text[0] == L'\\';
  if (attributes.root() != nullptr) {
    if (absolute) return STATUS_OBJECT_PATH_SYNTAX_BAD;
    return ObReferenceByHandle(attributes.root(), DIRECTORY_TRAVERSE, ObDirectoryType, root);
  }
  if (!absolute) return STATUS_OBJECT_PATH_SYNTAX_BAD;
  ObReferenceObject(ObpRootDirectory);
  root.reset(ObpRootDirectory);
  ++path.text;
  --path.length;
  return STATUS_SUCCESS;
}

OBJECT_NAME* make_name(ObpName leaf, OBJECT_DIRECTORY* directory, PVOID object,
                       POOL_TYPE pool) {
  const ULONG bytes = leaf.length * sizeof(WCHAR);
  auto* name = static_cast<OBJECT_NAME*>(
      ExAllocatePoolWithTag(pool, sizeof(OBJECT_NAME) + bytes, name_tag));
  if (name == nullptr) return nullptr;
  auto* text = reinterpret_cast<WCHAR*>(name + 1);
  memcpy(text, leaf.text, bytes);
  *name = {{nullptr, {text, leaf.length}}, directory, object};
  return name;
}

/// With the name space locked.
NTSTATUS give_name(PVOID object, const Place& place, POOL_TYPE pool = PagedPool) {
  OBJECT_NAME* name = make_name(place.leaf, place.directory, object, pool);
  if (name == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  ObReferenceObject(name->Directory);
  ObReferenceObject(object);
  name->Directory->Names.insert(name->Entry);
  ObjectToHeader(object)->Name = name;
  return STATUS_SUCCESS;
}

/// With the name space locked; the caller drops the references when it isn't any more.
OBJECT_NAME* take_name(PVOID object) {
  OBJECT_NAME* name = ObjectToHeader(object)->Name;
  ObjectToHeader(object)->Name = nullptr;
  name->Directory->Names.remove(name->Entry);
  return name;
}

void drop_name(OBJECT_NAME* name) {
  ObDereferenceObject(name->Object);
  ObDereferenceObject(name->Directory);
  ExFreePool(name);
}

NTSTATUS insert_handle(PVOID object, const ObjectAttributes& attributes, ACCESS_MASK granted,
                       HANDLE& handle) {
  return ObInsertHandle(PsGetCurrentProcess()->ObjectTable, object, granted,
                        attributes.handle_flags(), handle);
}

/// `status` stays what it is unless the value can't be told; then the handle goes again.
NTSTATUS tell_handle(HANDLE handle, PHANDLE user_handle, NTSTATUS status) {
  const NTSTATUS written = MmWriteUser(user_handle, handle);
  if (NT_SUCCESS(written)) return status;
  ObCloseHandle(PsGetCurrentProcess()->ObjectTable, handle);
  return written;
}

/// With the name space locked: a handle to what is at `place`.
NTSTATUS open_existing(const Place& place, OBJECT_TYPE& type, const ObjectAttributes& attributes,
                       ACCESS_MASK access, HANDLE& handle) {
  if (ObjectToHeader(place.object)->Type != &type) return STATUS_OBJECT_TYPE_MISMATCH;
  ACCESS_MASK granted;
  const NTSTATUS status = SeAccessCheck(place.object, access, granted);
  return NT_SUCCESS(status) ? insert_handle(place.object, attributes, granted, handle) : status;
}

NTSTATUS insert_named(PVOID object, const ObjectAttributes& attributes, ACCESS_MASK access,
                      HANDLE& handle) {
  OBJECT_TYPE& type = *ObjectToHeader(object)->Type;
  ObjectReference<OBJECT_DIRECTORY> root;
  ObpName path;
  NTSTATUS status = starting_directory(attributes, root, path);
  if (!NT_SUCCESS(status)) return status;
  OBJECT_NAME* unused = nullptr;
  {
    const FastMutexGuard lock(ObpNameSpaceMutex);
    Place place;
    status = look_up(root.get(), path, attributes.case_insensitive(), place);
    if (!NT_SUCCESS(status)) return status;
    if (place.object != nullptr) {
      if ((attributes.flags() & OBJ_OPENIF) == 0) return STATUS_OBJECT_NAME_COLLISION;
      status = open_existing(place, type, attributes, access, handle);
      return NT_SUCCESS(status) ? STATUS_OBJECT_NAME_EXISTS : status;
    }
    ACCESS_MASK granted;
    status = SeAccessCheck(
        place.directory,
        &type == &ObDirectoryType ? DIRECTORY_CREATE_SUBDIRECTORY : DIRECTORY_CREATE_OBJECT,
        granted);
    if (NT_SUCCESS(status)) status = give_name(object, place);
    if (!NT_SUCCESS(status)) return status;
    status = insert_handle(object, attributes, ObMapGenericAccess(type, access), handle);
    if (!NT_SUCCESS(status)) unused = take_name(object);
  }
  if (unused != nullptr) drop_name(unused);
  return status;
}

OBJECT_DIRECTORY* make_directory() {
  return static_cast<OBJECT_DIRECTORY*>(ObCreateObject(ObDirectoryType, sizeof(OBJECT_DIRECTORY)));
}

}  // namespace

/// Nothing can be paged yet. Both stay for ever: the first references are never dropped, and a name goes with a last handle.
void ObInitSystem() {
  ExInitializeFastMutex(&ObpNameSpaceMutex);
  static constexpr WCHAR base_named_objects[] = L"BaseNamedObjects";
  ObpRootDirectory = make_directory();
  OBJECT_DIRECTORY* base = make_directory();
  const ObpName leaf = {base_named_objects, sizeof base_named_objects / sizeof(WCHAR) - 1};
  if (ObpRootDirectory == nullptr || base == nullptr ||
      !NT_SUCCESS(give_name(base, {ObpRootDirectory, leaf, nullptr}, NonPagedPool))) {
    KeBugCheckEx(PHASE1_INITIALIZATION_FAILED, 2, 0, 0, 0);
  }
  ObjectToHeader(base)->HandleCount = 1;  // as if the kernel had it open
  // What lies in pool is freed with its object, and this one's has no end.
  ObjectToHeader(ObpRootDirectory)->SecurityDescriptor =
      const_cast<SECURITY_DESCRIPTOR_RELATIVE*>(&SeRootDirectoryDescriptor);
}

void ObpForgetName(PVOID object) {
  OBJECT_NAME* name;
  {
    const FastMutexGuard lock(ObpNameSpaceMutex);
    const OBJECT_HEADER* header = ObjectToHeader(object);
    if (header->Name == nullptr || header->HandleCount != 0) return;
    name = take_name(object);
  }
  drop_name(name);
}

NTSTATUS ObInsertObject(PVOID object, const ObjectAttributes& attributes, ACCESS_MASK access,
                        PHANDLE user_handle, HANDLE* value) {
  const ObjectReference<void> held(object);
  SECURITY_DESCRIPTOR_RELATIVE* security = attributes.take_security();
  if (security != nullptr) SeAssignSecurity(object, security);
  HANDLE handle;
  const NTSTATUS status =
      attributes.named()
          ? insert_named(object, attributes, access, handle)
          : insert_handle(object, attributes,
                          ObMapGenericAccess(*ObjectToHeader(object)->Type, access), handle);
  if (NT_SUCCESS(status) && value != nullptr) *value = handle;
  return NT_SUCCESS(status) ? tell_handle(handle, user_handle, status) : status;
}

NTSTATUS ObOpenObjectByPointer(PVOID object, const ObjectAttributes& attributes, ACCESS_MASK access,
                               PHANDLE user_handle) {
  ACCESS_MASK granted;
  NTSTATUS status = SeAccessCheck(object, access, granted);
  HANDLE handle;
  if (NT_SUCCESS(status)) status = insert_handle(object, attributes, granted, handle);
  return NT_SUCCESS(status) ? tell_handle(handle, user_handle, status) : status;
}

NTSTATUS ObOpenObjectByName(POBJECT_ATTRIBUTES user, OBJECT_TYPE& type, ACCESS_MASK access,
                            PHANDLE user_handle) {
  ObjectAttributes attributes;
  NTSTATUS status = attributes.capture(user);
  if (!NT_SUCCESS(status)) return status;
  ObjectReference<OBJECT_DIRECTORY> root;
  HANDLE handle;
  ObpName path;
  status = starting_directory(attributes, root, path);
  if (!NT_SUCCESS(status)) return status;
  {
    const FastMutexGuard lock(ObpNameSpaceMutex);
    Place place = {nullptr, {}, root.get()};  // an empty name is the directory itself
    if (path.length != 0) {
      status = look_up(root.get(), path, attributes.case_insensitive(), place);
      if (NT_SUCCESS(status) && place.object == nullptr) status = STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (NT_SUCCESS(status)) status = open_existing(place, type, attributes, access, handle);
  }
  return NT_SUCCESS(status) ? tell_handle(handle, user_handle, status) : status;
}

NTSTATUS NTAPI NtCreateDirectoryObject(PHANDLE handle, ACCESS_MASK access,
                                       POBJECT_ATTRIBUTES user) {
  ObjectAttributes attributes;
  const NTSTATUS status = attributes.capture(user);
  if (!NT_SUCCESS(status)) return status;
  OBJECT_DIRECTORY* directory = make_directory();
  if (directory == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  return ObInsertObject(directory, attributes, access, handle);
}

NTSTATUS NTAPI NtOpenDirectoryObject(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES user) {
  return ObOpenObjectByName(user, ObDirectoryType, access, handle);
}
