// Volume boot record of the FAT16 system partition: loads \LOADER.BIN at 2000:0 and jumps there.
// The first 62 bytes are the volume's parameters, written by mkfs.fat. [FAT "Boot Sector and BPB"]
  .code16
  .text

  .set bpb_sectors_per_cluster, 0x7C0D
  .set bpb_reserved_sectors, 0x7C0E
  .set bpb_fat_count, 0x7C10
  .set bpb_root_entries, 0x7C11
  .set bpb_sectors_per_fat, 0x7C16
  .set bpb_hidden_sectors, 0x7C1C
  .set bpb_drive, 0x7C24
  .set buffer, 0x8000              // one sector of the root directory or of the FAT
  .set loader_segment, 0x2000

  .globl _start
_start:
  jmp code
  nop
  .org 0x3E
code:
  cli
  xorw %ax, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movw $0x7C00, %sp
  sti
  cld
  movb %dl, bpb_drive              // the loader reads it here
  movzwl bpb_reserved_sectors, %eax
  addl bpb_hidden_sectors, %eax
  movl %eax, fat_start
  movzbl bpb_fat_count, %ecx
  movzwl bpb_sectors_per_fat, %ebx
  imull %ecx, %ebx
  addl %ebx, %eax                  // EAX: the root directory
  movzwl bpb_root_entries, %ecx
  leal 15(%ecx), %ebx
  shrl $4, %ebx
  addl %eax, %ebx
  movl %ebx, data_start

search:                            // EAX: sector, CX: entries left
  movw $1, %dx
  call read_to_buffer
  movw $buffer, %di
entry:
  pushw %cx
  pushw %di
  movw $loader_name, %si
  movw $11, %cx
  repe cmpsb
  popw %di
  popw %cx
  je found
  addw $32, %di
  decw %cx
  jz missing
  cmpw $buffer + 512, %di
  jb entry
  incl %eax
  jmp search

found:
  movzwl 26(%di), %eax             // first cluster
  movw $loader_segment, %bp
cluster:                           // EAX: cluster, BP: where to
  cmpw $2, %ax
  jb missing
  pushl %eax
  subl $2, %eax
  movzbl bpb_sectors_per_cluster, %edx
  imull %edx, %eax
  addl data_start, %eax
  movw %bp, %bx
  call read
  shlw $5, %dx                     // paragraphs in a cluster
  addw %dx, %bp
  popl %eax
  pushw %ax
  shrl $8, %eax                    // 256 FAT entries a sector
  addl fat_start, %eax
  movw $1, %dx
  call read_to_buffer
  popw %bx
  xorb %bh, %bh
  shlw $1, %bx
  movzwl buffer(%bx), %eax
  cmpw $0xFFF8, %ax
  jb cluster
  movb bpb_drive, %dl
  ljmp $loader_segment, $0

read_to_buffer:
  movw $buffer >> 4, %bx
read:                              // EAX: sector, DX: count, BX: segment
  pushal
  pushl $0
  pushl %eax
  pushw %bx
  pushw $0
  pushw %dx
  pushw $16
  movw %sp, %si
  movb $0x42, %ah
  movb bpb_drive, %dl
  int $0x13
  jc unreadable
  addw $16, %sp
  popal
  ret

missing:
  movw $missing_text, %si
  jmp print
unreadable:
  movw $unreadable_text, %si
print:
  lodsb
  testb %al, %al
  jz stop
  movb $0x0E, %ah
  movw $7, %bx
  int $0x10
  jmp print
stop:
  cli
  hlt
  jmp stop

loader_name:
  .ascii "LOADER  BIN"
missing_text:
  .asciz "LOADER.BIN: not found"
unreadable_text:
  .asciz "Boot sector: read error"
  .org 502
fat_start:
  .long 0
data_start:
  .long 0
  .word 0xAA55
