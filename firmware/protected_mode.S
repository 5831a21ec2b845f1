// Runs a 32-bit function in flat protected mode and comes back: extended memory is out of reach
// otherwise. [386 §10.3, §14.5]
  .code16
  .text

// u32 call_protected(u32 (*function)(u32), u32 argument), regparm. Interrupts are off meanwhile.
  .globl _call_protected
_call_protected:
  pushfl
  cli
  pushl %ebx
  pushl %esi
  pushl %edi
  pushl %ebp
  movl %eax, %ebx
  movl %esp, %ebp                  // EBP and ESI survive the call: the way back
  xorl %esi, %esi
  movw %ss, %si
  movl %esi, %ecx
  shll $4, %ecx
  addl %esp, %ecx                  // the stack's linear address
  lgdtl %cs:gdt_pointer
  movl %cr0, %eax
  orb $1, %al
  movl %eax, %cr0
  ljmp $0x08, $flat
  .code32
flat:
  movw $0x10, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movl %ecx, %esp
  movl %edx, %eax
  call *%ebx
  movw $0x20, %cx                  // real-mode limits again before PE goes [386 §14.5]
  movw %cx, %ds
  movw %cx, %es
  movw %cx, %ss
  ljmp $0x18, $sixteen
  .code16
sixteen:
  movl %cr0, %ecx
  andb $0xFE, %cl
  movl %ecx, %cr0
  ljmp $0xF000, $real
real:
  movw %si, %ss
  movl %ebp, %esp
  movw %si, %ds
  movw %si, %es
  popl %ebp
  popl %edi
  popl %esi
  popl %ebx
  popfl
  retl

// void start_boot_sector(u8 drive): jumps to 0:7C00 with DL = drive.
  .globl _start_boot_sector
_start_boot_sector:
  movl %eax, %edx
  xorl %eax, %eax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movl $0x7C00, %esp
  sti
  ljmp $0, $0x7C00

  .balign 8
gdt:
  .quad 0
  .quad 0x00409A0F0000FFFF         // 08: 32-bit code, the ROM
  .quad 0x00CF92000000FFFF         // 10: all of memory
  .quad 0x00009A0F0000FFFF         // 18: 16-bit code, the ROM
  .quad 0x000092000000FFFF         // 20: 16-bit data with the real-mode limit
gdt_pointer:
  .word gdt_pointer - gdt - 1
  .long gdt + 0xF0000
