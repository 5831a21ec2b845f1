// Boot sector of a benchmark: loads the flat image behind it to 10000h, moves it to 1 MB and enters
// it in protected mode. [EDD "Device address packet"] [386 §10.3]
  .set load_at, 0x10000
  .set image_base, 0x100000
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
  movw $SECTORS / 8, %bp
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
  movw $0x2401, %ax                // A20, by the firmware and by port 92h
  int $0x15
  inb $0x92, %al
  orb $2, %al
  andb $0xFE, %al
  outb %al, $0x92
  cli
  lgdtl boot_gdt_pointer
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

  .code32
flat:
  movw $0x10, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movl $load_at, %esi
  movl $image_base, %edi
  movl $SECTORS * 512 / 4, %ecx
  rep movsl
  movl $image_base, %eax
  jmp *%eax

packet:
  .byte 16, 0
packet_count:
  .word 8
  .word 0
packet_segment:
  .word load_at / 16
packet_block:
  .long 1, 0

  .balign 8
boot_gdt:
  .quad 0
  .quad 0x00CF9A000000FFFF
  .quad 0x00CF92000000FFFF
boot_gdt_pointer:
  .word 23
  .long boot_gdt
  .org 510
  .word 0xAA55
