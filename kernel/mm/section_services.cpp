// NtCreateSection, NtOpenSection, NtMapViewOfSection, NtUnmapViewOfSection, NtQuerySection.
#include "kernel/io/file_object.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/directory.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/system_services.hpp"

namespace {

constexpr ULONG known_attributes =
    SEC_BASED | SEC_NO_CHANGE | SEC_FILE | SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE;

void delete_section(PVOID body) {
  CONTROL_AREA* area = static_cast<SECTION*>(body)->ControlArea;
  if (area != nullptr) MiDereferenceSection(area);
}

/// Exactly one of the three kinds; the kernel has no based sections.
NTSTATUS check_attributes(ULONG attributes, HANDLE file) {
  if ((attributes & ~known_attributes) != 0) return STATUS_INVALID_PARAMETER_6;
  const ULONG kind = attributes & (SEC_IMAGE | SEC_RESERVE | SEC_COMMIT);
  if (kind == 0 || (kind & (kind - 1)) != 0 || (attributes & SEC_BASED) != 0) {
    return STATUS_INVALID_PARAMETER_6;
  }
  if (kind == SEC_IMAGE && (attributes & ~SEC_IMAGE) != 0) return STATUS_INVALID_PARAMETER_6;
  return kind == SEC_IMAGE && file == nullptr ? STATUS_INVALID_FILE_FOR_SECTION : STATUS_SUCCESS;
}

/// What the handle to a section must allow for a view of this protection.
ACCESS_MASK access_for(MMPROTECTION protection) {
  ACCESS_MASK access = SECTION_MAP_READ;
  if (MiAllowsWrite(protection) && !MiIsWriteCopy(protection)) access = SECTION_MAP_WRITE;
  return access | (MiIsExecutable(protection) ? SECTION_MAP_EXECUTE : 0);
}

/// What the handle to a file must allow for a section of this protection.
ACCESS_MASK file_access_for(MMPROTECTION protection) {
  ACCESS_MASK access = MiIsExecutable(protection) ? FILE_EXECUTE : 0;
  if ((protection & MM_PROTECT_ACCESS) != MM_EXECUTE) access |= FILE_READ_DATA;
  if (MiAllowsWrite(protection) && !MiIsWriteCopy(protection)) access |= FILE_WRITE_DATA;
  return access;
}

NTSTATUS reference_file(HANDLE handle, SECTION& section) {
  ObjectReference<FILE_OBJECT> file;
  const NTSTATUS status =
      ObReferenceByHandle(handle, file_access_for(section.Protection), IoFileObjectType, file);
  if (!NT_SUCCESS(status)) return status;
  if (file->Device != IoDevice::Disk || file->File->is_directory()) {
    return STATUS_INVALID_FILE_FOR_SECTION;
  }
  if ((section.AllocationAttributes & SEC_IMAGE) != 0) return MmOpenImage(*file.get(), section);
  const bool writable = MiAllowsWrite(section.Protection) && !MiIsWriteCopy(section.Protection);
  return MiReferenceDataFile(*file.get(), writable, section.SizeOfSection, section.ControlArea);
}

NTSTATUS reference_process(HANDLE handle, ObjectReference<EPROCESS>& process) {
  const NTSTATUS status = ObReferenceByHandle(handle, PROCESS_VM_OPERATION, PsProcessType, process);
  if (!NT_SUCCESS(status)) return status;
  return process->Exiting && process.get() != PsGetCurrentProcess() ? STATUS_PROCESS_IS_TERMINATING
                                                                    : STATUS_SUCCESS;
}

}  // namespace

constinit OBJECT_TYPE MmSectionObjectType = {
    .Name = "Section",
    .ValidAccessMask = SECTION_ALL_ACCESS,
    .GenericRead = READ_CONTROL | SECTION_QUERY | SECTION_MAP_READ,
    .GenericWrite = READ_CONTROL | SECTION_MAP_WRITE,
    .GenericExecute = READ_CONTROL | SECTION_MAP_EXECUTE,
    .DeleteProcedure = delete_section,
    .CloseProcedure = nullptr,
    .WaitObject = nullptr,
};

NTSTATUS MmOpenImage(FILE_OBJECT& file, SECTION& section) {
  const NTSTATUS status = MiReferenceImageFile(file, section.ControlArea);
  if (!NT_SUCCESS(status)) return status;
  section.AllocationAttributes = SEC_IMAGE;
  section.SizeOfSection = section.ControlArea->Segment.SizeOfSegment;
  section.Protection = MM_EXECUTE_WRITECOPY;
  return status;
}

NTSTATUS NTAPI NtCreateSection(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES user,
                               PLARGE_INTEGER maximum_size, ULONG protect, ULONG attributes,
                               HANDLE file) {
  ObjectAttributes object;
  NTSTATUS status = object.capture(user);
  if (NT_SUCCESS(status)) status = check_attributes(attributes, file);
  if (!NT_SUCCESS(status)) return status;
  const MMPROTECTION protection = MiMakeProtectionMask(protect);
  if (protection == MM_INVALID_PROTECTION || MiIsNoAccess(protection) || MiIsGuard(protection)) {
    return STATUS_INVALID_PAGE_PROTECTION;
  }
  LARGE_INTEGER size = {};
  if (maximum_size != nullptr) status = MmReadUser(maximum_size, size);
  if (!NT_SUCCESS(status)) return status;
  if (size.QuadPart < 0) return STATUS_SECTION_TOO_BIG;
  auto* section = static_cast<SECTION*>(ObCreateObject(MmSectionObjectType, sizeof(SECTION)));
  if (section == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  section->AllocationAttributes = attributes;
  section->SizeOfSection = static_cast<ULONGLONG>(size.QuadPart);
  section->Protection = protection;
  if (file != nullptr) {
    status = reference_file(file, *section);
  } else {
    status = MiCreatePagingFileMap(section->SizeOfSection, protection,
                                   (attributes & SEC_COMMIT) != 0, section->ControlArea);
  }
  if (NT_SUCCESS(status)) return ObInsertObject(section, object, access, handle);
  ObDereferenceObject(section);
  return status;
}

NTSTATUS NTAPI NtOpenSection(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes) {
  return ObOpenObjectByName(attributes, MmSectionObjectType, access, handle);
}

NTSTATUS NTAPI NtMapViewOfSection(HANDLE handle, HANDLE process_handle, PVOID* base,
                                  ULONG zero_bits, SIZE_T commit_size, PLARGE_INTEGER offset,
                                  PSIZE_T size, SECTION_INHERIT inherit, ULONG type,
                                  ULONG protect) {
  if (inherit != ViewShare && inherit != ViewUnmap) return STATUS_INVALID_PARAMETER_8;
  PVOID address;
  LARGE_INTEGER from = {};
  MmView view = {};
  NTSTATUS status = MmReadUser(base, address);
  if (NT_SUCCESS(status)) status = MmReadUser(size, view.size);
  if (NT_SUCCESS(status) && offset != nullptr) status = MmReadUser(offset, from);
  if (!NT_SUCCESS(status)) return status;
  view.base = reinterpret_cast<ULONG>(address);
  view.offset = static_cast<ULONGLONG>(from.QuadPart);
  const MMPROTECTION protection = MiMakeProtectionMask(protect);
  if (protection == MM_INVALID_PROTECTION) return STATUS_INVALID_PAGE_PROTECTION;
  ObjectReference<SECTION> section;
  status = ObReferenceByHandle(handle, access_for(protection), MmSectionObjectType, section);
  if (!NT_SUCCESS(status)) return status;
  ObjectReference<EPROCESS> process;
  status = reference_process(process_handle, process);
  if (!NT_SUCCESS(status)) return status;
  {
    const KAttachGuard attach(&process->Pcb);
    status = MmMapViewOfSection(section.get(), process.get(), view, zero_bits, commit_size,
                                inherit == ViewShare, type, protect);
  }
  if (!NT_SUCCESS(status)) return status;
  status = MmWriteUser(base, reinterpret_cast<PVOID>(view.base));
  return NT_SUCCESS(status) ? MmWriteUser(size, view.size) : status;
}

NTSTATUS NTAPI NtUnmapViewOfSection(HANDLE handle, PVOID base) {
  ObjectReference<EPROCESS> process;
  const NTSTATUS status = reference_process(handle, process);
  if (!NT_SUCCESS(status)) return status;
  const KAttachGuard attach(&process->Pcb);
  return MmUnmapViewOfSection(process.get(), reinterpret_cast<ULONG>(base));
}

NTSTATUS NTAPI NtFlushVirtualMemory(HANDLE handle, PVOID* base, PSIZE_T size,
                                    PIO_STATUS_BLOCK io_status) {
  PVOID address;
  MmView view = {};
  NTSTATUS status = MmReadUser(base, address);
  if (NT_SUCCESS(status)) status = MmReadUser(size, view.size);
  if (!NT_SUCCESS(status)) return status;
  view.base = reinterpret_cast<ULONG>(address);
  ObjectReference<EPROCESS> process;
  status = reference_process(handle, process);
  if (!NT_SUCCESS(status)) return status;
  {
    const KAttachGuard attach(&process->Pcb);
    status = MmFlushVirtualMemory(process.get(), view);
  }
  NTSTATUS written = MmWriteUser(io_status, IO_STATUS_BLOCK{status, 0});
  if (NT_SUCCESS(written)) written = MmWriteUser(base, reinterpret_cast<PVOID>(view.base));
  if (NT_SUCCESS(written)) written = MmWriteUser(size, view.size);
  return NT_SUCCESS(status) ? written : status;
}

NTSTATUS NTAPI NtQuerySection(HANDLE handle, SECTION_INFORMATION_CLASS which, PVOID information,
                              SIZE_T length, PSIZE_T return_length) {
  if (which != SectionBasicInformation) return STATUS_INVALID_INFO_CLASS;
  SECTION_BASIC_INFORMATION basic = {};
  if (length < sizeof basic) return STATUS_INFO_LENGTH_MISMATCH;
  ObjectReference<SECTION> section;
  NTSTATUS status = ObReferenceByHandle(handle, SECTION_QUERY, MmSectionObjectType, section);
  if (!NT_SUCCESS(status)) return status;
  basic.AllocationAttributes = section->AllocationAttributes;
  basic.MaximumSize.QuadPart = static_cast<LONGLONG>(section->SizeOfSection);
  status = MmWriteUser(reinterpret_cast<ULONG>(information), basic);
  return NT_SUCCESS(status) ? MmWriteUserOptional(return_length, SIZE_T{sizeof basic}) : status;
}
