// The boot loader's entry from the volume boot record, and its way back to real mode for a BIOS
// call. [386 §10.3, §14.5]
#include "firmware/boot/loader/layout.h"

  .section .entry, "ax"
  .code16
  .globl _start
_start:                            // LOADER_SEGMENT:0, the volume's boot sector at 0:7C00
  cli
  cld
  movw %cs, %ax
  movw %ax, %ds
  lgdtl gdt_pointer - _start
  movl %cr0, %eax
  orb $1, %al
  movl %eax, %cr0
  ljmpl $0x08, $flat
  .code32
flat:
  movw $0x10, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movw %ax, %fs
  movw %ax, %gs
  movl $LOADER_STACK_TOP, %esp
  movl $_image_end, %edi
  movl $_bss_end, %ecx
  subl %edi, %ecx
  xorl %eax, %eax
  rep stosb
  call _loader_main                // does not return

// void call_bios(BiosRegisters* registers): EAX EBX ECX EDX ESI EDI EFLAGS, DS ES, vector
  .globl _call_bios
_call_bios:
  pushal
  movl 36(%esp), %ebp
  movl %ebp, (registers)
  movl %esp, (flat_stack)
  ljmp $0x18, $sixteen - _start
  .code16
sixteen:
  movw $0x20, %ax                  // real-mode limits
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movw %ax, %fs
  movw %ax, %gs
  movl %cr0, %eax
  andb $0xFE, %al
  movl %eax, %cr0
  ljmp $LOADER_SEGMENT, $real - _start
real:
  xorw %ax, %ax
  movw %ax, %ss
  movl $REAL_STACK_TOP, %esp
  movl %ebp, %eax
  shrl $4, %eax
  movw %ax, %ds
  andw $15, %bp                    // DS:BP: the registers
  pushw %ds
  pushw %bp
  movzbw %ds:32(%bp), %bx
  shlw $2, %bx
  xorw %ax, %ax
  movw %ax, %fs
  pushw $0x0202                    // the flags the service returns to, then its vector
  pushw %cs
  pushw $returned - _start
  pushw $0x0002
  pushl %fs:(%bx)
  movl %ds:0(%bp), %eax
  movl %ds:4(%bp), %ebx
  movl %ds:8(%bp), %ecx
  movl %ds:12(%bp), %edx
  movl %ds:16(%bp), %esi
  movl %ds:20(%bp), %edi
  pushw %ds:30(%bp)
  popw %es
  pushw %ds:28(%bp)
  popw %ds
  iretw                            // into the service; its own IRET comes back here
returned:
  cli
  pushfl
  pushw %es
  pushw %ds
  pushl %ebp
  movw %sp, %bp
  movw 14(%bp), %ds                // DS:BP of the registers, below what was just pushed
  movw 12(%bp), %bp
  movl %eax, %ds:0(%bp)
  movl %ebx, %ds:4(%bp)
  movl %ecx, %ds:8(%bp)
  movl %edx, %ds:12(%bp)
  movl %esi, %ds:16(%bp)
  movl %edi, %ds:20(%bp)
  addw $4, %sp
  popw %ax
  movw %ax, %ds:28(%bp)
  popw %ax
  movw %ax, %ds:30(%bp)
  popl %eax
  movl %eax, %ds:24(%bp)
  movw %cs, %ax
  movw %ax, %ds
  lgdtl gdt_pointer - _start       // a service may have used its own
  movl %cr0, %eax
  orb $1, %al
  movl %eax, %cr0
  ljmpl $0x08, $back
  .code32
back:
  movw $0x10, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movw %ax, %fs
  movw %ax, %gs
  movl (flat_stack), %esp
  cld
  popal
  ret

// void enter_kernel(u32 entry, u32 loader_parameter_block), both offsets in the kernel's segment
  .globl _enter_kernel
_enter_kernel:
  movl 4(%esp), %edx
  movl 8(%esp), %ebx
  lgdt (kernel_gdt_pointer)
  movw $0x10, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %fs
  movw %ax, %gs
  movw %ax, %ss
  movl $LOADER_STACK_TOP + 0x80000000, %esp
  pushl $0x08
  pushl %edx
  xorl %ebp, %ebp
  lret

  .balign 8
registers:
  .long 0
flat_stack:
  .long 0
gdt:
  .quad 0
  .quad 0x00CF9A000000FFFF         // 08: 32-bit code, flat
  .quad 0x00CF92000000FFFF         // 10: 32-bit data, flat
  .quad 0x00009A020000FFFF         // 18: 16-bit code at LOADER_BASE
  .quad 0x000092000000FFFF         // 20: 16-bit data with the real-mode limit
kernel_gdt:                        // base 80000000h: loader_parameter_block.hpp says why
  .quad 0
  .quad 0x80CF9A000000FFFF
  .quad 0x80CF92000000FFFF
gdt_pointer:
  .word kernel_gdt - gdt - 1
  .long gdt
kernel_gdt_pointer:
  .word gdt_pointer - kernel_gdt - 1
  .long kernel_gdt
