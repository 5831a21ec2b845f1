// Into a case and out of it: every way out is a trap or an interrupt, kept as one frame.
// [386 §9.6] [386 §17.2.2 IRET]
  .text

// void enter_case(const Entry* entry). Entry: gs fs es ds edi esi ebp - ebx edx ecx eax eip cs eflags
// esp ss. Returns when a vector has been taken; its frame is in _trap_frame.
  .globl _enter_case
_enter_case:
  pushl %ebp
  pushl %ebx
  pushl %esi
  pushl %edi
  movl 20(%esp), %ebp
  movl %esp, _kernel_stack
  movl $0x3F000, %esp              // physical::case_stack, ESP0 too
  testb $3, 52(%ebp)
  jz same_ring
  pushl 64(%ebp)
  pushl 60(%ebp)
same_ring:
  movl $14, %ecx
copy:
  pushl (%ebp, %ecx, 4)
  decl %ecx
  jns copy
  popl %gs
  popl %fs
  popl %es
  popl %ds
  popal
  iretl

common:
  pushal
  pushl %ds
  pushl %es
  pushl %fs
  pushl %gs
  movl $0x10, %eax
  movl %eax, %ds
  movl %eax, %es
  cld
  movl %esp, %esi                  // SS is the kernel's: rings 1 to 3 came here through ESP0
  movl $_trap_frame, %edi
  movl $19, %ecx
  rep movsl
  movl _kernel_stack, %esp
  popl %edi
  popl %esi
  popl %ebx
  popl %ebp
  ret

// 96 stubs of 16 bytes. Vectors 8, 10 to 14 and 17 bring an error code. [386 §9.8 table 9-7]
  .balign 16
  .globl _trap_stubs
_trap_stubs:
  .set vector, 0
  .rept 96
    .balign 16
    .if (vector != 8) && ((vector < 10) || (vector > 14)) && (vector != 17)
      pushl $0
    .endif
    pushl $vector
    jmp common
    .set vector, vector + 1
  .endr

  .bss
  .balign 4
  .globl _kernel_stack
_kernel_stack:
  .space 4
