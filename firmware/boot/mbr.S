// Master boot record: moves out of the way and starts the active partition's boot sector.
// [PC/AT TR "Fixed disk boot record"] [EDD "Device address packet"]
  .code16
  .text

  .set partition_table, 0x7BE      // of the copy at 0:0600
  .set here, 0x600

  .globl _start
_start:                            // linked at 0600h, loaded at 7C00h; DL = drive
  cli
  xorw %ax, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movw $0x7C00, %sp
  sti
  cld
  movw $0x7C00, %si
  movw $here, %di
  movw $256, %cx
  rep movsw
  ljmp $0, $moved
moved:
  movw $partition_table, %si
  movw $4, %cx
find:
  testb $0x80, (%si)
  jnz found
  addw $16, %si
  loop find
  movw $no_active, %si
  jmp fail
found:
  movl 8(%si), %eax                // first sector
  movl %eax, packet_lba
  pushw %si
  pushw %dx
  movw $packet, %si
  movb $0x42, %ah
  int $0x13
  popw %dx
  popw %si
  movw $unreadable, %bx
  jc fail_bx
  movw $unbootable, %bx
  cmpw $0xAA55, 0x7DFE
  jne fail_bx
  ljmp $0, $0x7C00                 // DL = drive, DS:SI = partition entry
fail_bx:
  movw %bx, %si
fail:
  lodsb
  testb %al, %al
  jz stop
  movb $0x0E, %ah
  movw $7, %bx
  int $0x10
  jmp fail
stop:
  cli
  hlt
  jmp stop

packet:
  .byte 16, 0
  .word 1
  .word 0x7C00, 0
packet_lba:
  .long 0, 0
no_active:
  .asciz "MBR: no active partition"
unreadable:
  .asciz "MBR: read error"
unbootable:
  .asciz "MBR: partition is not bootable"
  .org 440                         // disk signature and partition table
  .org 510
  .word 0xAA55
