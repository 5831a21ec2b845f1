// A conformance program by plain mingw, for an i686: what printf and a conditional move make of
// KTAP.
#include <stdio.h>

int main(void) {
  int chosen = 1;
  __asm__("cmpl %1, %1\n\tcmove %2, %0" : "+r"(chosen) : "r"(3), "r"(2) : "cc");
  printf("KTAP version 1\n1..1\n%s 1 conditional moves\n", chosen == 2 ? "ok" : "not ok");
  return chosen == 2 ? 0 : 1;
}
