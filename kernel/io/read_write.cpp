// NtReadFile and NtWriteFile: files through the cache, the console by way of a buffer.
#include "kernel/io/cache.hpp"
#include "kernel/io/console.hpp"
#include "kernel/io/statistics.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/apc.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/system_services.hpp"

IoStatistics IoCounts = {};

namespace {

constexpr ULONG buffer_tag = PoolTag("IoBf");
constexpr LONGLONG use_current_position = -2, end_of_file_position = -1;

struct Transfer {
  FILE_OBJECT* file;
  ULONG user_buffer, length;
  UCHAR* buffer;     // a page, for the console
  ULONG offset = 0;  // in the file
  ULONG done = 0;
};

ULONG next_part(const Transfer& transfer) {
  const ULONG left = transfer.length - transfer.done;
  return left < PAGE_SIZE ? left : PAGE_SIZE;
}

NTSTATUS read_console(Transfer& transfer) {
  ULONG count;
  NTSTATUS status =
      IoConsoleRead(reinterpret_cast<char*>(transfer.buffer), next_part(transfer), count);
  if (status != STATUS_SUCCESS) return status;
  status = MmCopyToUser(transfer.user_buffer, transfer.buffer, count);
  if (NT_SUCCESS(status)) transfer.done = count;
  return status;
}

/// The null device takes what it is given without looking.
NTSTATUS write_null(Transfer& transfer) {
  transfer.done = transfer.length;
  return STATUS_SUCCESS;
}

NTSTATUS write_console(Transfer& transfer) {
  while (transfer.done < transfer.length) {
    const ULONG part = next_part(transfer);
    const NTSTATUS status =
        MmCopyFromUser(transfer.buffer, transfer.user_buffer + transfer.done, part);
    if (!NT_SUCCESS(status)) return status;
    IoConsoleWrite(reinterpret_cast<const char*>(transfer.buffer), part);
    transfer.done += part;
  }
  return STATUS_SUCCESS;
}

NTSTATUS read_disk(Transfer& transfer) {
  const CcBuffer to = {reinterpret_cast<PVOID>(transfer.user_buffer), true};
  return CcCopyRead(*transfer.file, transfer.offset, transfer.length, to, transfer.done);
}

NTSTATUS write_disk(Transfer& transfer) {
  const CcBuffer from = {reinterpret_cast<PVOID>(transfer.user_buffer), true};
  return CcCopyWrite(*transfer.file, transfer.offset, transfer.length, from, transfer.done);
}

/// Where in the file; for devices without positions it stays 0. Past what a file can hold there is
/// nothing to read, and no room.
NTSTATUS find_offset(PLARGE_INTEGER user_offset, const FILE_OBJECT& file, bool writes,
                     bool append_only, ULONG& offset) {
  offset = 0;
  if (file.Device != IoDevice::Disk) return STATUS_SUCCESS;
  if (file.File->is_directory()) return STATUS_INVALID_DEVICE_REQUEST;
  LARGE_INTEGER asked = {.QuadPart = use_current_position};
  if (user_offset != nullptr) {
    const NTSTATUS status = MmReadUser(user_offset, asked);
    if (!NT_SUCCESS(status)) return status;
  }
  if (append_only || asked.QuadPart == end_of_file_position) {
    asked.QuadPart = file.File->size;
  } else if (asked.QuadPart == use_current_position) {
    asked.QuadPart = file.CurrentByteOffset;
  }
  if (asked.QuadPart < 0) return STATUS_INVALID_PARAMETER;
  if (asked.QuadPart > IoLargestFile) return writes ? STATUS_DISK_FULL : STATUS_END_OF_FILE;
  offset = asked.LowPart;
  return STATUS_SUCCESS;
}

/// How its caller wants to hear of the end of a transfer. An APC comes for what has succeeded.
struct Completion {
  HANDLE event;
  PIO_APC_ROUTINE apc;
  PVOID context;
  PIO_STATUS_BLOCK io_status;
};

/// Position, status block, event: what a finished transfer leaves behind.
NTSTATUS complete(const Transfer& transfer, NTSTATUS status, KEVENT* event,
                  PIO_STATUS_BLOCK io_status) {
  if (transfer.file->Device == IoDevice::Disk && transfer.done != 0) {
    transfer.file->CurrentByteOffset = LONGLONG{transfer.offset} + transfer.done;
  }
  const NTSTATUS written = MmWriteUser(io_status, IO_STATUS_BLOCK{status, transfer.done});
  if (!NT_SUCCESS(written)) return written;
  if (event != nullptr) KeSetEvent(event);
  return status;
}

template <class Move>
NTSTATUS transfer_file(HANDLE handle, ACCESS_MASK access, const Completion& completion,
                       PVOID buffer, ULONG length, PLARGE_INTEGER byte_offset, bool writes,
                       bool append_only, Move move) {
  ObjectReference<FILE_OBJECT> file;
  NTSTATUS status = ObReferenceByHandle(handle, access, IoFileObjectType, file);
  if (!NT_SUCCESS(status)) return status;
  ObjectReference<KEVENT> event;
  if (completion.event != nullptr) {
    status = ObReferenceByHandle(completion.event, EVENT_MODIFY_STATE, ExEventObjectType, event);
    if (!NT_SUCCESS(status)) return status;
    KeResetEvent(event.get());
  }
  Transfer transfer = {file.get(), reinterpret_cast<ULONG>(buffer), length, nullptr};
  status = find_offset(byte_offset, *file.get(), writes, append_only, transfer.offset);
  if (!NT_SUCCESS(status)) return status;
  // Without intermediate buffering whole sectors only, as on a device.
  constexpr ULONG in_sector = BlockDevice::sector_size - 1;
  if (file->NoBuffering && ((transfer.offset | length) & in_sector) != 0) {
    return STATUS_INVALID_PARAMETER;
  }
  KAPC* apc = nullptr;
  if (completion.apc != nullptr) {
    status = PsCreateUserApc(KeGetCurrentThread(), reinterpret_cast<ULONG>(completion.apc),
                             reinterpret_cast<ULONG>(completion.context), apc);
    if (!NT_SUCCESS(status)) return status;
  }
  if (file->Device == IoDevice::Console) {
    transfer.buffer =
        static_cast<UCHAR*>(ExAllocatePoolWithTag(NonPagedPool, PAGE_SIZE, buffer_tag));
    if (transfer.buffer == nullptr) {
      if (apc != nullptr) PsDeleteUserApc(apc);
      return STATUS_INSUFFICIENT_RESOURCES;
    }
  }
  status = length == 0 ? STATUS_SUCCESS : move(transfer);
  if (transfer.buffer != nullptr) ExFreePool(transfer.buffer);
  status = complete(transfer, status, event.get(), completion.io_status);
  if (apc != nullptr &&
      (!NT_SUCCESS(status) ||
       !KeInsertQueueApc(apc, reinterpret_cast<ULONG>(completion.io_status), 0))) {
    PsDeleteUserApc(apc);
  }
  return status;
}

}  // namespace

NTSTATUS NTAPI NtReadFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID context,
                          PIO_STATUS_BLOCK io_status, PVOID buffer, ULONG length,
                          PLARGE_INTEGER byte_offset, PULONG) {
  return transfer_file(handle, FILE_READ_DATA, {event, apc, context, io_status}, buffer, length,
                       byte_offset, false, false, [](Transfer& transfer) {
                         NTSTATUS status = STATUS_END_OF_FILE;  // the null device
                         if (transfer.file->Device == IoDevice::Console) {
                           status = read_console(transfer);
                         } else if (transfer.file->Device == IoDevice::Disk) {
                           status = read_disk(transfer);
                         }
                         ++IoCounts.read_operations;
                         IoCounts.bytes_read += transfer.done;
                         return status;
                       });
}

NTSTATUS NTAPI NtWriteFile(HANDLE handle, HANDLE event, PIO_APC_ROUTINE apc, PVOID context,
                           PIO_STATUS_BLOCK io_status, PVOID buffer, ULONG length,
                           PLARGE_INTEGER byte_offset, PULONG) {
  ACCESS_MASK granted = 0;
  {
    ObjectReference<FILE_OBJECT> file;
    const NTSTATUS status = ObReferenceByHandle(handle, 0, IoFileObjectType, file, &granted);
    if (!NT_SUCCESS(status)) return status;
    if ((granted & (FILE_WRITE_DATA | FILE_APPEND_DATA)) == 0) return STATUS_ACCESS_DENIED;
  }
  const bool append_only = (granted & FILE_WRITE_DATA) == 0;
  return transfer_file(handle, 0, {event, apc, context, io_status}, buffer, length, byte_offset,
                       true, append_only, [](Transfer& transfer) {
                         const IoDevice device = transfer.file->Device;
                         const NTSTATUS status = device == IoDevice::Disk ? write_disk(transfer)
                                                 : device == IoDevice::Null
                                                     ? write_null(transfer)
                                                     : write_console(transfer);
                         ++IoCounts.write_operations;
                         IoCounts.bytes_written += transfer.done;
                         return status;
                       });
}

NTSTATUS NTAPI NtFlushBuffersFile(HANDLE handle, PIO_STATUS_BLOCK io_status) {
  ObjectReference<FILE_OBJECT> file;
  NTSTATUS status = ObReferenceByHandle(handle, 0, IoFileObjectType, file);
  if (!NT_SUCCESS(status)) return status;
  if (file->Device == IoDevice::Disk) status = CcFlushCache(file->Fcb);
  const NTSTATUS written = MmWriteUser(io_status, IO_STATUS_BLOCK{status, 0});
  return NT_SUCCESS(written) ? status : written;
}
