// Mapping an image into the address space the current thread is attached to.
#pragma once

#include "kernel/io/file_object.hpp"
#include "kernel/ldr/image.hpp"
#include "kernel/ps/process.hpp"

struct LdrImage {
  ULONG base;
  arch::pe::OptionalHeader32 headers;
};

/// Maps the file's image section, and relocates it if its base is taken. A malformed file:
/// STATUS_INVALID_IMAGE_FORMAT.
NTSTATUS LdrMapImage(EPROCESS* process, const IoPath& path, LdrImageKind kind, LdrImage& image);

/// The address of an export by name, or 0.
ULONG LdrFindExport(const LdrImage& image, const char* name);
