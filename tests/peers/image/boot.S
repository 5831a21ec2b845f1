// Boot sector of the witness: loads what follows it on the disk and calls main in protected mode.
// [EDD "Device address packet"] [386 §10.3]
  .set sectors, 80                 // 40 KB; the image must not outgrow them
  .section .entry, "ax"
  .code16
  .globl _start
_start:
  cli
  cld
  xorw %ax, %ax
  movw %ax, %ds
  movw %ax, %ss
  movw $0x7C00, %sp
  sti
  movw $sectors / 8, %bp
next:                              // eight sectors at a time, each in a segment of its own
  movw $packet, %si
  movb $0x42, %ah
  pushw %dx
  int $0x13
  popw %dx
  jc failed
  addw $8 * 512 / 16, packet_segment
  addl $8, packet_block
  movb $8, packet_count
  decw %bp
  jnz next
  cli
  movb $0xFF, %al                  // no interrupts but our own faults
  outb %al, $0x21
  outb %al, $0xA1
  lgdtl _boot_gdt_pointer
  movl %cr0, %eax
  orb $1, %al
  movl %eax, %cr0
  ljmpl $0x08, $flat
failed:
  movb $'!', %al
  outb %al, $0xE9
stop:
  cli
  hlt
  jmp stop

packet:
  .byte 16, 0
packet_count:
  .word 8
  .word 0
packet_segment:
  .word 0x7E00 / 16
packet_block:
  .long 1, 0

  .balign 8
boot_gdt:
  .quad 0
  .quad 0x00CF9B000000FFFF
  .quad 0x00CF93000000FFFF
_boot_gdt_pointer:
  .word 23
  .long boot_gdt
  .org 510
  .word 0xAA55

// The second sector begins with what the runner asks for.
  .globl _parameters
_parameters:
  .ascii "PEERS1\0\0"
  .long 1                          // seed
  .long 0                          // first case
  .long 256                        // count
  .long 0                          // 0: digests, 1: lines, 2: lines with descriptions
  .long 3                          // 3: what a 386 has; 4: WP and the i486's instructions too

  .code32
flat:
  movw $0x10, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  xorl %eax, %eax
  movw %ax, %fs
  movw %ax, %gs
  movl $_image_end, %edi
  movl $_bss_end, %ecx
  subl %edi, %ecx
  rep stosb
  movl $0x3D000, %esp
  call _peers_main                 // does not return
