// From the reset vector to the first stack: the tests that must not use memory.
// [386 §10.1, §10.2.3] [PC/AT TR "ROM BIOS"]
#include "firmware/post_codes.h"

  .code16

  .macro post code
  movb $\code, %al
  outb %al, $0x80
  .endm

  .section .reset_vector, "ax"
  ljmp $0xF000, $_reset            // FFFFFFF0h; loads CS, so the copy below 1 MB runs from here on
  .ascii "11/22/26"                // release date, FFFF5h
  .byte 0
  .byte 0xFC                       // model: AT, FFFFEh
  .byte 0                          // FFFFFh: makes the ROM's bytes sum to zero (seal_checksum.sh)

  .text
  .globl _reset
_reset:
  cli
  cld
  post POST_CPU
  movb $0xD5, %ah                  // SF ZF AF PF CF set
  sahf
  jnc failed
  jnz failed
  jnp failed
  jns failed
  lahf
  cmpb $0xD7, %ah                  // bit 1 reads as one
  jne failed
  movb $0x00, %ah
  sahf
  jc failed
  jz failed
  jp failed
  js failed
  movb $0x7F, %al
  incb %al                         // 7Fh + 1 overflows
  jno failed
  movl $0x5555AAAA, %eax
registers:
  movl %eax, %ebx                  // one pattern through every register in turn
  movl %ebx, %ecx
  movl %ecx, %edx
  movl %edx, %esi
  movl %esi, %edi
  movl %edi, %ebp
  movl %ebp, %esp
  cmpl %eax, %esp
  jne failed
  movw %ax, %ds
  movw %ds, %bx
  movw %bx, %es
  movw %es, %bx
  movw %bx, %ss
  movw %ss, %bx
  movw %bx, %fs
  movw %fs, %bx
  movw %bx, %gs
  movw %gs, %bx
  cmpw %ax, %bx
  jne failed
  notl %eax                        // then with its complement
  testl %eax, %eax
  js registers

  post POST_ROM_CHECKSUM
  movw %cs, %ax
  movw %ax, %ds
  xorw %si, %si
  xorw %cx, %cx                    // 65536 bytes
  xorb %ah, %ah
sum:
  lodsb
  addb %al, %ah
  loop sum
  testb %ah, %ah
  jnz failed

  post POST_SHUTDOWN
  movb $0x8F, %al                  // shutdown byte, NMI masked
  outb %al, $0x70
  inb $0x71, %al
  movb %al, %bl
  movb $0x8F, %al
  outb %al, $0x70
  xorb %al, %al
  outb %al, $0x71
  movw $0x40, %ax
  movw %ax, %ds
  cmpb $0x05, %bl                  // resume at 40:67 after an EOI
  je resume_eoi
  cmpb $0x0A, %bl                  // resume at 40:67
  je resume

  post POST_BASE_64K
  movw 0x72, %dx                   // 1234h: warm start
  movl $0x55AA33CC, %eax
  movw $0, %bx
fill:
  movw %bx, %es
  xorw %di, %di
  movw $0x4000, %cx
  rep stosl
  xorw %di, %di
  movw $0x4000, %cx
  repe scasl
  jne failed
  notl %eax
  testl %eax, %eax
  js fill
  xorl %edi, %edi                  // each dword its own address: aliased lines show
address:
  movl %edi, %es:(%edi)
  addw $4, %di
  jnz address
check:
  cmpl %edi, %es:(%edi)
  jne failed
  addw $4, %di
  jnz check
  xorl %eax, %eax
  movw $0x4000, %cx
  rep stosl
  movw %dx, 0x72                   // DS is still 40h

  xorw %ax, %ax
  movw %ax, %ds
  movw %ax, %ss
  movl $0x7C00, %esp
  calll _post                      // does not return
failed:
  hlt
  jmp failed

resume_eoi:
  movb $0x20, %al
  outb %al, $0x20
resume:
  ljmp *0x67
