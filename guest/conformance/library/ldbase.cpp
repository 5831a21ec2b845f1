// A library to load: functions, data, a section that processes share; and the record that the other
// libraries write to.
#include "guest/conformance/library/record.hpp"

extern "C" {

int ld_data = 0x1234;
int* ld_pointer = &ld_data;  // needs a relocation
int ld_shared __attribute__((section(".shared"), shared)) = 1;
extern const int ld_constant;
const int ld_constant = 0x4321;

static char early[32];
static char* sink = early;
static unsigned length = 0;

/// From now on the record begins anew at `text`; null: in the library itself.
void ld_set_record(char* text) {
  sink = text != nullptr ? text : early;
  length = 0;
  sink[0] = '\0';
}

const char* ld_record_text() { return sink; }

void ld_record(char who, DWORD reason) {
  if (length + 2 >= sizeof early) return;
  sink[length++] = who;
  sink[length++] = letter_of(reason);
  sink[length] = '\0';
}

int ld_add(int a, int b) { return a + b; }
int ld_seventh() { return 7; }

BOOL WINAPI DllMain(HINSTANCE, DWORD reason, void*) {
  ld_record('B', reason);
  return TRUE;
}
}
