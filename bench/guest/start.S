// Entry, configuration block, descriptor tables, trap stubs, and the way to ring 3 and back.
  .section .head, "ax"
  .globl _start, _cfg
_start:
  jmp enter

  .balign 16
_cfg:                              // bench/run finds it by its name and writes work and flags
  .ascii "BENCHCFG"
  .long WORK
  .long PARAM
  .long 0                          // flags: bit 0 reads the time stamp around the work
name:
  .asciz NAME
  .org name + 16

  .text
enter:
  cli
  cld
  movl $_kernel_stack_top, %esp
  movl $_bss_start, %edi
  movl $_bss_end, %ecx
  subl %edi, %ecx
  shrl $2, %ecx
  xorl %eax, %eax
  rep stosl
  pushl $0
  popfl
  call _load_tables
  jmp _kernel_main                 // does not return

  .globl _load_tables
_load_tables:
  lgdt gdt_pointer
  ljmp $0x08, $1f
1:
  movw $0x10, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %fs
  movw %ax, %gs
  movw %ax, %ss
  ret

// u32 enter_user(u32 eip, u32 esp): IRET to ring 3; returns what leave_user is given.
  .globl _enter_user
_enter_user:
  pushl %ebp
  pushl %ebx
  pushl %esi
  pushl %edi
  movl %esp, saved_esp
  movl 20(%esp), %eax
  movl 24(%esp), %edx
  movw $0x23, %cx
  movw %cx, %ds
  movw %cx, %es
  pushl $0x23
  pushl %edx
  pushl $2                         // EFLAGS: IF = 0, IOPL = 0
  pushl $0x1B
  pushl %eax
  iret

  .globl _leave_user
_leave_user:
  movl 4(%esp), %eax
  movl saved_esp, %esp
  popl %edi
  popl %esi
  popl %ebx
  popl %ebp
  ret

// 48 stubs, 16 bytes apart; each leaves error code and vector as the frame wants them.
  .balign 16
  .globl _trap_stubs
_trap_stubs:
  .set vector, 0
  .rept 48
  .balign 16
  .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17
  nop
  nop
  .else
  pushl $0
  .endif
  pushl $vector
  jmp trap_entry
  .set vector, vector + 1
  .endr

trap_entry:
  pusha
  pushl %ds
  pushl %es
  movl $0x10, %eax
  movw %ax, %ds
  movw %ax, %es
  cld
  pushl %esp
  call _trap                       // returns the frame to resume
  movl %eax, %esp
  popl %es
  popl %ds
  popa
  addl $8, %esp
  iret

  .data
  .balign 8
gdt:
  .quad 0
  .quad 0x00CF9A000000FFFF         // 08: kernel code
  .quad 0x00CF92000000FFFF         // 10: kernel data
  .quad 0x00CFFA000000FFFF         // 18: user code
  .quad 0x00CFF2000000FFFF         // 20: user data
  .globl _gdt_tss
_gdt_tss:
  .quad 0                          // 28: TSS
  .quad 0x00009A000000FFFF         // 30: 16-bit code, base 0
  .quad 0x000092000000FFFF         // 38: 16-bit data, base 0
gdt_pointer:
  .word 63
  .long gdt

  .bss
saved_esp:
  .skip 4
