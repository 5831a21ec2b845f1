# How guest code is compiled; the header test of the host build uses the same flags.
set(GUEST_COMPILE_FLAGS -Wall -Wextra -Werror -march=i386 -ffreestanding
  -fno-asynchronous-unwind-tables -fno-stack-protector -fno-ident -g)
set(GUEST_CXX_FLAGS -fno-exceptions -fno-rtti -fno-threadsafe-statics)
