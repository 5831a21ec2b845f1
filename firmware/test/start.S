// Boot sector of the BIOS test: loads what follows it on the disk and runs it, all in segment 0.
  .code16
  .section .entry, "ax"
  .globl _start
_start:
  cli
  xorw %ax, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movl $0x7C00, %esp
  sti
  movb %dl, _boot_drive
  movw $packet, %si
  movb $0x42, %ah
  int $0x13
  jc failed
  calll _run_tests
failed:
  movl $0xBAD, %eax
  movw $0xEC, %dx
  outl %eax, %dx
stop:
  cli
  hlt
  jmp stop

packet:
  .byte 16, 0
  .word 48                         // 24 KB
  .word 0x7E00, 0
  .long 1, 0
  .globl _boot_drive
_boot_drive:
  .byte 0
  .org 510
  .word 0xAA55

// void call_int(u8 vector, Registers* registers)
  .globl _call_int
_call_int:
  pushal
  pushw %ds
  pushw %es
  movl 40(%esp), %eax
  shll $2, %eax
  movl (%eax), %eax
  movl %eax, service
  movl 44(%esp), %ebp
  movl %ebp, registers
  movl %esp, stack
  movl 0(%ebp), %eax
  movl 4(%ebp), %ebx
  movl 8(%ebp), %ecx
  movl 12(%ebp), %edx
  movl 16(%ebp), %esi
  movl 20(%ebp), %edi
  movw 30(%ebp), %es
  pushw 28(%ebp)
  orl $0x5AA50000, %esp            // a service must give the high half of ESP back
  movl 24(%ebp), %ebp
  popw %ds
  pushfw
  lcallw *%cs:service
  pushfw
  popw %cs:flags
  movl %ebp, %cs:frame_pointer
  pushw %ds
  popw %cs:data_segment
  movw %cs, %bp
  movw %bp, %ds
  movl %esp, %ebp
  shrl $16, %ebp
  movw %bp, stack_high
  movl stack, %esp
  movl registers, %ebp
  movl %eax, 0(%ebp)
  movl %ebx, 4(%ebp)
  movl %ecx, 8(%ebp)
  movl %edx, 12(%ebp)
  movl %esi, 16(%ebp)
  movl %edi, 20(%ebp)
  movl frame_pointer, %eax
  movl %eax, 24(%ebp)
  movw data_segment, %ax
  movw %ax, 28(%ebp)
  movw %es, 30(%ebp)
  movw flags, %ax
  movw %ax, 32(%ebp)
  movw stack_high, %ax
  movw %ax, 34(%ebp)
  popw %es
  popw %ds
  popal
  retl

// The hook of INT 1Ch.
  .globl _count_tick
_count_tick:
  incl %cs:_hooked_ticks
  iretw

  .balign 4
service:
  .long 0
registers:
  .long 0
stack:
  .long 0
frame_pointer:
  .long 0
data_segment:
  .word 0
flags:
  .word 0
stack_high:
  .word 0
  .globl _hooked_ticks
  .balign 4
_hooked_ticks:
  .long 0
