// Divides by zero: the divide error becomes STATUS_INTEGER_DIVIDE_BY_ZERO. [386 §9.8.1]
#include "guest/crt/print.hpp"

extern "C" int main(int argc, char**) {
  volatile int dividend = 1000, divisor = argc - argc;
  crt::print("divide: ", int{dividend}, " / ", int{divisor}, "\n");
  crt::print("divide: it is ", dividend / divisor, "\n");
  return 0;
}
