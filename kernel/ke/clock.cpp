// The clock interrupt on counter 0 of the 8254, and the time of day from the MC146818. [8254]
// [MC146818]
#include "kernel/ke/clock.hpp"

#include "arch/ports.hpp"
#include "kernel/ke/internal.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/trap.hpp"

namespace {

constexpr ULONG divisor = (arch::pit_hz + KeClockHz / 2) / KeClockHz;
constexpr UCHAR counter0_rate_generator = 0x34;  // counter 0, low then high byte, mode 2
constexpr UCHAR counter0_latch = 0x00;

constinit ULONGLONG KiInterruptTime = 0;
constinit volatile ULONG KiTickCount = 0;
constinit LONGLONG KiBootTime = 0;

UCHAR read_cmos(UCHAR cell) {
  WRITE_PORT_UCHAR(arch::port::cmos_index, cell);
  return READ_PORT_UCHAR(arch::port::cmos_data);
}

constexpr UCHAR update_in_progress = 0x80, binary_mode = 0x04, hours24 = 0x02;

/// One reading of the clock: second, minute, hour, day, month, year.
struct CmosTime {
  UCHAR fields[6];
  friend bool operator==(const CmosTime&, const CmosTime&) = default;
};

CmosTime read_clock_once() {
  constexpr UCHAR cells[6] = {0x00, 0x02, 0x04, 0x07, 0x08, 0x09};
  while ((read_cmos(arch::cmos::status_a) & update_in_progress) != 0) {
  }
  CmosTime time;
  for (unsigned i = 0; i < 6; ++i) time.fields[i] = read_cmos(cells[i]);
  return time;
}

ULONG from_bcd(UCHAR value) { return (value >> 4) * 10u + (value & 15u); }

/// Days from 1601-01-01, which begins a 400-year cycle.
ULONG days_since_1601(ULONG year, ULONG month, ULONG day) {
  constexpr USHORT before[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  const ULONG years = year - 1601;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return years * 365 + years / 4 - years / 100 + years / 400 + before[month - 1] +
         (leap && month > 2 ? 1 : 0) + day - 1;
}

LONGLONG read_system_time() {
  CmosTime time = read_clock_once();
  for (CmosTime again = read_clock_once(); !(again == time); again = read_clock_once())
    time = again;
  const UCHAR mode = read_cmos(arch::cmos::status_b);
  const bool afternoon = (mode & hours24) == 0 && (time.fields[2] & 0x80) != 0;
  if ((mode & hours24) == 0) time.fields[2] &= 0x7F;
  ULONG value[6];
  for (unsigned i = 0; i < 6; ++i) {
    value[i] = (mode & binary_mode) != 0 ? time.fields[i] : from_bcd(time.fields[i]);
  }
  if ((mode & hours24) == 0) value[2] = value[2] % 12 + (afternoon ? 12 : 0);
  const ULONG year = value[5] + (value[5] < 80 ? 2000 : 1900);
  if (value[4] < 1 || value[4] > 12) value[4] = 1;
  const LONGLONG seconds = LONGLONG{days_since_1601(year, value[4], value[3])} * 86400 +
                           value[2] * 3600 + value[1] * 60 + value[0];
  return seconds * 10'000'000;
}

void publish(volatile KSYSTEM_TIME& target, ULONGLONG value) {
  target.High2Time = static_cast<LONG>(value >> 32);
  target.LowPart = static_cast<ULONG>(value);
  target.High1Time = static_cast<LONG>(value >> 32);
}

/// KeUpdateSystemTime: runs a hundred times a second with interrupts off.
void clock_interrupt(const KTRAP_FRAME* frame) {
  KiTickCount = KiTickCount + 1;
  KiInterruptTime += KeTimeIncrement;
  KUSER_SHARED_DATA* shared = KiUserSharedData();
  shared->TickCountLow = KiTickCount;
  publish(shared->InterruptTime, KiInterruptTime);
  publish(shared->SystemTime, static_cast<ULONGLONG>(KeQuerySystemTime()));

  KPRCB* prcb = KeGetCurrentPrcb();
  KTHREAD* thread = prcb->CurrentThread;
  if (frame->from_user()) {
    ++thread->UserTime;
    ++thread->Process->UserTime;
    ++prcb->UserTime;
  } else {
    ++thread->KernelTime;
    ++thread->Process->KernelTime;
    ++prcb->KernelTime;
  }
  KiTimerTick();
  if (thread != prcb->IdleThread) {
    thread->Quantum -= static_cast<LONG>(CLOCK_QUANTUM_DECREMENT);
    if (thread->Quantum <= 0) {
      prcb->QuantumEnd = TRUE;
      KiRequestDispatchInterrupt();
    }
  }
}

}  // namespace

void KiInitializeClock() {
  KiBootTime = read_system_time();
  KUSER_SHARED_DATA* shared = KiUserSharedData();
  shared->TickCountMultiplier = (1000 / KeClockHz) << 24;
  publish(shared->SystemTime, static_cast<ULONGLONG>(KiBootTime));
  WRITE_PORT_UCHAR(arch::port::pit_control, counter0_rate_generator);
  WRITE_PORT_UCHAR(arch::port::pit_counter0, divisor & 0xFF);
  WRITE_PORT_UCHAR(arch::port::pit_counter0, divisor >> 8);
  KeConnectInterrupt(arch::irq::timer, clock_interrupt);
}

ULONG KeGetTickCount() { return KiTickCount; }

ULONGLONG KeQueryInterruptTime() {
  const KInterruptGuard guard;
  return KiInterruptTime;
}

LONGLONG KeBootTime() { return KiBootTime; }
LONGLONG KeQuerySystemTime() { return KiBootTime + static_cast<LONGLONG>(KeQueryInterruptTime()); }

ULONGLONG KeInterruptTimeOf(LARGE_INTEGER timeout) {
  const ULONGLONG now = KeQueryInterruptTime();
  if (timeout.QuadPart <= 0) return now - static_cast<ULONGLONG>(timeout.QuadPart);
  const LONGLONG system_time = KeQuerySystemTime();
  if (timeout.QuadPart <= system_time) return now;
  return now + static_cast<ULONGLONG>(timeout.QuadPart - system_time);
}

/// Whole ticks, and what counter 0 has counted down of the present one. A tick that is due but not
/// yet taken makes the latched count start over; the result never runs backwards.
LONGLONG KeQueryPerformanceCounter() {
  static constinit LONGLONG last = 0;
  const KInterruptGuard guard;
  WRITE_PORT_UCHAR(arch::port::pit_control, counter0_latch);
  ULONG count = READ_PORT_UCHAR(arch::port::pit_counter0);
  count |= static_cast<ULONG>(READ_PORT_UCHAR(arch::port::pit_counter0)) << 8;
  const LONGLONG now = LONGLONG{KiTickCount} * divisor + (divisor - count);
  if (now > last) last = now;
  return last;
}
