// The kernel's first instructions: called by the boot loader with paging off and segments based
// at 80000000h (arch/loader_parameter_block.hpp); leaves with paging on and a flat address space.

        .set    KGDT_R0_CODE, 0x08
        .set    KGDT_R0_DATA, 0x10
        .set    CR0_PG, 0x80000000
        .set    CR0_WP, 0x00010000
        .set    CR0_EM, 0x00000004
        .set    CR0_CD_NW, 0x60000000
        .set    EFLAGS_AC, 0x00040000

        .bss
        .balign 16
        .globl  _KiIdleStackLimit, _KiIdleStackTop
_KiIdleStackLimit:
        .space  0x3000
_KiIdleStackTop:

        .text
        .globl  _KiSystemStartup
_KiSystemStartup:
        cld
        movl    $_KiIdleStackTop, %esp
        movl    %ebx, %edi

        // EFLAGS.AC sticks on a 486 and not on a 386. [486 §2.3]
        pushfl
        popl    %eax
        movl    %eax, %ecx
        xorl    $EFLAGS_AC, %eax
        pushl   %eax
        popfl
        pushfl
        popl    %eax
        xorl    %ecx, %eax
        pushl   %ecx
        popfl
        shrl    $18, %eax
        andl    $1, %eax
        movl    %eax, %ebx
        movl    %eax, _KeI386Is486

        pushl   %edi
        call    _MiBuildInitialPageTables       // EAX = physical address of the page directory
        addl    $4, %esp
        movl    %eax, %cr3
        lgdt    _KiBootGdtDescriptor

        // The 386 has no WP: there KiCopyToUser checks by hand. No coprocessor is used yet: EM.
        movl    %cr0, %eax
        orl     $(CR0_PG | CR0_EM), %eax
        testl   %ebx, %ebx
        jz      1f
        orl     $CR0_WP, %eax
        andl    $~CR0_CD_NW, %eax               // reset leaves the 486's cache off. [486 §10.1]
1:      movl    %eax, %cr0
        jmp     2f                              // [386 §10.4]
2:      ljmp    $KGDT_R0_CODE, $3f
3:      movl    $KGDT_R0_DATA, %eax             // base 0 from here on
        movw    %ax, %ds
        movw    %ax, %es
        movw    %ax, %ss
        xorl    %eax, %eax
        movw    %ax, %fs
        movw    %ax, %gs
        lldt    %ax
        xorl    %ebp, %ebp
        call    _KiInitializeKernel
4:      cli
        hlt
        jmp     4b
