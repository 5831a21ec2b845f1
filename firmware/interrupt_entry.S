// Where interrupt vectors point: each entry saves the machine as a Registers structure on the
// interrupted stack and calls its C++ service. The services run with DS = ES = SS.
  .code16
  .text

  .macro entry name
  .globl _entry_\name
_entry_\name:
  pushw $_\name
  jmp common
  .endm

  entry int10
  entry int11
  entry int12
  entry int13
  entry int14
  entry int15
  entry int16
  entry int17
  entry int18
  entry int19
  entry int1a
  entry timer_interrupt
  entry keyboard_interrupt
  entry unexpected_irq
  entry numeric_error
  entry exception00
  entry exception06
  entry exception07

common:
  pushw %ds
  pushw %es
  pushw %fs
  pushw %gs
  pushal
  cld
  movw %ss, %ax
  movw %ax, %ds
  movw %ax, %es
  movzwl %sp, %esp                 // C++ addresses the stack by ESP; its high half may hold junk
  movl %esp, %eax                  // argument: Registers&
  movzwl 40(%esp), %ecx            // Registers::handler
  calll *%ecx
  movl 12(%esp), %eax              // ESP as PUSHAD saw it: give its high half back
  movw %sp, %ax
  movl %eax, %esp
  popal
  popw %gs
  popw %fs
  popw %es
  popw %ds
  addw $2, %sp
  iretw

  .globl _entry_ignored
_entry_ignored:
  iretw
