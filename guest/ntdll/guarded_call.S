/* A call whose exceptions are an answer. [SEH]
   Offsets are those of CONTEXT in kernel/nt/exception.hpp, checked in exception_dispatch.cpp. */
#define EXCEPTION_UNWINDING_OR_EXIT 0x06
#define TEB_EXCEPTION_CODE 0x1A4
#define CONTEXT_EBP 0xB4
#define CONTEXT_EIP 0xB8
#define CONTEXT_ESP 0xC4

.text

/* ULONG RtlpGuardedCall(Function, Argument, OnFault): Function(Argument), or OnFault when that
   raises an exception, whose code is in the TEB then. The record of the chain lies below the registers to be preserved. */
.globl _RtlpGuardedCall@12
_RtlpGuardedCall@12:
  pushl %ebp
  movl %esp, %ebp
  pushl %ebx
  pushl %esi
  pushl %edi
  pushl $guarded_handler
  pushl %fs:0
  movl %esp, %fs:0
  pushl 12(%ebp)
  call *8(%ebp)
leave_guard:
  popl %fs:0
  addl $4, %esp
  popl %edi
  popl %esi
  popl %ebx
  popl %ebp
  ret $12

/* An exception goes on here: ESP is the record, EBP the frame of the call. */
faulted:
  movl 16(%ebp), %eax
  jmp leave_guard

/* The record's handler, cdecl (Record, Frame, Context, Dispatcher). */
guarded_handler:
  movl 4(%esp), %eax
  testl $EXCEPTION_UNWINDING_OR_EXIT, 4(%eax)
  movl $1, %eax                 /* ExceptionContinueSearch */
  jnz 1f
  movl 4(%esp), %eax
  movl (%eax), %eax
  movl %eax, %fs:TEB_EXCEPTION_CODE
  movl 8(%esp), %ecx
  movl 12(%esp), %edx
  movl $faulted, CONTEXT_EIP(%edx)
  movl %ecx, CONTEXT_ESP(%edx)
  leal 20(%ecx), %ecx
  movl %ecx, CONTEXT_EBP(%edx)
  xorl %eax, %eax               /* ExceptionContinueExecution */
1:ret
