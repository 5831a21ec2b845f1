// Switching kernel stacks, entering user mode, calling a system service, copying with a net.

        .text

// void KiSwapContext(ULONG* save_esp, ULONG new_esp): a thread's registers live on its stack.
        .globl  _KiSwapContext
_KiSwapContext:
        movl    4(%esp), %eax
        movl    8(%esp), %edx
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        movl    %esp, (%eax)
        movl    %edx, %esp
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        ret

// First return address of a new thread: ESI = start routine, EDI = its context.
        .globl  _KiThreadStartup
_KiThreadStartup:
        pushl   %edi
        pushl   %esi
        call    _KiStartThread
        ud2

// ULONG KiCallService(routine, const ULONG* arguments, ULONG bytes): the routine is stdcall.
        .globl  _KiCallService
_KiCallService:
        pushl   %ebp
        movl    %esp, %ebp
        pushl   %esi
        pushl   %edi
        movl    12(%ebp), %esi
        movl    16(%ebp), %ecx
        subl    %ecx, %esp
        movl    %esp, %edi
        shrl    $2, %ecx
        rep     movsl
        call    *8(%ebp)
        leal    -8(%ebp), %esp
        popl    %edi
        popl    %esi
        popl    %ebp
        ret

// NTSTATUS KiCopyBytes(void* to, const void* from, ULONG count): a page fault on a user address
// between KiCopyStart and KiCopyEnd that cannot be resolved continues at KiCopyFault.
        .globl  _KiCopyBytes, _KiCopyStart, _KiCopyEnd, _KiCopyFault
_KiCopyBytes:
        pushl   %esi
        pushl   %edi
        movl    12(%esp), %edi
        movl    16(%esp), %esi
        movl    20(%esp), %ecx
        movl    %ecx, %edx
        shrl    $2, %ecx
        andl    $3, %edx
_KiCopyStart:
        rep     movsl
        movl    %edx, %ecx
        rep     movsb
_KiCopyEnd:
        xorl    %eax, %eax
        popl    %edi
        popl    %esi
        ret
_KiCopyFault:                                   // EAX = status, set by the trap handler
        popl    %edi
        popl    %esi
        ret
