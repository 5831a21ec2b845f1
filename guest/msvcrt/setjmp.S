// setjmp and longjmp. The buffer: EBP, EBX, EDI, ESI, ESP, EIP, FS:[0].
.text
.globl __setjmp, __setjmp3, _longjmp
__setjmp:
__setjmp3:
  movl 4(%esp), %edx
  movl %ebp, 0(%edx)
  movl %ebx, 4(%edx)
  movl %edi, 8(%edx)
  movl %esi, 12(%edx)
  movl %esp, 16(%edx)
  movl 0(%esp), %eax
  movl %eax, 20(%edx)
  movl %fs:0, %eax
  movl %eax, 24(%edx)
  xorl %eax, %eax
  ret

// Frames of exception handlers between here and there are unwound first.
_longjmp:
  movl 4(%esp), %esi
  movl 24(%esi), %edi
  cmpl %fs:0, %edi
  je 1f
  pushl $0
  pushl $0
  pushl $1f
  pushl %edi
  call _RtlUnwind@16
1:
  movl 4(%esp), %edx
  movl 8(%esp), %eax
  testl %eax, %eax
  jnz 2f
  incl %eax
2:
  movl 0(%edx), %ebp
  movl 4(%edx), %ebx
  movl 8(%edx), %edi
  movl 12(%edx), %esi
  movl 16(%edx), %esp
  movl 20(%edx), %ecx
  movl %ecx, (%esp)
  ret
