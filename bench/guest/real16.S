// The loop of real16, copied to 8000h and run there in real mode (CS = 0800h). A round: a load of ES,
// 64 words summed, rotated and stored through string instructions, a near call, a multiplication,
// a far call, and a software interrupt through the vector table.
  .text
  .globl _real16_start, _real16_end, _real16_call
// u32 real16_call(u32 work)
_real16_call:
  pushl %ebp
  pushl %ebx
  pushl %esi
  pushl %edi
  movl 20(%esp), %eax
  decl %eax
  movl %eax, 0x9000                // rounds - 1
  movl %cr3, %eax
  movl %eax, saved_cr3
  movl %esp, saved_sp
  movl %cr0, %eax
  andl $0x7FFFFFFF, %eax
  movl %eax, %cr0                  // paging off; linear is physical here
  xorl %eax, %eax
  movl %eax, %cr3
  ljmp $0x30, $0x8000 + (to_real - _real16_start)
back:
  movw $0x10, %ax
  movw %ax, %ds
  movw %ax, %ss
  movl saved_sp, %esp
  call _load_tables
  movl saved_cr3, %eax
  movl %eax, %cr3
  movl %cr0, %eax
  orl $0x80000000, %eax
  movl %eax, %cr0
  jmp 1f
1:
  movl 0x9004, %eax
  popl %edi
  popl %esi
  popl %ebx
  popl %ebp
  ret

  .code16
  .balign 16
_real16_start:
  jmp main16                       // two bytes
  nop
interrupt16:
  iretw                            // 0800:0003, where every vector points
far16:
  incw %dx
  lretw
near16:
  pushw %bx
  pushw %cx
  addw %bx, %cx
  popw %cx
  popw %bx
  ret
idt16:
  .word 0x3FF
  .long 0
to_real:                           // 16-bit protected mode, base 0
  movw $0x38, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  lidt 0x8000 + (idt16 - _real16_start)
  movl %cr0, %eax
  andb $0xFE, %al
  movl %eax, %cr0
  ljmpw $0x0800, $(main16 - _real16_start)
main16:
  xorw %ax, %ax
  movw %ax, %ss
  movw $0x7000, %sp
  movw $0x0900, %ax
  movw %ax, %ds                    // DS:0 is 9000h
  movw 0, %bp                      // the low word; the high one stays at 2
  xorw %dx, %dx
  xorw %bx, %bx
  cld
round:
  movw $0x1000, %ax
  movw %ax, %es
  pushw %ds
  movw %ax, %ds
  xorw %si, %si
  movw $0x200, %di
  movw $64, %cx
word:
  lodsw
  addw %bx, %ax
  adcw %cx, %bx
  rolw $3, %ax
  xorw %ax, %dx
  stosw
  loop word
  popw %ds
  call near16
  movw %dx, %ax
  mulw %bx
  xorw %ax, %bx
  lcallw $0x0800, $(far16 - _real16_start)
  int $0x60
  movw %dx, 0x20
  incb %es:0x300
  subw $1, %bp
  jnc round
  subw $1, 2
  jnc round
  movw %dx, 4                      // the result
  movw %bx, 6
  movl %cr0, %eax                  // GDTR still holds the kernel's table
  orb $1, %al
  movl %eax, %cr0
  ljmpl $0x08, $back
_real16_end:

  .bss
saved_cr3:
  .skip 4
saved_sp:
  .skip 4
