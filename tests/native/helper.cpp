// The 32-bit side: runs cases on the host processor in ring 3. Freestanding, because a signal
// handler entered with the case's FS and GS can use no C library. Everything after the start
// happens in the handler: it stores what became of a case and returns into the next one.
#include "tests/native/protocol.hpp"

namespace faultline::native {
namespace {

// System calls and structures of Linux for the i386, as its manual pages sections 2 and 7 give
// them.
enum : u32 {
  sys_exit = 1,
  sys_read = 3,
  sys_write = 4,
  sys_mmap = 90,
  sys_setitimer = 104,
  sys_modify_ldt = 123,
  sys_sigaction = 174,
  sys_sigaltstack = 186
};
enum : u32 { sigill = 4, sigtrap = 5, sigbus = 7, sigfpe = 8, sigsegv = 11, sigvtalrm = 26 };
enum : u32 {
  sa_siginfo = 4,
  sa_restorer = 0x04000000,
  sa_onstack = 0x08000000,
  sa_nodefer = 0x40000000
};
constexpr u32 ss_autodisarm = 1u << 31;  // the case's ESP may point anywhere
constexpr u32 write_ldt = 0x11, timer_virtual = 1;

struct MachineContext {
  u32 gs, fs, es, ds, edi, esi, ebp, esp, ebx, edx, ecx, eax, vector, error, eip, cs, eflags,
      esp_at_signal, ss, fpu, mask, cr2;
};
struct UserContext {
  u32 flags, link, stack[3];
  MachineContext machine;
};
struct Action {
  void (*handler)();
  u32 flags;
  void (*restorer)();
  u32 mask[2];
};
struct UserDescriptor {
  u32 index, base, limit, bits;
};

u32 call(u32 number, u32 a = 0, u32 b = 0, u32 c = 0, u32 d = 0) {
  u32 result;
  asm volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
  return result;
}
template <class T>
u32 address_of(T* at) {
  return reinterpret_cast<u32>(at);
}

void copy(void* to, const void* from, u32 bytes) {
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}
void fill(void* to, u8 value, u32 bytes) {
  asm volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(value) : "memory");
}
template <class T = u8>
T* at(u32 address) {
  return reinterpret_cast<T*>(address);
}

Shared& shared() { return *at<Shared>(shared_address); }
alignas(64) u8 signal_stack[0x10000];
constexpr u32 none = ~0u;
u32 current;  // the slot that runs, or none yet

void map(u32 address, u32 size, u32 protection, u32 flags, u32 file) {
  const u32 arguments[6] = {address, size, protection, flags | 0x10, file, 0};  // MAP_FIXED
  if (call(sys_mmap, address_of(arguments)) != address) call(sys_exit, 2);
}

u8 prepare() {
  constexpr u32 read = 1, write = 2, execute = 4, anonymous = 0x20, populate = 0x8000;
  for (u32 i = 0; i < shared().regions; ++i) {
    const Region& r = shared().region[i];
    const u32 protection = (r.present != 0 ? read | execute : 0) | (r.writable != 0 ? write : 0);
    map(r.address, r.size, protection, 2 | anonymous | (r.present != 0 ? populate : 0), ~0u);
  }
  fill(at(shared().code_first), static_cast<u8>(shared().filler), shared().code_size);
  u8 failed = 0;
  for (u32 i = 1; i < shared().entries; ++i) {
    const Segment& s = shared().segment[i];
    UserDescriptor d{i, s.base, s.limit,
                     s.big | s.contents << 1 | s.read_only << 3 | s.pages << 4 | s.absent << 5};
    const u32 result = call(sys_modify_ldt, write_ldt, address_of(&d), sizeof d);
    shared().result[i] = static_cast<int32_t>(result);
    if (result != 0 && failed == 0) failed = static_cast<u8>(i);
  }
  return failed;
}

void start_timer() {
  const u32 two_seconds[4] = {0, 0, 2, 0};  // of processor time: a case that never ends
  call(sys_setitimer, timer_virtual, address_of(two_seconds));
}

void save(const MachineContext& m, u32 signal) {
  Slot& s = shared().slot[current];
  s.context = {
      {m.eax, m.ecx, m.edx, m.ebx, m.esp, m.ebp, m.esi, m.edi},
      m.eip,
      m.eflags,
      {m.es & 0xFFFF, m.cs & 0xFFFF, m.ss & 0xFFFF, m.ds & 0xFFFF, m.fs & 0xFFFF, m.gs & 0xFFFF}};
  s.event = {signal == sigvtalrm ? runaway_vector : m.vector, m.error, m.cr2};
  copy(s.data, at(shared().data_address), slot_data);
  fill(at(s.code_address), static_cast<u8>(shared().filler), slot_code);
  if (signal == sigvtalrm) start_timer();
}

void load(MachineContext& m) {
  const Slot& s = shared().slot[current];
  copy(at(shared().data_address), s.data, slot_data);
  copy(at(s.code_address), s.code, slot_code);
  const u32* g = s.context.general;
  m.eax = g[0], m.ecx = g[1], m.edx = g[2], m.ebx = g[3];
  m.esp = g[4], m.ebp = g[5], m.esi = g[6], m.edi = g[7];
  m.eip = s.context.eip;
  m.eflags = s.context.eflags;
  const u32* selector = s.context.segment;
  m.es = selector[0], m.cs = selector[1], m.ss = selector[2];
  m.ds = selector[3], m.fs = selector[4], m.gs = selector[5];
}

/// Reads commands until one is to run cases. The test's end closes the socket.
void wait() {
  u8 command, answer = 0;
  for (;;) {
    if (current == none) {
      current = 0;
    } else if (call(sys_write, socket_file, address_of(&answer), 1) != 1) {
      call(sys_exit, 0);
    }
    if (call(sys_read, socket_file, address_of(&command), 1) != 1) call(sys_exit, 0);
    if (command == run_batch) break;
    answer = prepare();
  }
  current = 0;
  start_timer();
}

}  // namespace

extern "C" [[gnu::regparm(3), gnu::used]] void handle(u32 signal, void*, UserContext* context) {
  if (current == none) {
    wait();
  } else {
    save(context->machine, signal);
    if (++current == shared().slots) wait();
  }
  load(context->machine);
}

// The kernel passes the handler's arguments in EAX, EDX and ECX too. The case may have left AC,
// NT and ID set, which no signal clears.
asm(R"(
entry:
    pushfl
    andl $0xFFDBBFFF, (%esp)
    popfl
    call handle
    addl $4, %esp
restore:
    movl $173, %eax   # rt_sigreturn
    int $0x80
)");
extern "C" void entry();
extern "C" void restore();

extern "C" [[noreturn, gnu::used]] void start() {
  map(shared_address, (sizeof(Shared) + 0xFFF) & ~0xFFFu, 3, 1, shared_file);  // MAP_SHARED
  const u32 stack[3] = {address_of(signal_stack), ss_autodisarm, sizeof signal_stack};
  if (call(sys_sigaltstack, address_of(stack)) != 0) call(sys_exit, 3);
  const u32 signals[] = {sigill, sigtrap, sigbus, sigfpe, sigsegv, sigvtalrm};
  const Action action{entry, sa_siginfo | sa_onstack | sa_nodefer | sa_restorer, restore, {}};
  for (u32 signal : signals)
    call(sys_sigaction, signal, address_of(&action), 0, sizeof action.mask);
  current = none;
  asm volatile("ud2");
  __builtin_unreachable();
}

asm(R"(
.globl _start
_start:
    andl $-16, %esp
    call start
)");

}  // namespace faultline::native
