// File control blocks: made at the first open of a file, gone with the last reference.
#include "kernel/io/fcb.hpp"

#include "kernel/mm/pool.hpp"
#include "kernel/rtl/memory.hpp"

namespace {
constexpr ULONG fcb_tag = PoolTag("Fcb ");
}

FCB* IopOpenFcb(VCB& vcb, FatFile* file, const char* path) {
  auto* fcb = static_cast<FCB*>(file->context);
  if (fcb != nullptr) {
    vcb.Fat.close(file);  // the block has its own reference
    ++fcb->References;
    return fcb;
  }
  fcb = static_cast<FCB*>(ExAllocatePoolWithTag(NonPagedPool, sizeof(FCB), fcb_tag));
  if (fcb == nullptr) {
    vcb.Fat.close(file);
    return nullptr;
  }
  RtlZeroMemory(fcb, sizeof *fcb);
  ExInitializeFastMutex(&fcb->Resource);
  fcb->Vcb = &vcb;
  fcb->File = file;
  fcb->References = 1;
  memcpy(fcb->Path, path, strlen(path) + 1);
  file->context = fcb;
  return fcb;
}

void IopCloseFcb(FCB* fcb) {
  if (--fcb->References != 0) return;
  fcb->File->context = nullptr;
  FatVolume& volume = fcb->Vcb->Fat;
  volume.close(fcb->File);
  if (fcb->DeleteOnClose) volume.remove(fcb->Path);
  ExFreePool(fcb);
}

void IoReferenceFcb(FCB* fcb) {
  const IoVolumeGuard volume(*fcb->Vcb);
  ++fcb->References;
}

void IoDereferenceFcb(FCB* fcb) {
  const IoVolumeGuard volume(*fcb->Vcb);
  IopCloseFcb(fcb);
}
