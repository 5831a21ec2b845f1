// NTSTATUS to Win32 error code, as GetLastError gives it. [SDK]
#pragma once

#include "arch/integers.hpp"

namespace rtl {

struct StatusError {
  arch::u32 status, error;
};

inline constexpr arch::u32 error_mr_mid_not_found = 317;  // what NT answers for a status unknown

/// Sorted by status.
// clang-format off
inline constexpr StatusError status_errors[] = {
    {0x00000000, 0},     // STATUS_SUCCESS
    {0x00000103, 997},   // PENDING: IO_PENDING
    {0x40000000, 698},   // OBJECT_NAME_EXISTS
    {0x80000002, 998},   // DATATYPE_MISALIGNMENT: NOACCESS
    {0x80000005, 234},   // BUFFER_OVERFLOW: MORE_DATA
    {0x80000006, 18},    // NO_MORE_FILES
    {0x8000000D, 299},   // PARTIAL_COPY
    {0xC0000001, 31},    // UNSUCCESSFUL: GEN_FAILURE
    {0xC0000002, 1},     // NOT_IMPLEMENTED: INVALID_FUNCTION
    {0xC0000003, 87},    // INVALID_INFO_CLASS: INVALID_PARAMETER
    {0xC0000004, 24},    // INFO_LENGTH_MISMATCH: BAD_LENGTH
    {0xC0000005, 998},   // ACCESS_VIOLATION: NOACCESS
    {0xC0000006, 999},   // IN_PAGE_ERROR: SWAPERROR
    {0xC0000007, 1454},  // PAGEFILE_QUOTA
    {0xC0000008, 6},     // INVALID_HANDLE
    {0xC000000B, 87},    // INVALID_CID
    {0xC000000D, 87},    // INVALID_PARAMETER
    {0xC000000E, 2},     // NO_SUCH_DEVICE: FILE_NOT_FOUND
    {0xC000000F, 2},     // NO_SUCH_FILE: FILE_NOT_FOUND
    {0xC0000010, 1},     // INVALID_DEVICE_REQUEST: INVALID_FUNCTION
    {0xC0000011, 38},    // END_OF_FILE: HANDLE_EOF
    {0xC0000017, 8},     // NO_MEMORY: NOT_ENOUGH_MEMORY
    {0xC0000018, 487},   // CONFLICTING_ADDRESSES: INVALID_ADDRESS
    {0xC0000019, 487},   // NOT_MAPPED_VIEW
    {0xC000001A, 87},    // UNABLE_TO_FREE_VM
    {0xC000001B, 87},    // UNABLE_TO_DELETE_SECTION
    {0xC000001C, 1},     // INVALID_SYSTEM_SERVICE
    {0xC000001E, 5},     // INVALID_LOCK_SEQUENCE
    {0xC000001F, 5},     // INVALID_VIEW_SIZE
    {0xC0000020, 193},   // INVALID_FILE_FOR_SECTION: BAD_EXE_FORMAT
    {0xC0000021, 5},     // ALREADY_COMMITTED
    {0xC0000022, 5},     // ACCESS_DENIED
    {0xC0000023, 122},   // BUFFER_TOO_SMALL: INSUFFICIENT_BUFFER
    {0xC0000024, 6},     // OBJECT_TYPE_MISMATCH
    {0xC000002A, 158},   // NOT_LOCKED
    {0xC000002C, 487},   // UNABLE_TO_DECOMMIT_VM
    {0xC000002D, 487},   // NOT_COMMITTED
    {0xC0000030, 87},    // INVALID_PARAMETER_MIX
    {0xC0000033, 123},   // OBJECT_NAME_INVALID: INVALID_NAME
    {0xC0000034, 2},     // OBJECT_NAME_NOT_FOUND: FILE_NOT_FOUND
    {0xC0000035, 183},   // OBJECT_NAME_COLLISION: ALREADY_EXISTS
    {0xC0000039, 161},   // OBJECT_PATH_INVALID: BAD_PATHNAME
    {0xC000003A, 3},     // OBJECT_PATH_NOT_FOUND: PATH_NOT_FOUND
    {0xC000003B, 161},   // OBJECT_PATH_SYNTAX_BAD: BAD_PATHNAME
    {0xC0000040, 8},     // SECTION_TOO_BIG
    {0xC0000043, 32},    // SHARING_VIOLATION
    {0xC0000044, 1816},  // QUOTA_EXCEEDED: NOT_ENOUGH_QUOTA
    {0xC0000045, 87},    // INVALID_PAGE_PROTECTION
    {0xC0000046, 288},   // MUTANT_NOT_OWNED: NOT_OWNER
    {0xC0000047, 298},   // SEMAPHORE_LIMIT_EXCEEDED: TOO_MANY_POSTS
    {0xC000004A, 156},   // SUSPEND_COUNT_EXCEEDED: SIGNAL_REFUSED
    {0xC000004B, 5},     // THREAD_IS_TERMINATING
    {0xC000004E, 87},    // SECTION_PROTECTION
    {0xC0000056, 5},     // DELETE_PENDING
    {0xC000007A, 127},   // PROCEDURE_NOT_FOUND: PROC_NOT_FOUND
    {0xC000007B, 193},   // INVALID_IMAGE_FORMAT: BAD_EXE_FORMAT
    {0xC000007F, 112},   // DISK_FULL
    {0xC0000088, 487},   // NOT_MAPPED_DATA
    {0xC000009A, 1450},  // INSUFFICIENT_RESOURCES: NO_SYSTEM_RESOURCES
    {0xC000009C, 23},    // DEVICE_DATA_ERROR: CRC
    {0xC000009F, 487},   // FREE_VM_NOT_AT_BASE
    {0xC00000A0, 487},   // MEMORY_NOT_ALLOCATED
    {0xC00000A1, 1453},  // WORKING_SET_QUOTA
    {0xC00000A2, 19},    // MEDIA_WRITE_PROTECTED: WRITE_PROTECT
    {0xC00000BA, 5},     // FILE_IS_A_DIRECTORY
    {0xC00000BB, 50},    // NOT_SUPPORTED
    {0xC00000E8, 1784},  // INVALID_USER_BUFFER
    {0xC00000EF, 87},    // INVALID_PARAMETER_1
    {0xC00000F0, 87},    // INVALID_PARAMETER_2
    {0xC00000F1, 87},    // INVALID_PARAMETER_3
    {0xC00000F2, 87},    // INVALID_PARAMETER_4
    {0xC00000F3, 87},    // INVALID_PARAMETER_5
    {0xC00000FD, 1001},  // STACK_OVERFLOW
    {0xC0000101, 145},   // DIRECTORY_NOT_EMPTY: DIR_NOT_EMPTY
    {0xC0000102, 1392},  // FILE_CORRUPT_ERROR: FILE_CORRUPT
    {0xC0000103, 267},   // NOT_A_DIRECTORY: DIRECTORY
    {0xC0000106, 206},   // NAME_TOO_LONG: FILENAME_EXCED_RANGE
    {0xC000010A, 5},     // PROCESS_IS_TERMINATING
    {0xC000011E, 1006},  // MAPPED_FILE_SIZE_ZERO: FILE_INVALID
    {0xC0000121, 5},     // CANNOT_DELETE
    {0xC0000123, 5},     // FILE_DELETED
    {0xC0000128, 6},     // FILE_CLOSED
    {0xC000012C, 567},   // PAGEFILE_QUOTA_EXCEEDED
    {0xC000012D, 1455},  // COMMITMENT_LIMIT
    {0xC0000135, 126},   // DLL_NOT_FOUND: MOD_NOT_FOUND
    {0xC0000138, 182},   // ORDINAL_NOT_FOUND: INVALID_ORDINAL
    {0xC0000139, 127},   // ENTRYPOINT_NOT_FOUND: PROC_NOT_FOUND
    {0xC0000142, 1114},  // DLL_INIT_FAILED
    {0xC0000220, 1132},  // MAPPED_ALIGNMENT
    {0xC0000243, 1224},  // USER_MAPPED_FILE
};
// clang-format on

/// Codes with the customer bit, and a few that Win32 hands through, keep their value.
constexpr arch::u32 status_to_error(arch::u32 status) {
  if ((status & 0x20000000) != 0) return status;
  switch (status) {
    case 0x80000001:  // GUARD_PAGE_VIOLATION
    case 0x80000003:  // BREAKPOINT
    case 0x80000004:  // SINGLE_STEP
      return status;
  }
  if (status >> 16 == 0x8007 || status >> 16 == 0xC007) return status & 0xFFFF;
  unsigned low = 0;
  unsigned high = sizeof status_errors / sizeof status_errors[0];
  while (low < high) {
    const unsigned middle = (low + high) / 2;
    if (status_errors[middle].status == status) return status_errors[middle].error;
    if (status_errors[middle].status < status) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return error_mr_mid_not_found;
}

static_assert(status_to_error(0xC0000005) == 998 && status_to_error(0xC0000243) == 1224);

}  // namespace rtl
