// Trap, interrupt and system-service entries. Each builds a KTRAP_FRAME (kernel/ke/trap_frame.hpp)
// on the kernel stack and calls its handler with the frame's address; all leave by KiExitTrap.

        .set    KGDT_R0_DATA, 0x10
        .set    KGDT_R0_PCR, 0x30

        .macro  ENTER_TRAP                      // the error code is on the stack
        pushl   %ebp
        pushl   %ebx
        pushl   %esi
        pushl   %edi
        pushl   %fs
        movl    $KGDT_R0_PCR, %ebx
        movw    %bx, %fs
        pushl   %fs:0                           // ExceptionList
        pushl   $0                              // PreviousPreviousMode
        pushl   %eax
        pushl   %ecx
        pushl   %edx
        pushl   %ds
        pushl   %es
        pushl   %gs
        subl    $0x30, %esp
        movl    $KGDT_R0_DATA, %ebx
        movw    %bx, %ds
        movw    %bx, %es
        cld
        movl    0x60(%esp), %ebx
        movl    %ebx, 0x00(%esp)                // DbgEbp and DbgEip let a debugger walk on
        movl    0x68(%esp), %ebx
        movl    %ebx, 0x04(%esp)
        movl    $0xBADB0D00, 0x08(%esp)
        movl    %esp, %ebp
        .endm

        .macro  TRAP name, handler
        .globl  \name
\name:
        pushl   $0
        ENTER_TRAP
        pushl   %esp
        call    \handler
        addl    $4, %esp
        jmp     _KiExitTrap
        .endm

        .macro  TRAP_WITH_CODE name, handler
        .globl  \name
\name:
        ENTER_TRAP
        pushl   %esp
        call    \handler
        addl    $4, %esp
        jmp     _KiExitTrap
        .endm

        .text
        TRAP            _KiTrap00, _KiTrap00Handler
        TRAP            _KiTrap01, _KiTrap01Handler
        TRAP            _KiTrap02, _KiTrap02Handler
        TRAP            _KiTrap03, _KiTrap03Handler
        TRAP            _KiTrap04, _KiTrap04Handler
        TRAP            _KiTrap05, _KiTrap05Handler
        TRAP            _KiTrap06, _KiTrap06Handler
        TRAP            _KiTrap07, _KiTrap07Handler
        TRAP_WITH_CODE  _KiTrap08, _KiTrap08Handler
        TRAP            _KiTrap09, _KiTrap09Handler
        TRAP_WITH_CODE  _KiTrap0A, _KiTrap0AHandler
        TRAP_WITH_CODE  _KiTrap0B, _KiTrap0BHandler
        TRAP_WITH_CODE  _KiTrap0C, _KiTrap0CHandler
        TRAP_WITH_CODE  _KiTrap0D, _KiTrap0DHandler
        TRAP_WITH_CODE  _KiTrap0E, _KiTrap0EHandler
        TRAP            _KiTrap10, _KiTrap10Handler
        TRAP_WITH_CODE  _KiTrap11, _KiTrap11Handler
        TRAP            _KiUnexpectedInterrupt, _KiUnexpectedInterruptHandler
        TRAP            _KiSystemService, _KiSystemServiceHandler

// Hardware interrupts: the vector goes where a trap has its error code.
        .macro  INTERRUPT vector
        .balign 16
        pushl   $\vector
        jmp     KiInterruptCommon
        .endm

        .globl  _KiInterruptEntries             // sixteen stubs of sixteen bytes, IRQ 0 to 15
        .balign 16
_KiInterruptEntries:
        .set    irq, 0
        .rept   16
        INTERRUPT (irq + 0x30)
        .set    irq, irq + 1
        .endr
        .balign 16
KiInterruptCommon:
        ENTER_TRAP
        pushl   %esp
        call    _KiInterruptHandler
        addl    $4, %esp

// Leaves the trap whose frame is at ESP.
        .globl  _KiExitTrap
_KiExitTrap:
        testb   $3, 0x6C(%esp)                  // SegCs: back to user mode?
        jz      1f
        pushl   %esp
        call    _KiPrepareUserExit              // returns with interrupts off
        addl    $4, %esp
1:      cli
        addl    $0x30, %esp
        popl    %gs
        popl    %es
        popl    %ds
        popl    %edx
        popl    %ecx
        popl    %eax
        addl    $4, %esp
        popl    %fs:0
        popl    %fs
        popl    %edi
        popl    %esi
        popl    %ebx
        popl    %ebp
        addl    $4, %esp
        iretl

// [[noreturn]] void KiExitToUser(KTRAP_FRAME*): abandons the current call chain.
        .globl  _KiExitToUser
_KiExitToUser:
        movl    4(%esp), %esp
        jmp     _KiExitTrap
