# A ROM that takes one page fault of each kind and then shuts down: demand zero, copy on write, a
# supervisor's page, a guard page below the stack, a stale TLB entry, a triple fault. It depends on
# nothing but the processor, so that what a debugger shows of it stays the same to the clock.
# Assembled once for each page size; F0400, F0500 and F0600 are known to the tests.
        .intel_syntax noprefix
        .arch i486

        .ifdef ALPHA                    # 8 KB pages; Owner, Dirty (the right to write), Valid
        .set SHIFT, 13
        .set W, 4
        .set U, 2
        .set G, 8                       # a guard page, in a bit that is software's
        .else
        .set SHIFT, 12
        .set W, 2
        .set U, 4
        .set G, 0x200
        .endif
        .set V, 1
        .set PAGE, 1 << SHIFT
        .set GDT, 0x8000                # copies in RAM: the processor writes to descriptors
        .set TSS, 0x9000
        .set DIRECTORY, 0x10000
        .set TABLE, 0x14000
        .set DEMAND_ZERO, 0x40000
        .set COPY_ON_WRITE, 0x44000
        .set SUPERVISOR, 0x48000
        .set STALE, 0x4C000
        .set OTHER_FRAME, 0x50000
        .set KERNEL_STACK, 0x5A000
        .set COPY, 0x5C000
        .set USER_STACK, 0x68000
        .set GUARD, USER_STACK - 2 * PAGE

        .macro entry to, linear, frame, rights
        .ifdef ALPHA
        mov     dword ptr [\to + (\linear >> SHIFT) * 4], (\frame >> SHIFT << 9) | \rights
        .else
        mov     dword ptr [\to + (\linear >> SHIFT) * 4], \frame | \rights
        .endif
        .endm

        .text
        .code16
start:  cli
        .byte 0x2E, 0x66, 0x0F, 0x01, 0x16      # lgdt cs:[gdt_in_rom], 32-bit operand
        .word gdt_in_rom - start
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
        .byte 0x66, 0xEA                        # jmp 8:protected
        .long protected
        .word 8

        .code32
protected:
        mov     ax, 0x10
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     esp, KERNEL_STACK
        mov     esi, offset gdt
        mov     edi, GDT
        mov     ecx, (gdt_end - gdt) / 4
        cld
        rep movsd
        lgdt    [gdt_in_ram]
        lidt    [idt_pointer]
        mov     dword ptr [TSS + 4], KERNEL_STACK
        mov     dword ptr [TSS + 8], 0x10
        mov     ax, 0x28
        ltr     ax
        mov     dword ptr [STALE], 0x21444C4F           # "OLD!"
        mov     dword ptr [OTHER_FRAME], 0x2157454E     # "NEW!"

        mov     edi, TABLE                      # every page is the supervisor's, at its own address
        mov     ecx, 0x100000 >> SHIFT
        .ifdef ALPHA
        mov     eax, V | W
1:      stosd
        add     eax, 1 << 9
        .else
        mov     eax, V | W
1:      stosd
        add     eax, PAGE
        .endif
        loop    1b
        .ifdef ALPHA
        mov     dword ptr [DIRECTORY], (TABLE >> SHIFT << 9) | V | W | U
        .else
        mov     dword ptr [DIRECTORY], TABLE | V | W | U
        .endif
        entry   TABLE, 0xF0000, 0xF0000, V | U  # but for these
        entry   TABLE, DEMAND_ZERO, 0, 0
        entry   TABLE, COPY_ON_WRITE, COPY_ON_WRITE, V | U
        entry   TABLE, STALE, STALE, V | W | U
        entry   TABLE, (USER_STACK - PAGE), (USER_STACK - PAGE), V | W | U
        entry   TABLE, GUARD, 0, G
        mov     eax, DIRECTORY
        mov     cr3, eax
        mov     eax, cr0
        or      eax, 0x80000000
        mov     cr0, eax

        push    0x23
        push    USER_STACK
        push    2
        push    0x1B
        push    offset user
        iretd

        .org    0x400
user:   mov     eax, 0x23
        mov     ds, ax
        mov     es, ax
        mov     ds:[DEMAND_ZERO], eax
        mov     ds:[COPY_ON_WRITE + 4], eax
        mov     eax, ds:[SUPERVISOR]            # five bytes, which the handler skips
        mov     esp, USER_STACK - PAGE
        push    eax                             # below the stack: the guard page
        mov     eax, ds:[STALE]
        xor     ebx, ebx
        int     0x80                            # moves the page, and forgets the TLB
        mov     eax, ds:[STALE]
        inc     ebx
        int     0x80                            # takes the IDT away, and faults
        hlt

        .org    0x500
page_fault:
        push    eax
        push    ecx
        mov     eax, cr2
        and     eax, -PAGE
        cmp     eax, DEMAND_ZERO
        je      demand_zero
        cmp     eax, COPY_ON_WRITE
        je      copy_on_write
        cmp     eax, GUARD
        je      guard
        add     dword ptr [esp + 12], 5
        jmp     resolved
demand_zero:
        entry   TABLE, DEMAND_ZERO, DEMAND_ZERO, V|W|U
        jmp     resolved
guard:  entry   TABLE, GUARD, GUARD, V|W|U
        entry   TABLE, (GUARD - PAGE), 0, G     # the next one
        jmp     resolved
copy_on_write:
        push    esi
        push    edi
        mov     esi, COPY_ON_WRITE
        mov     edi, COPY
        mov     ecx, PAGE / 4
        rep movsd
        pop     edi
        pop     esi
        entry   TABLE, COPY_ON_WRITE, COPY, V|W|U
        mov     eax, cr3
        mov     cr3, eax
resolved:
        pop     ecx
        pop     eax
        add     esp, 4
        iretd

        .org    0x600
system_call:
        test    ebx, ebx
        jnz     1f
        entry   TABLE, STALE, OTHER_FRAME, V|W|U
        iretd
1:      mov     esi, offset farewell
        mov     dx, 0xE9
2:      lodsb
        out     dx, al
        cmp     al, 10
        jne     2b
        lidt    [no_idt]
        ud2

        .balign 8
gdt:    .quad   0
        .quad   0x00CF9B000000FFFF, 0x00CF93000000FFFF
        .quad   0x00CFFB000000FFFF, 0x00CFF3000000FFFF
        .word   0x67, TSS, 0x8900, 0
gdt_end:
gdt_in_rom:
        .word   gdt_end - gdt - 1
        .long   gdt
gdt_in_ram:
        .word   gdt_end - gdt - 1
        .long   GDT
idt_pointer:
        .word   0x81 * 8 - 1
        .long   idt
farewell:
        .ascii  "no IDT any more\n"
no_idt: .word   0
        .long   0
        .balign 8
idt:    .fill   14, 8, 0
        .word   page_fault - start, 8, 0x8E00, 0xF
        .fill   0x80 - 15, 8, 0
        .word   system_call - start, 8, 0xEE00, 0xF

        .org    0xFFF0
        .byte   0xEA                            # jmp F000:start
        .word   0, 0xF000
        .org    0xFFFF
        .byte   0
