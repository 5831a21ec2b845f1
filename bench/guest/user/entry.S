// Where ring 3 begins: the stack holds work and param.
  .text
  .globl _user_entry
_user_entry:
  call _user_main
  movl %eax, %ebx
  xorl %eax, %eax                  // CALL_EXIT
  int $0x2E
