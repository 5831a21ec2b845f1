/* Where exceptions and APCs enter user mode, and the calls that must see every register of their caller.
   Offsets are those of CONTEXT in kernel/nt/exception.hpp, checked in exception_dispatch.cpp. */
#define CONTEXT_SIZE 0x2CC
#define CONTEXT_FULL 0x00010007

.text

/* The kernel enters here with [ESP] = record, [ESP+4] = context, and no return address. */
.globl _KiUserExceptionDispatcher
_KiUserExceptionDispatcher:
  cld
  pushl $0                      /* nobody to return to; the arguments are in place */
  jmp _RtlpDispatchUserException@8

/* And here with [ESP] = routine, its three arguments, CONTEXT. */
.globl _KiUserApcDispatcher
_KiUserApcDispatcher:
  leal 16(%esp), %edi           /* the CONTEXT */
  popl %eax
  call *%eax                    /* takes its arguments off the stack */
  pushl $1
  pushl %edi
  call _NtContinue@8
  pushl %eax                    /* the kernel refuses what the routine made of the context */
  call _RtlRaiseStatus@4

/* void RtlCaptureContext(PCONTEXT): the caller's registers as they will be after the return. */
.globl _RtlCaptureContext@4
_RtlCaptureContext@4:
  pushl %eax
  pushfl
  movl 12(%esp), %eax
  movl $CONTEXT_FULL, 0x00(%eax)
  movl %edi, 0x9C(%eax)
  movl %esi, 0xA0(%eax)
  movl %ebx, 0xA4(%eax)
  movl %edx, 0xA8(%eax)
  movl %ecx, 0xAC(%eax)
  movl %ebp, 0xB4(%eax)
  popl 0xC0(%eax)               /* EFLAGS */
  popl 0xB0(%eax)               /* EAX */
  movl (%esp), %ecx
  movl %ecx, 0xB8(%eax)         /* EIP: the return address */
  leal 8(%esp), %ecx
  movl %ecx, 0xC4(%eax)         /* ESP above the return address and the argument */
  xorl %ecx, %ecx               /* a selector's upper half is 0 */
  movw %gs, %cx
  movl %ecx, 0x8C(%eax)
  movw %fs, %cx
  movl %ecx, 0x90(%eax)
  movw %es, %cx
  movl %ecx, 0x94(%eax)
  movw %ds, %cx
  movl %ecx, 0x98(%eax)
  movw %cs, %cx
  movl %ecx, 0xBC(%eax)
  movw %ss, %cx
  movl %ecx, 0xC8(%eax)
  movl 0xAC(%eax), %ecx
  movl 0xB0(%eax), %eax
  ret $4

/* void RtlRaiseException(PEXCEPTION_RECORD): resumes behind the call if a handler says so. */
.globl _RtlRaiseException@4
_RtlRaiseException@4:
  pushl %ebp
  movl %esp, %ebp
  subl $CONTEXT_SIZE, %esp
  pushl %esp
  call _RtlCaptureContext@4
  movl %esp, %eax
  movl 0(%ebp), %edx            /* the caller's EBP, EIP and ESP */
  movl %edx, 0xB4(%eax)
  movl 4(%ebp), %edx
  movl %edx, 0xB8(%eax)
  leal 12(%ebp), %edx
  movl %edx, 0xC4(%eax)
  pushl %eax
  pushl 8(%ebp)
  call _RtlpRaiseException@8

/* EXCEPTION_DISPOSITION RtlpExecuteHandler(record, frame, context, dispatcher, routine, guard)
   [cdecl]: calls routine(record, frame, context, dispatcher) with `guard` on top of the chain, so
   that an exception inside the handler is seen for what it is. */
.globl _RtlpExecuteHandler
_RtlpExecuteHandler:
  pushl %ebp
  movl %esp, %ebp
  pushl %ebx
  pushl %esi
  pushl %edi
  pushl 12(%ebp)                /* GuardFrame::handled */
  pushl 28(%ebp)                /* GuardFrame::Handler */
  pushl %fs:0                   /* GuardFrame::Next */
  movl %esp, %fs:0
  pushl 20(%ebp)
  pushl 16(%ebp)
  pushl 12(%ebp)
  pushl 8(%ebp)
  call *24(%ebp)
  leal -24(%ebp), %esp          /* the guard frame */
  popl %fs:0
  addl $8, %esp
  popl %edi
  popl %esi
  popl %ebx
  popl %ebp
  ret

/* void DbgBreakPoint() */
.globl _DbgBreakPoint@0
_DbgBreakPoint@0:
  int3
  ret

/* The first instruction of every thread: EAX = start address, EBX = parameter. */
.globl _RtlUserThreadStart
_RtlUserThreadStart:
  xorl %ebp, %ebp               /* the last frame of a stack walk */
  pushl %ebx
  pushl %eax
  pushl $0
  jmp _RtlpUserThreadStart@8
