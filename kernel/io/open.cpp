// Opening, creating and closing files.
#include "kernel/io/cache.hpp"
#include "kernel/io/system_volume.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/system_services.hpp"

namespace {

constexpr ACCESS_MASK reading = FILE_READ_DATA | FILE_EXECUTE;
constexpr ACCESS_MASK writing = FILE_WRITE_DATA | FILE_APPEND_DATA;

/// Each opener must share what the others do. [SDK CreateFile, dwShareMode]
bool shares_with(const FILE_OBJECT& open, const FILE_OBJECT& other) {
  const auto allows = [](const FILE_OBJECT& owner, const FILE_OBJECT& user) {
    if ((user.GrantedAccess & reading) != 0 && (owner.ShareAccess & FILE_SHARE_READ) == 0) {
      return false;
    }
    if ((user.GrantedAccess & writing) != 0 && (owner.ShareAccess & FILE_SHARE_WRITE) == 0) {
      return false;
    }
    return (user.GrantedAccess & DELETE_ACCESS) == 0 ||
           (owner.ShareAccess & FILE_SHARE_DELETE) != 0;
  };
  // Whoever only looks at attributes takes no part.
  constexpr ACCESS_MASK any = reading | writing | DELETE_ACCESS;
  if ((open.GrantedAccess & any) == 0 || (other.GrantedAccess & any) == 0) return true;
  return allows(open, other) && allows(other, open);
}

NTSTATUS check_sharing(const FILE_OBJECT& file) {
  const auto* fcb = static_cast<const FCB*>(file.File->context);
  if (fcb != nullptr && (fcb->DeletePending || fcb->DeleteOnClose)) return STATUS_DELETE_PENDING;
  const LIST_ENTRY* head = &file.Vcb->OpenFiles;
  for (PLIST_ENTRY entry = head->Flink; entry != head; entry = entry->Flink) {
    const FILE_OBJECT* other = CONTAINING_RECORD(entry, FILE_OBJECT, OpenLinks);
    if (other->File != file.File) continue;
    if (!shares_with(*other, file)) return STATUS_SHARING_VIOLATION;
  }
  return STATUS_SUCCESS;
}

bool replaces(ULONG disposition) {
  return disposition == FILE_SUPERSEDE || disposition == FILE_OVERWRITE ||
         disposition == FILE_OVERWRITE_IF;
}

/// What the request means for a name that exists, or does not. Nothing has been changed yet.
NTSTATUS check_existing(const FatFile& file, const IoOpenRequest& request) {
  if (request.disposition == FILE_CREATE) return STATUS_OBJECT_NAME_COLLISION;
  if (file.is_directory() && (request.options & FILE_NON_DIRECTORY_FILE) != 0) {
    return STATUS_FILE_IS_A_DIRECTORY;
  }
  if (!file.is_directory() && (request.options & FILE_DIRECTORY_FILE) != 0) {
    return STATUS_NOT_A_DIRECTORY;
  }
  if (file.is_directory() && replaces(request.disposition)) return STATUS_FILE_IS_A_DIRECTORY;
  // A program that runs is not written to.
  const auto* fcb = static_cast<const FCB*>(file.context);
  const bool runs = fcb != nullptr && fcb->SectionObjectPointers.ImageSectionObject != nullptr;
  if (runs && ((request.access & writing) != 0 || replaces(request.disposition))) {
    return STATUS_SHARING_VIOLATION;
  }
  if (runs && (request.options & FILE_DELETE_ON_CLOSE) != 0) return STATUS_CANNOT_DELETE;
  const bool read_only = (file.attributes & fat_attribute::read_only) != 0;
  if (read_only && (request.options & FILE_DELETE_ON_CLOSE) != 0) return STATUS_CANNOT_DELETE;
  const bool changes = (request.access & writing) != 0 || replaces(request.disposition);
  return read_only && changes ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

NTSTATUS open_existing(const IoOpenRequest& request, FILE_OBJECT& file, ULONG& information) {
  NTSTATUS status = check_existing(*file.File, request);
  if (NT_SUCCESS(status)) status = check_sharing(file);
  if (!NT_SUCCESS(status)) return status;
  information = !replaces(request.disposition)          ? FILE_OPENED
                : request.disposition == FILE_SUPERSEDE ? FILE_SUPERSEDED
                                                        : FILE_OVERWRITTEN;
  return STATUS_SUCCESS;
}

NTSTATUS create_new(IoVolumeGuard& volume, const IoOpenRequest& request, FILE_OBJECT& file,
                    ULONG& information) {
  if (request.disposition == FILE_OPEN || request.disposition == FILE_OVERWRITE) {
    return STATUS_OBJECT_NAME_NOT_FOUND;
  }
  information = FILE_CREATED;
  if ((request.options & FILE_DIRECTORY_FILE) == 0) {
    return volume->create(file.Path, FatDisposition::Create, file.File);
  }
  const NTSTATUS status = volume->create_directory(file.Path);
  return NT_SUCCESS(status) ? volume->open(file.Path, file.File) : status;
}

/// What the creator says the new file is; FAT calls it changed, too.
NTSTATUS set_new_attributes(IoVolumeGuard& volume, FatFile& file, ULONG attributes) {
  constexpr ULONG settable =
      FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;
  if ((attributes & settable) == 0) return STATUS_SUCCESS;
  const auto fat = static_cast<arch::u8>((attributes & settable) | fat_attribute::archive);
  return volume->set_attributes(file, fat, nullptr);
}

NTSTATUS open_on_disk(const IoOpenRequest& request, FILE_OBJECT& file, ULONG& information) {
  IoVolumeGuard volume(*file.Vcb);
  NTSTATUS status = volume->open(file.Path, file.File);
  if (NT_SUCCESS(status)) {
    status = open_existing(request, file, information);
    if (!NT_SUCCESS(status)) volume->close(file.File);
  } else if (status == STATUS_OBJECT_NAME_NOT_FOUND) {
    status = create_new(volume, request, file, information);
    if (NT_SUCCESS(status)) status = set_new_attributes(volume, *file.File, request.attributes);
  }
  if (NT_SUCCESS(status)) {
    file.Fcb = IopOpenFcb(*file.Vcb, file.File, file.Path);
    if (file.Fcb == nullptr) status = STATUS_INSUFFICIENT_RESOURCES;
  }
  if (!NT_SUCCESS(status)) {
    file.File = nullptr;
    return status;
  }
  InsertTailList(&file.Vcb->OpenFiles, &file.OpenLinks);
  file.Linked = TRUE;
  file.DeletePending = (request.options & FILE_DELETE_ON_CLOSE) != 0 ? TRUE : FALSE;
  return STATUS_SUCCESS;
}

void delete_file_object(PVOID body) {
  auto* file = static_cast<FILE_OBJECT*>(body);
  if (file->File == nullptr) return;
  CcUninitializeCacheMap(*file);
  const IoVolumeGuard volume(*file->Vcb);
  if (file->Linked) RemoveEntryList(&file->OpenLinks);
  if (file->DeletePending) file->Fcb->DeleteOnClose = TRUE;
  IopCloseFcb(file->Fcb);
}

/// Reads, writes and directory scans happen inside the call: a file is always signaled.
constinit KEVENT IopAlwaysSignaled = {
    {EventNotificationObject,
     0,
     0,
     0,
     1,
     {&IopAlwaysSignaled.Header.WaitListHead, &IopAlwaysSignaled.Header.WaitListHead}}};
DISPATCHER_HEADER* file_wait_object(PVOID) { return &IopAlwaysSignaled.Header; }

NTSTATUS return_open(FILE_OBJECT* file, ULONG flags, PHANDLE user_handle,
                     PIO_STATUS_BLOCK io_status, ULONG information) {
  const ObjectReference<FILE_OBJECT> held(file);
  HANDLE_TABLE& table = PsGetCurrentProcess()->ObjectTable;
  HANDLE handle;
  NTSTATUS status = ObInsertHandle(table, file, file->GrantedAccess, flags, handle);
  if (!NT_SUCCESS(status)) return status;
  status = MmWriteUser(user_handle, handle);
  if (NT_SUCCESS(status)) {
    status = MmWriteUser(io_status, IO_STATUS_BLOCK{STATUS_SUCCESS, information});
  }
  if (!NT_SUCCESS(status)) ObCloseHandle(table, handle);
  return status;
}

}  // namespace

constinit OBJECT_TYPE IoFileObjectType = {
    .Name = "File",
    .ValidAccessMask = FILE_ALL_ACCESS,
    .GenericRead = FILE_GENERIC_READ,
    .GenericWrite = FILE_GENERIC_WRITE,
    .GenericExecute = FILE_EXECUTE | FILE_READ_ATTRIBUTES | READ_CONTROL | SYNCHRONIZE,
    .DeleteProcedure = delete_file_object,
    .CloseProcedure = nullptr,
    .WaitObject = file_wait_object,
};

NTSTATUS IoOpenFile(const IoPath& path, const IoOpenRequest& request, FILE_OBJECT*& file,
                    ULONG& information) {
  if (request.disposition > FILE_OVERWRITE_IF) return STATUS_INVALID_PARAMETER;
  constexpr ULONG both = FILE_DIRECTORY_FILE | FILE_NON_DIRECTORY_FILE;
  if ((request.options & both) == both) return STATUS_INVALID_PARAMETER;
  file = static_cast<FILE_OBJECT*>(ObCreateObject(IoFileObjectType, sizeof(FILE_OBJECT)));
  if (file == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  file->Device = path.device;
  file->GrantedAccess = request.access;
  file->ShareAccess = request.share;
  information = FILE_OPENED;
  if (path.device != IoDevice::Disk) return STATUS_SUCCESS;
  file->Vcb = path.volume;
  memcpy(file->Path, path.path, sizeof path.path);
  file->NoBuffering = (request.options & FILE_NO_INTERMEDIATE_BUFFERING) != 0 ? TRUE : FALSE;
  file->WriteThrough = (request.options & FILE_WRITE_THROUGH) != 0 ? TRUE : FALSE;
  NTSTATUS status = open_on_disk(request, *file, information);
  if (NT_SUCCESS(status) && (information == FILE_SUPERSEDED || information == FILE_OVERWRITTEN)) {
    status = CcSetFileSize(file->Fcb, 0);
    if (!NT_SUCCESS(status)) file->DeletePending = FALSE;
  }
  if (!NT_SUCCESS(status)) {
    ObDereferenceObject(file);
    file = nullptr;
  }
  return status;
}

NTSTATUS NTAPI NtCreateFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                            PIO_STATUS_BLOCK io_status, PLARGE_INTEGER, ULONG file_attributes,
                            ULONG share, ULONG disposition, ULONG options, PVOID ea_buffer, ULONG ea_length) {
  if (ea_buffer != nullptr || ea_length != 0) return STATUS_INVALID_PARAMETER;
  IoPath path;
  ULONG flags, information;
  NTSTATUS status = IoParsePath(attributes, path, flags);
  if (!NT_SUCCESS(status)) return status;
  const IoOpenRequest request = {ObMapGenericAccess(IoFileObjectType, access), share, disposition,
                                 options, file_attributes};
  FILE_OBJECT* file;
  status = IoOpenFile(path, request, file, information);
  return NT_SUCCESS(status) ? return_open(file, flags, handle, io_status, information) : status;
}

NTSTATUS NTAPI NtOpenFile(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes,
                          PIO_STATUS_BLOCK io_status, ULONG share, ULONG options) {
  return NtCreateFile(handle, access, attributes, io_status, nullptr, 0, share, FILE_OPEN, options,
                      nullptr, 0);
}
