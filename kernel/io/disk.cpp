// The disks, and how a thread waits for one. Both channels work at once; on each one thread at a
// time moves its data, and sleeps in between.
#include "kernel/io/disk.hpp"

#include "arch/ports.hpp"
#include "kernel/io/ide.hpp"
#include "kernel/io/ide_ports.hpp"
#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/trap.hpp"

namespace {

constexpr unsigned channels = 2, drives = 2;

/// A drive's interrupt, on its way from the service routine by a DPC to the thread.
class InterruptWait {
 public:
  void initialize() {
    KeInitializeEvent(&event_, SynchronizationEvent, false);
    KeInitializeDpc(
        &dpc_, [](PVOID event) { KeSetEvent(static_cast<KEVENT*>(event)); }, &event_);
  }
  /// In the service routine.
  void interrupted(UCHAR status) {
    status_ = status;
    KeInsertQueueDpc(&dpc_);
  }

  /// Nobody is woken while interrupts are off: at start, and once the system has stopped.
  bool can_sleep() const {
    return KeGetCurrentIrql() < DISPATCH_LEVEL && (KeReadEflags() & arch::eflags::IF) != 0;
  }
  void forget() { KeResetEvent(&event_); }
  bool interrupt(arch::u8& status) {
    const LARGE_INTEGER limit = {.QuadPart = -50'000'000};  // 5 s
    if (KeWaitForSingleObject(&event_, KernelMode, &limit) != STATUS_SUCCESS) return false;
    status = status_;
    return true;
  }
  void pause() { KeDelayExecutionThread(KernelMode, {.QuadPart = -100'000}); }  // 10 ms

 private:
  KEVENT event_ = {};
  KDPC dpc_ = {};
  UCHAR status_ = 0;
};

struct DiskChannel {
  IdeChannel<InterruptWait> ide;
  FAST_MUTEX mutex;  // one transfer at a time
};

class Disk final : public BlockDevice {
 public:
  bool attach(DiskChannel& channel, unsigned device) {
    channel_ = &channel;
    return disk_.attach(channel.ide, device);
  }
  bool read(arch::u32 lba, arch::u32 count, void* buffer) override {
    const FastMutexGuard lock(channel_->mutex);
    return disk_.read(lba, count, buffer);
  }
  bool write(arch::u32 lba, arch::u32 count, const void* buffer) override {
    const FastMutexGuard lock(channel_->mutex);
    return disk_.write(lba, count, buffer);
  }
  arch::u32 sector_count() const override { return disk_.sector_count(); }

 private:
  DiskChannel* channel_ = nullptr;
  IdeDisk<IdePorts, InterruptWait> disk_;
};

constinit DiskChannel IopChannels[channels] = {};
constinit Disk IopDisks[IoMostDisks];
constinit unsigned IopDiskCount = 0;

/// Reading the status acknowledges the interrupt. [ATA-1 §7.2.13]
template <unsigned Number>
void ide_interrupt(const KTRAP_FRAME*) {
  IdeChannel<InterruptWait>& channel = IopChannels[Number].ide;
  channel.wait.interrupted(READ_PORT_UCHAR(static_cast<arch::u16>(channel.base + ata::status)));
}

}  // namespace

void IoInitializeDisks() {
  IopChannels[0].ide.base = arch::port::ide_primary;
  IopChannels[1].ide.base = arch::port::ide_secondary;
  for (DiskChannel& channel : IopChannels) {
    ExInitializeFastMutex(&channel.mutex);
    channel.ide.wait.initialize();
    for (unsigned device = 0; device < drives; ++device) {
      if (IopDisks[IopDiskCount].attach(channel, device)) ++IopDiskCount;
    }
  }
  KeConnectInterrupt(arch::irq::ide_primary, ide_interrupt<0>);
  KeConnectInterrupt(arch::irq::ide_secondary, ide_interrupt<1>);
}

unsigned IoDiskCount() { return IopDiskCount; }

BlockDevice* IoGetDisk(unsigned number) {
  return number < IopDiskCount ? &IopDisks[number] : nullptr;
}
