// Paging files: how they come to be. NtCreatePagingFile, and what the boot options ask for.
#include "kernel/mm/paging_file.hpp"

#include "kernel/ex/boot_options.hpp"
#include "kernel/ex/paging_file_option.hpp"
#include "kernel/io/console.hpp"
#include "kernel/io/paging_io.hpp"
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ob/object.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/system_services.hpp"

extern "C" {
constinit MMPAGING_FILE* MmPagingFile[MAX_PAGE_FILES] = {};
ULONG MmNumberOfPagingFiles = 0, MmLostPageFilePages = 0;
}
constinit FAST_MUTEX MmPageFileCreationLock = {};

namespace {

constexpr ULONG space_tag = PoolTag("MmPf");
constexpr ULONGLONG least_size = 0x100000, most_size = ULONGLONG{ExMostMegabytes} << 20;
static_assert(most_size >> PAGE_SHIFT < 1u << MM_PAGE_FILE_PAGE_BITS);
constexpr KPRIORITY modified_writer_priority = 17;

WCHAR to_upper(WCHAR c) { return c >= L'a' && c <= L'z' ? static_cast<WCHAR>(c - L'a' + L'A') : c; }

bool same_name(const MMPAGING_FILE& file, const UNICODE_STRING& name) {
  if (file.NameLength != name.Length) return false;
  for (ULONG i = 0; i < name.Length / sizeof(WCHAR); ++i) {
    if (to_upper(file.Name[i]) != to_upper(name.Buffer[i])) return false;
  }
  return true;
}

MMPAGING_FILE* find(const UNICODE_STRING& name) {
  for (ULONG i = 0; i < MmNumberOfPagingFiles; ++i) {
    if (same_name(*MmPagingFile[i], name)) return MmPagingFile[i];
  }
  return nullptr;
}

void free_file(MMPAGING_FILE* file) {
  if (file->Space.Bitmap != nullptr) ExFreePool(file->Space.Bitmap);
  ExFreePool(file);
}

MMPAGING_FILE* allocate_file(const UNICODE_STRING& name, ULONG minimum, ULONG maximum) {
  auto* file = static_cast<MMPAGING_FILE*>(
      ExAllocatePoolWithTag(NonPagedPool, sizeof(MMPAGING_FILE), space_tag));
  if (file == nullptr) return nullptr;
  RtlZeroMemory(file, sizeof *file);
  const ULONG bytes = MiBitmapWords(maximum) * sizeof(ULONG);
  file->Space.Bitmap =
      static_cast<arch::u32*>(ExAllocatePoolWithTag(NonPagedPool, bytes, space_tag));
  if (file->Space.Bitmap == nullptr) {
    free_file(file);
    return nullptr;
  }
  RtlZeroMemory(file->Space.Bitmap, bytes);
  MiInitializePageFileSpace(file->Space, file->Space.Bitmap, 1, maximum);
  file->MinimumSize = minimum;
  KeInitializeEvent(&file->WriterEvent, SynchronizationEvent, false);
  file->NameLength = name.Length;
  memcpy(file->Name, name.Buffer, name.Length);
  return file;
}

/// What a file that was there has already, then more until it has its minimum.
NTSTATUS give_sectors(MMPAGING_FILE& file) {
  ULONG size;
  NTSTATUS status =
      IoPreparePagingFile(file.File, PAGE_SIZE, file.Space.MaximumSize * PAGE_SIZE, size);
  for (ULONG offset = 0, sector, length; NT_SUCCESS(status) && offset < size; offset += length) {
    status = IoFindPagingFileRun(file.File, offset, sector, length);
    if (!NT_SUCCESS(status)) return status;
    if (!MiAddPagingFileRun(file.Map, sector, length / PAGE_SIZE,
                            PAGE_SIZE / BlockDevice::sector_size)) {
      return STATUS_DISK_FULL;
    }
  }
  if (!NT_SUCCESS(status)) return status;
  if (file.Map.Pages != 0) MiExtendPageFileSpace(file.Space, file.Map.Pages - 1);
  while (file.Map.Pages < file.MinimumSize) {
    if (MiExtendPagingFile(file, file.MinimumSize - file.Map.Pages) == 0) return STATUS_DISK_FULL;
  }
  return STATUS_SUCCESS;
}

/// Opens it, gives it sectors and a writer, and lets the system use it.
NTSTATUS build_file(MMPAGING_FILE& file, const UNICODE_STRING& name) {
  NTSTATUS status = IoOpenPagingFile(name, file.File);
  if (!NT_SUCCESS(status)) return status;
  file.Device = &IoPagingDevice(file.File);
  status = give_sectors(file);
  file.Number = MmNumberOfPagingFiles;
  if (NT_SUCCESS(status)) {
    status = PsCreateSystemThread(MiModifiedPageWriter, &file, modified_writer_priority);
  }
  if (!NT_SUCCESS(status)) {
    IoDeletePagingFile(file.File);
    return status;
  }
  const KDispatchGuard guard;
  MmPagingFile[MmNumberOfPagingFiles++] = &file;
  MmTotalCommitLimit += file.Space.FreeSpace;
  return STATUS_SUCCESS;
}

/// One that exists gets a larger minimum and maximum. What is there stays.
NTSTATUS raise_sizes(MMPAGING_FILE& file, ULONG minimum, ULONG maximum) {
  if (minimum < file.MinimumSize) return STATUS_INVALID_PARAMETER_2;
  if (maximum < file.Space.MaximumSize) return STATUS_INVALID_PARAMETER_3;
  const ULONG bytes = MiBitmapWords(maximum) * sizeof(ULONG);
  auto* bitmap = static_cast<arch::u32*>(ExAllocatePoolWithTag(NonPagedPool, bytes, space_tag));
  if (bitmap == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  RtlZeroMemory(bitmap, bytes);
  {
    const KDispatchGuard guard;
    memcpy(bitmap, file.Space.Bitmap, MiBitmapWords(file.Space.MaximumSize) * sizeof(ULONG));
    arch::u32* old = file.Space.Bitmap;
    file.Space.Bitmap = bitmap;
    file.Space.MaximumSize = maximum;
    file.MinimumSize = minimum;
    bitmap = old;
  }
  ExFreePool(bitmap);
  while (file.Map.Pages < minimum) {
    if (MiExtendPagingFile(file, minimum - file.Map.Pages) == 0) return STATUS_DISK_FULL;
  }
  return STATUS_SUCCESS;
}

/// \??\C:\PAGEFILE.SYS; the next ones are called \PAGEFIL1.SYS and so on.
struct BootPagingFileName {
  BootPagingFileName(char drive, unsigned number) {
    append("\\??\\C:\\PAGEFILE");
    text[4] = static_cast<WCHAR>(drive);
    if (number != 0) length -= number < 10 ? 1u : 2u;
    if (number >= 10) text[length++] = L'1';
    if (number != 0) text[length++] = static_cast<WCHAR>(L'0' + number % 10);
    append(".SYS");
    string = {static_cast<USHORT>(length * sizeof(WCHAR)), sizeof text, text};
  }
  void append(const char* characters) {
    for (; *characters != '\0'; ++characters) text[length++] = static_cast<WCHAR>(*characters);
  }
  WCHAR text[24];
  unsigned length = 0;
  UNICODE_STRING string;
};

void create_at_boot(char drive, unsigned number, ULONGLONG minimum, ULONGLONG maximum) {
  const BootPagingFileName name(drive, number);
  const NTSTATUS status = MmCreatePagingFile(name.string, minimum, maximum);
  if (!NT_SUCCESS(status)) DbgPrint("%wZ: no paging file, status %08X\n", &name.string, status);
}

/// Memory and 12 MB, growing to memory and 50 MB; but half of what is free stays free.
void create_usual_file() {
  constexpr ULONG megabyte = 0x100000;
  const ULONG memory = (MmNumberOfPhysicalPages << PAGE_SHIFT) & ~(megabyte - 1);
  const BootPagingFileName name('C', 0);
  FILE_OBJECT* file = nullptr;
  ULONG free = 0;
  if (!NT_SUCCESS(IoOpenPagingFile(name.string, file))) return;
  const NTSTATUS status = IoQueryPagingFileRoom(file, free);
  ObDereferenceObject(file);
  const ULONG most = free / 2 & ~(megabyte - 1);
  if (!NT_SUCCESS(status) || most < least_size) return;
  const ULONG minimum = memory + 12 * megabyte, maximum = memory + 50 * megabyte;
  create_at_boot('C', 0, minimum < most ? minimum : most, maximum < most ? maximum : most);
}

}  // namespace

void MmCreateBootPagingFiles(const char* options) {
  const char* option = ExFindBootOption(options, "PAGEFILE=");
  ExPagingFileOption files[MAX_PAGE_FILES];
  const int count = option == nullptr ? -1 : ExParsePagingFiles(option, files, MAX_PAGE_FILES);
  if (option != nullptr && count < 0) DbgPrint("PAGEFILE=%s: not understood\n", option);
  if (count < 0) create_usual_file();
  for (int i = 0; i < count; ++i) {
    unsigned number = 0;  // among those on the same drive
    for (int before = 0; before < i; ++before) number += files[before].Drive == files[i].Drive;
    create_at_boot(files[i].Drive, number, ULONGLONG{files[i].Minimum} << 20,
                   ULONGLONG{files[i].Maximum} << 20);
  }
}

NTSTATUS MmCreatePagingFile(const UNICODE_STRING& name, ULONGLONG minimum, ULONGLONG maximum) {
  if (name.Length == 0) return STATUS_OBJECT_NAME_INVALID;
  if (name.Length > sizeof(MMPAGING_FILE::Name)) return STATUS_NAME_TOO_LONG;
  if (minimum < least_size || minimum > most_size) return STATUS_INVALID_PARAMETER_2;
  if (maximum < minimum || maximum > most_size) return STATUS_INVALID_PARAMETER_3;
  const ULONG least = static_cast<ULONG>(minimum >> PAGE_SHIFT);
  const ULONG most = static_cast<ULONG>(maximum >> PAGE_SHIFT);
  const FastMutexGuard lock(MmPageFileCreationLock);
  if (MMPAGING_FILE* file = find(name)) return raise_sizes(*file, least, most);
  if (MmNumberOfPagingFiles == MAX_PAGE_FILES) return STATUS_TOO_MANY_PAGING_FILES;
  MMPAGING_FILE* file = allocate_file(name, least, most);
  if (file == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const NTSTATUS status = build_file(*file, name);
  if (!NT_SUCCESS(status)) free_file(file);
  return status;
}

NTSTATUS NTAPI NtCreatePagingFile(PUNICODE_STRING name, PLARGE_INTEGER minimum,
                                  PLARGE_INTEGER maximum, ULONG) {
  CapturedString<sizeof(MMPAGING_FILE::Name) / sizeof(WCHAR)> path;
  LARGE_INTEGER least, most;
  NTSTATUS status = path.capture(name);
  if (NT_SUCCESS(status)) status = MmReadUser(minimum, least);
  if (NT_SUCCESS(status)) status = MmReadUser(maximum, most);
  if (!NT_SUCCESS(status)) return status;
  return MmCreatePagingFile(path.string, static_cast<ULONGLONG>(least.QuadPart),
                            static_cast<ULONGLONG>(most.QuadPart));
}

ULONG MiFreePageFileSpace() {
  ULONG pages = 0;
  for (ULONG i = 0; i < MmNumberOfPagingFiles; ++i) pages += MmPagingFile[i]->Space.FreeSpace;
  return pages;
}

void MiReleasePageFileSpace(MMPTE pte) {
  const ULONG place = pte.page_file_place();
  if (place == 0) return;
  MMPAGING_FILE* file = MmPagingFile[MiFileOfPlace(place)];
  if (file == nullptr || !MiFreePageFilePage(file->Space, MiPageOfPlace(place))) {
    KeBugCheckEx(MEMORY_MANAGEMENT, 3, pte.Long, place, MmNumberOfPagingFiles);
  }
}

void MiLosePageFileSpace(ULONG pages) {
  MmLostPageFilePages += pages;
  MmTotalCommitLimit -= pages < MmTotalCommitLimit ? pages : MmTotalCommitLimit;
}
