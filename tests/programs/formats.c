/* printf of msvcrt itself, not mingw's own: what is special about it. */
#define __USE_MINGW_ANSI_STDIO 0
#include <stdio.h>
#include <time.h>

int main(void) {
  volatile double most = 1e308;
  const double infinity = most * 10, none = infinity - infinity;
  const time_t day = 86400 * 5;
  printf("%f|%e|%g|%.2f|%.1f|%.0f|%.3e|%10.2f|%-10g|%08.3f\n", infinity, infinity, infinity,
         infinity, infinity, infinity, infinity, infinity, infinity, infinity);
  printf("%f|%e|%g|%.2f|%.3f|%.4f|%.5f|%.10f\n", none, none, none, none, none, none, none, none);
  printf("%f|%g|%.2f|%+f|%f\n", -infinity, -infinity, -infinity, infinity, -none);
  printf("%e|%E|%g|%G|%g|%g|%#g|%.0e\n", 1.5, 1e300, 1e10, 1e-10, 0.0001, 123456789.0, 1.0,
         12345.0);
  printf("%.20f|%.15g|%.17g|%5.1f|%-8.2f|%+.3f|% .3f|%010.4f\n", 0.1, 0.1, 0.1, 2.375, 3.14159, 1.5,
         1.5, -2.5);
  printf("%d|%5d|%-5d|%05d|%+d|% d|%.4d|%hd\n", 42, 42, 42, 42, 42, 42, 42, 70000);
  printf("%u|%x|%X|%#x|%o|%#o|%08X\n", 4000000000u, 255, 255, 255, 8, 8, 48879);
  printf("%I64d|%I64x|%Iu|%ld\n", 123456789012345LL, 0xABCDEF012345LL, (size_t)5, -5L);
  printf("%s|%10s|%-10s|%.2s|%c|%p|%%\n", "text", "right", "left", "cut", 'c', (void*)0x1234);
  printf("%*d|%-*d|%.*f\n", 6, 42, 6, 42, 2, 1.25);
  printf("%d %s", _snprintf(NULL, 0, "%d", 12345), ctime(&day));
  return 5;
}
