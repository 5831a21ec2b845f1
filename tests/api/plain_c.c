/* The header as plain C11, against the shared library: a loop that counts, and what comes of null. */
#include <faultline.h>
#include <stdio.h>
#include <string.h>

static unsigned hooked;

static void on_code(faultline_engine *engine, uint32_t address, uint32_t length, void *user) {
  (void)engine;
  (void)address;
  (void)length;
  (void)user;
  ++hooked;
}

int main(void) {
  /* mov ecx, 10; again: add eax, ecx; loop again; hlt */
  static const unsigned char code[] = {0xB9, 10, 0, 0, 0, 0x01, 0xC8, 0xE2, 0xFC, 0xF4};
  faultline_engine *engine = NULL;
  faultline_hook hook = 0;
  uint32_t eax = 0;
  if (faultline_open("i386dx", &engine) != FAULTLINE_OK) return 1;
  if (faultline_map_ram(engine, 0, 0x10000) != FAULTLINE_OK) return 2;
  if (faultline_enter_flat32(engine) != FAULTLINE_OK) return 3;
  if (faultline_write_physical(engine, 0x1000, code, sizeof code) != FAULTLINE_OK) return 4;
  if (faultline_start(engine, 0x1000, FAULTLINE_NOWHERE, 100000, 0) != FAULTLINE_OK) return 5;
  if (faultline_stop_reason(engine) != FAULTLINE_STOP_HALTED) return 6;
  if (faultline_read_register(engine, FAULTLINE_EAX, &eax) != FAULTLINE_OK || eax != 55) return 7;
  if (faultline_hook_code(engine, FAULTLINE_EVERYWHERE, on_code, NULL, &hook) != FAULTLINE_OK)
    return 8;
  if (faultline_start(engine, 0x1000, 0x1009, 0, 0) != FAULTLINE_OK || hooked != 21) return 9;
  if (faultline_start(NULL, 0, 0, 0, 0) != FAULTLINE_ERROR_ARGUMENT) return 10;
  if (strcmp(faultline_strerror(FAULTLINE_OK), "no error") != 0) return 11;
  if (faultline_close(engine) != FAULTLINE_OK) return 12;
  printf("faultline %s: eax = %u\n", faultline_version_string(), (unsigned)eax);
  return 0;
}
